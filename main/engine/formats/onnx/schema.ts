/**
 * The part of onnx.proto that is read and written here, as a protobufjs descriptor: field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Fields that are not declared are skipped while decoding.
 */
import protobuf from 'protobufjs/light.js';
import { BoundedReader, type Int64 } from '../protobuf.ts';

export interface ModelProto {
  irVersion?: Int64 | number;
  opsetImport?: { domain?: string; version?: Int64 | number }[];
  producerName?: string;
  graph?: GraphProto | null;
  functions?: FunctionProto[];
}

/** An operator that the file itself defines by other operators. */
export interface FunctionProto {
  name?: string;
  domain?: string;
  overload?: string;
  input?: readonly string[];
  output?: readonly string[];
  node?: NodeProto[];
  opsetImport?: { domain?: string; version?: Int64 | number }[];
  /** Attributes that have a default. */
  attributeProto?: AttributeProto[];
}

export interface GraphProto {
  node?: NodeProto[];
  name?: string;
  initializer?: TensorProto[];
  input?: ValueInfoProto[];
  output?: ValueInfoProto[];
  sparseInitializer?: { values?: TensorProto | null }[];
}

export interface NodeProto {
  input?: readonly string[];
  output?: readonly string[];
  name?: string;
  opType?: string;
  domain?: string;
  overload?: string;
  attribute?: AttributeProto[];
}

export interface AttributeProto {
  name?: string;
  /** In a function: the attribute of the call that has the value. */
  refAttrName?: string;
  type?: number;
  f?: number;
  i?: Int64 | number;
  s?: Uint8Array;
  t?: TensorProto | null;
  g?: GraphProto | null;
  floats?: readonly number[];
  ints?: readonly (Int64 | number)[];
  strings?: readonly Uint8Array[];
}

export interface TensorProto {
  dims?: readonly (Int64 | number)[];
  dataType?: number;
  floatData?: readonly number[];
  int32Data?: readonly number[];
  int64Data?: readonly Int64[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: readonly number[];
  uint64Data?: readonly Int64[];
  externalData?: { key?: string; value?: string }[];
  dataLocation?: number;
}

export interface ValueInfoProto {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: DimensionProto[] } | null } | null } | null;
}

interface DimensionProto {
  dimValue?: Int64 | number;
  dimParam?: string;
}

/** `AttributeProto.AttributeType`: which field of an attribute is in use. */
export const AttributeType = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
} as const;

/** `TensorProto.DataType`: the element types that can be read; there are also strings, complex and sub-byte numbers. */
export const ElementType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  BFLOAT16: 16,
} as const;

/** Field numbers that `write.ts` writes and `looksLikeOnnx` reads by hand. */
export const Field = { modelGraph: 7, graphInitializer: 5, tensorRawData: 9 } as const;

const optional = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const packed = (type: string, id: number) => ({ ...repeated(type, id), options: { packed: true } });

const messages = {
  ModelProto: {
    irVersion: optional('int64', 1),
    producerName: optional('string', 2),
    graph: optional('GraphProto', Field.modelGraph),
    opsetImport: repeated('OperatorSetIdProto', 8),
    functions: repeated('FunctionProto', 25),
  },
  FunctionProto: {
    name: optional('string', 1),
    input: repeated('string', 4),
    output: repeated('string', 5),
    node: repeated('NodeProto', 7),
    opsetImport: repeated('OperatorSetIdProto', 9),
    domain: optional('string', 10),
    attributeProto: repeated('AttributeProto', 11),
    overload: optional('string', 13),
  },
  OperatorSetIdProto: { domain: optional('string', 1), version: optional('int64', 2) },
  GraphProto: {
    node: repeated('NodeProto', 1),
    name: optional('string', 2),
    initializer: repeated('TensorProto', Field.graphInitializer),
    input: repeated('ValueInfoProto', 11),
    output: repeated('ValueInfoProto', 12),
    sparseInitializer: repeated('SparseTensorProto', 15),
  },
  NodeProto: {
    input: repeated('string', 1),
    output: repeated('string', 2),
    name: optional('string', 3),
    opType: optional('string', 4),
    attribute: repeated('AttributeProto', 5),
    domain: optional('string', 7),
    overload: optional('string', 8),
  },
  AttributeProto: {
    name: optional('string', 1),
    f: optional('float', 2),
    i: optional('int64', 3),
    s: optional('bytes', 4),
    t: optional('TensorProto', 5),
    g: optional('GraphProto', 6),
    floats: repeated('float', 7),
    ints: repeated('int64', 8),
    strings: repeated('bytes', 9),
    type: optional('int32', 20),
    refAttrName: optional('string', 21),
  },
  TensorProto: {
    dims: repeated('int64', 1),
    dataType: optional('int32', 2),
    floatData: packed('float', 4),
    int32Data: packed('int32', 5),
    int64Data: packed('int64', 7),
    name: optional('string', 8),
    rawData: optional('bytes', Field.tensorRawData),
    doubleData: packed('double', 10),
    uint64Data: packed('uint64', 11),
    externalData: repeated('StringStringEntryProto', 13),
    dataLocation: optional('int32', 14),
  },
  SparseTensorProto: { values: optional('TensorProto', 1) },
  StringStringEntryProto: { key: optional('string', 1), value: optional('string', 2) },
  ValueInfoProto: { name: optional('string', 1), type: optional('TypeProto', 2) },
  // Sequences, maps and optionals are other members of this oneof: undeclared, they leave tensorType absent.
  TypeProto: { tensorType: optional('TensorTypeProto', 1) },
  TensorTypeProto: { elemType: optional('int32', 1), shape: optional('TensorShapeProto', 2) },
  TensorShapeProto: { dim: repeated('DimensionProto', 1) },
  DimensionProto: { dimValue: optional('int64', 1), dimParam: optional('string', 2) },
};

// Proto2, so that a field set to zero differs from one that is absent.
const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [name, { edition: 'proto2', fields }]),
  ),
});

const types = {
  model: root.lookupType('ModelProto'),
  graph: root.lookupType('GraphProto'),
  tensor: root.lookupType('TensorProto'),
};

interface Messages {
  model: ModelProto;
  graph: GraphProto;
  tensor: TensorProto;
}

/**
 * Decodes a whole model; byte fields are views of `bytes`. Anything that is not protobuf throws a plain `Error`.
 * @throws `model/unsupported` beyond the number of fields that a {@link BoundedReader} reads
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const reader = new BoundedReader(bytes);
  // The descriptor above is what makes this a ModelProto; protobufjs cannot say so in TypeScript.
  const message: object = types.model.decode(reader);
  return message;
}

/** The bytes of a message. */
export function encode<T extends keyof Messages>(type: T, message: Messages[T]): Uint8Array {
  return types[type].encode(message).finish();
}
