/**
 * The part of onnx.proto that is read and written here, as a protobufjs descriptor: field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Fields that are not declared are skipped while decoding.
 */
import protobuf from 'protobufjs/light.js';

/** A 64-bit integer as protobufjs gives it: two halves, of which only the high one carries the sign. */
export interface Int64 {
  readonly low: number;
  readonly high: number;
}

export interface ModelProto {
  irVersion?: Int64 | number;
  opsetImport?: { domain?: string; version?: Int64 | number }[];
  producerName?: string;
  graph?: GraphProto | null;
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
  attribute?: AttributeProto[];
}

export interface AttributeProto {
  name?: string;
  type?: number;
  f?: number;
  i?: Int64 | number;
  s?: Uint8Array;
  t?: TensorProto | null;
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

export interface DimensionProto {
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

/** Field numbers that `onnx-write.ts` writes and `looksLikeOnnx` reads by hand. */
export const Field = { modelGraph: 7, graphInitializer: 5, tensorRawData: 9 } as const;

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const packed = (type: string, id: number) => ({ ...repeated(type, id), options: { packed: true } });

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        opsetImport: repeated('OperatorSetIdProto', 8),
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: Field.modelGraph },
      },
    },
    OperatorSetIdProto: {
      fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } },
    },
    GraphProto: {
      fields: {
        node: repeated('NodeProto', 1),
        name: { type: 'string', id: 2 },
        initializer: repeated('TensorProto', Field.graphInitializer),
        sparseInitializer: repeated('SparseTensorProto', 15),
        input: repeated('ValueInfoProto', 11),
        output: repeated('ValueInfoProto', 12),
      },
    },
    NodeProto: {
      fields: {
        input: repeated('string', 1),
        output: repeated('string', 2),
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        domain: { type: 'string', id: 7 },
        attribute: repeated('AttributeProto', 5),
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        type: { type: 'int32', id: 20 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'TensorProto', id: 5 },
        floats: repeated('float', 7),
        ints: repeated('int64', 8),
        strings: repeated('bytes', 9),
      },
    },
    TensorProto: {
      fields: {
        dims: repeated('int64', 1),
        dataType: { type: 'int32', id: 2 },
        floatData: packed('float', 4),
        int32Data: packed('int32', 5),
        int64Data: packed('int64', 7),
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: Field.tensorRawData },
        doubleData: packed('double', 10),
        uint64Data: packed('uint64', 11),
        externalData: repeated('StringStringEntryProto', 13),
        dataLocation: { type: 'int32', id: 14 },
      },
    },
    SparseTensorProto: { fields: { values: { type: 'TensorProto', id: 1 } } },
    StringStringEntryProto: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } } },
    // Sequences, maps and optionals are other members of this oneof: undeclared, they leave tensorType absent.
    TypeProto: { fields: { tensorType: { type: 'TensorTypeProto', id: 1 } } },
    TensorTypeProto: {
      fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } },
    },
    TensorShapeProto: { fields: { dim: repeated('DimensionProto', 1) } },
    DimensionProto: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
  },
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

/** Decodes a whole model; byte fields are views of `bytes`. Anything that is not protobuf throws a plain `Error`. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  // The descriptor above is what makes this a ModelProto; protobufjs cannot say so in TypeScript.
  const message: object = types.model.decode(reader);
  return message;
}

/** The bytes of a message. */
export function encode<T extends keyof Messages>(type: T, message: Messages[T]): Uint8Array {
  return types[type].encode(message).finish();
}

/** Whether a decoded field was present in the bytes, rather than being its default. */
export function has(message: object, field: string): boolean {
  return Object.hasOwn(message, field);
}

/** The exact value of a 64-bit field. */
export function bigintOf(value: Int64 | number, unsigned = false): bigint {
  if (typeof value === 'number') return BigInt(value);
  const bits = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
  return unsigned ? bits : BigInt.asIntN(64, bits);
}

/** A 64-bit field as a number, held to the safe integers: 2^63-1 means "to the end" where ONNX uses it. */
export function integerOf(value: Int64 | number | undefined): number {
  if (typeof value === 'number') return value;
  if (value === undefined) return 0;
  const number = value.high * 2 ** 32 + (value.low >>> 0);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}
