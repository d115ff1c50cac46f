/** Telling TensorFlow's graphs from other files by their first bytes: the format has no magic number. */
import protobuf from 'protobufjs/light.js';
import { GRAPH_NODE } from './schema.ts';

const VARINT = 0;
const BYTES = 2;

/** Wire types of the fields of GraphDef: node, library, version, versions, debug_info. */
const GRAPH_FIELDS = new Map([
  [GRAPH_NODE, BYTES],
  [2, BYTES],
  [3, VARINT],
  [4, BYTES],
  [5, BYTES],
]);

/** Wire types of the fields of NodeDef: name, op, input, device, attr, and two for debugging. */
const NODE_FIELDS = new Map([1, 2, 3, 4, 5, 6, 7].map((field) => [field, BYTES]));

/** SavedModel: a version number, then MetaGraphDefs. */
const SAVED_MODEL_FIELDS = new Map([
  [1, VARINT],
  [2, BYTES],
]);

/** MetaGraphDef: facts about the graph, the graph, its saver, collections, signatures, assets, objects. */
const META_GRAPH_FIELDS = new Map([1, 2, 3, 4, 5, 6, 7].map((field) => [field, BYTES]));

type Fields = ReadonlyMap<number, number>;

/**
 * Whether the bytes are a TensorFlow graph, perhaps an incomplete one, or a SavedModel, which `readTensorflow` explains.
 * Reads the outermost fields only, at any size.
 */
export function looksLikeTensorflow(bytes: Uint8Array): boolean {
  return isGraph(bytes) || isSavedModel(bytes);
}

/** Whether the bytes are a SavedModel: what TensorFlow 2 saves, with its weights in other files. */
export function isSavedModel(bytes: Uint8Array): boolean {
  const [version, graph] = leading(bytes, SAVED_MODEL_FIELDS, 2) ?? [];
  if (version?.field !== 1 || graph?.field !== 2) return false;
  const [part] = leading(graph.bytes, META_GRAPH_FIELDS, 1) ?? [];
  return part !== undefined && onlyHas(bytes, SAVED_MODEL_FIELDS);
}

function isGraph(bytes: Uint8Array): boolean {
  if (!onlyHas(bytes, GRAPH_FIELDS)) return false;
  const node = leading(bytes, GRAPH_FIELDS, 5)?.find(({ field }) => field === GRAPH_NODE);
  if (node === undefined) return false;
  const [name, op] = leading(node.bytes, NODE_FIELDS, 2) ?? [];
  // Every node has a name and an operator, which TensorFlow writes first: `Conv2D`, `Addons>Gelu`.
  return name?.field === 1 && op?.field === 2 && /^[A-Za-z_][\w>]*$/.test(latin1.decode(op.bytes));
}

const latin1 = new TextDecoder('latin1');

interface Part {
  readonly field: number;
  readonly bytes: Uint8Array;
}

/** The first fields of a message, or nothing where one is not of the wire types. The last may be cut off. */
function leading(bytes: Uint8Array, fields: Fields, count: number): Part[] | undefined {
  const reader = protobuf.Reader.create(bytes);
  const parts: Part[] = [];
  try {
    while (parts.length < count && reader.pos < reader.len) {
      const tag = reader.tag();
      if (fields.get(tag >>> 3) !== (tag & 7)) return undefined;
      const start = reader.pos;
      // What is no text and no message is of no interest here, as long as it can be skipped.
      const length = (tag & 7) === BYTES ? reader.uint32() : 0;
      const from = (tag & 7) === BYTES ? reader.pos : start;
      parts.push({ field: tag >>> 3, bytes: bytes.subarray(from, from + length) });
      if (length > 0) reader.skip(length);
      else if (from === start) reader.skip();
    }
  } catch {
    // The bytes end inside a field: what came before decides.
  }
  return parts;
}

/** Whether all fields, up to the first one that is cut off, are of the wire types. */
function onlyHas(bytes: Uint8Array, fields: Fields): boolean {
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (fields.get(tag >>> 3) !== (tag & 7)) return false;
      reader.skipType(tag & 7);
    }
  } catch {
    // As above.
  }
  return true;
}

/** Whether the bytes begin as a graph in protobuf's text form does. */
export function isTextGraph(bytes: Uint8Array): boolean {
  return /^\s*(node|versions|library)\s*\{/.test(latin1.decode(bytes.subarray(0, 100)));
}
