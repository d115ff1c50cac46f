/**
 * The part of TensorFlow's graph.proto and of what it includes that is read here, as a protobufjs descriptor: field
 * numbers are those of https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework. Fields that are
 * not declared are skipped while decoding, libraries of functions among them.
 */
import protobuf from 'protobufjs/light.js';
import { BoundedReader, type Int64 } from '../protobuf.ts';

export interface GraphDef {
  node?: readonly NodeDef[];
  versions?: { producer?: number } | null;
}

export interface NodeDef {
  name?: string;
  op?: string;
  /** `name`, `name:output`, or `^name` for a node that only has to run before. */
  input?: readonly string[];
  attr?: Readonly<Record<string, AttrValue>>;
}

/** One of these fields is set. */
export interface AttrValue {
  list?: ListValue | null;
  s?: Uint8Array;
  i?: Int64 | number;
  f?: number;
  b?: boolean;
  type?: number;
  shape?: TensorShapeProto | null;
  tensor?: TensorProto | null;
}

interface ListValue {
  i?: readonly (Int64 | number)[];
}

export interface TensorShapeProto {
  dim?: readonly { size?: Int64 | number }[];
  unknownRank?: boolean;
}

export interface TensorProto {
  dtype?: number;
  tensorShape?: TensorShapeProto | null;
  tensorContent?: Uint8Array;
  halfVal?: readonly number[];
  floatVal?: readonly number[];
  doubleVal?: readonly number[];
  intVal?: readonly number[];
  int64Val?: readonly (Int64 | number)[];
  boolVal?: readonly boolean[];
  uint32Val?: readonly number[];
  uint64Val?: readonly (Int64 | number)[];
}

/** `DataType` of types.proto: the element types that can be read. */
export const ElementType = {
  FLOAT: 1,
  DOUBLE: 2,
  INT32: 3,
  UINT8: 4,
  INT16: 5,
  INT8: 6,
  INT64: 9,
  BOOL: 10,
  BFLOAT16: 14,
  UINT16: 17,
  HALF: 19,
  UINT32: 22,
  UINT64: 23,
} as const;

/** The field of GraphDef that `looksLikeTensorflow` reads by hand. */
export const GRAPH_NODE = 1;

const optional = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const packed = (type: string, id: number) => ({ ...repeated(type, id), options: { packed: true } });

const messages = {
  GraphDef: { node: repeated('NodeDef', GRAPH_NODE), versions: optional('VersionDef', 4) },
  VersionDef: { producer: optional('int32', 1) },
  NodeDef: {
    name: optional('string', 1),
    op: optional('string', 2),
    input: repeated('string', 3),
    attr: { keyType: 'string', type: 'AttrValue', id: 5 },
  },
  AttrValue: {
    list: optional('ListValue', 1),
    s: optional('bytes', 2),
    i: optional('int64', 3),
    f: optional('float', 4),
    b: optional('bool', 5),
    type: optional('int32', 6),
    shape: optional('TensorShapeProto', 7),
    tensor: optional('TensorProto', 8),
  },
  ListValue: { i: packed('int64', 3) },
  TensorShapeProto: { dim: repeated('Dim', 2), unknownRank: optional('bool', 3) },
  Dim: { size: optional('int64', 1) },
  TensorProto: {
    dtype: optional('int32', 1),
    tensorShape: optional('TensorShapeProto', 2),
    tensorContent: optional('bytes', 4),
    floatVal: packed('float', 5),
    doubleVal: packed('double', 6),
    intVal: packed('int32', 7),
    int64Val: packed('int64', 10),
    boolVal: packed('bool', 11),
    halfVal: packed('int32', 13),
    uint32Val: packed('uint32', 16),
    uint64Val: packed('uint64', 17),
  },
};

// Proto2, so that an attribute set to zero differs from one that is absent: in proto3 a oneof does that.
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [name, { edition: 'proto2', fields }]),
  ),
});

const graphDef = root.lookupType('GraphDef');

/**
 * Decodes a whole graph; byte fields are views of `bytes`. Anything that is not protobuf throws a plain `Error`.
 * @throws `model/unsupported` beyond the number of fields that a {@link BoundedReader} reads
 */
export function decodeGraph(bytes: Uint8Array): GraphDef {
  const reader = new BoundedReader(bytes);
  // The descriptor above is what makes this a GraphDef; protobufjs cannot say so in TypeScript.
  const message: object = graphDef.decode(reader);
  return message;
}
