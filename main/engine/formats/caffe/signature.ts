/** Telling Caffe networks from other files by their first bytes: the format has no magic number. */
import protobuf from 'protobufjs/light.js';
import { Field } from './schema.ts';

/** Wire types of the fields of NetParameter; `input_dim` may be packed. Other networks in protobuf contradict them. */
const WIRE_TYPES: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [2]],
  [Field.netLayers, [2]],
  [3, [2]],
  [4, [0, 2]],
  [5, [0]],
  [6, [2]],
  [7, [0]],
  [8, [2]],
  [Field.netLayer, [2]],
]);

/** Whether the bytes are a Caffe network, perhaps an incomplete one. Reads the outermost fields only, at any size. */
export function looksLikeCaffe(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  let layers = false;
  let names = 0;
  try {
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      const field = tag >>> 3;
      if (WIRE_TYPES.get(field)?.includes(tag & 7) !== true) return false;
      // A network has one name, while TensorFlow's graphs begin with many nodes.
      if (field === 1 && ++names > 1) return false;
      layers ||= field === Field.netLayers || field === Field.netLayer;
      reader.skipType(tag & 7);
    }
  } catch {
    // The bytes end inside a field: what came before decides.
  }
  return layers;
}
