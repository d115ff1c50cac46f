/** Telling ONNX files from others by their first bytes: the format has no magic number. */
import protobuf from 'protobufjs/light.js';
import { Field } from './schema.ts';

/** Wire types of the fields of ModelProto. Other networks in protobuf begin with a field 1 that is not a number. */
const WIRE_TYPES = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [Field.modelGraph, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);

/** Whether the bytes are an ONNX network, perhaps an incomplete one. Reads the outermost fields only, at any size. */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  let graph = false;
  try {
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (WIRE_TYPES.get(tag >>> 3) !== (tag & 7)) return false;
      graph ||= tag >>> 3 === Field.modelGraph;
      reader.skipType(tag & 7);
    }
  } catch {
    // The bytes end inside a field: what came before decides.
  }
  return graph;
}
