/**
 * Neutral graph → ONNX bytes. Called for every program that is compiled, with all its weights: their bytes are copied
 * once, into the finished file, so this assumes a little-endian machine like ONNX Runtime itself does.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { OPSET, type Graph, type Input, type Name, type Node } from '../../graph/graph.ts';
import type { DataType, Tensor } from '../../graph/tensor.ts';
import { writeAttribute } from './attribute.ts';
import {
  ElementType,
  encode,
  Field,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './schema.ts';

export interface WriteOptions {
  /** Element types of outputs that are not float32. */
  readonly types?: ReadonlyMap<Name, DataType>;
  /** Shapes of outputs, for files that others check; without them, outputs are declared with their type alone. */
  readonly shapes?: ReadonlyMap<Name, readonly number[]>;
  /** Version of the standard operators that the graph's nodes are written in, {@link OPSET} after normalisation. */
  readonly opset?: number;
}

const IR_VERSION = 9;

/** What a protobuf message may hold at most. */
const LIMIT = 2 ** 31 - 1;

const ELEMENT_TYPES: Readonly<Record<DataType, number>> = {
  float32: ElementType.FLOAT,
  int64: ElementType.INT64,
  int32: ElementType.INT32,
  bool: ElementType.BOOL,
};

/**
 * The bytes of an ONNX file.
 * @throws `model/unsupported` above 2 GB, the most that the format holds.
 */
export function writeOnnx(graph: Graph, { types, shapes, opset = OPSET }: WriteOptions = {}): Uint8Array {
  const head = encode('model', {
    irVersion: IR_VERSION,
    producerName: 'reverie',
    opsetImport: [
      { domain: '', version: opset },
      ...domains(graph.nodes).map((domain) => ({ domain, version: 1 })),
    ],
  });
  const structure = encode('graph', {
    name: graph.name || 'graph',
    node: graph.nodes.map(writeNode),
    input: graph.inputs.map(writeInput),
    output: graph.outputs.map((name) => {
      const dim = shapes?.get(name)?.map((dimValue) => ({ dimValue }));
      return valueInfo(name, types?.get(name) ?? 'float32', dim && { dim });
    }),
  });
  // The fields of a message may come in any order and piecemeal, so weights need not pass through an encoder.
  const body = [structure];
  for (const [name, tensor] of graph.constants) {
    const description = encode('tensor', describe(tensor, name));
    const raw = rawBytes(tensor);
    const dataPrefix = prefix(Field.tensorRawData, raw.length);
    const length = description.length + dataPrefix.length + raw.length;
    body.push(prefix(Field.graphInitializer, length), description, dataPrefix, raw);
  }
  const size = body.reduce((total, part) => total + part.length, 0);
  if (size > LIMIT) {
    throw new ReverieError(
      'model/unsupported',
      `The network takes ${size} bytes; an ONNX file holds at most ${LIMIT}.`,
    );
  }
  return Buffer.concat([head, prefix(Field.modelGraph, size), ...body]);
}

function writeNode(node: Node): NodeProto {
  const dot = node.op.lastIndexOf('.');
  return {
    opType: node.op.slice(dot + 1),
    name: node.name,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([name, value]) =>
      writeAttribute(name, value, inlineTensor),
    ),
    ...(dot > 0 ? { domain: node.op.slice(0, dot) } : {}),
  };
}

function domains(nodes: readonly Node[]): string[] {
  return [
    ...new Set(nodes.filter(({ op }) => op.includes('.')).map(({ op }) => op.slice(0, op.lastIndexOf('.')))),
  ];
}

function writeInput({ name, type, dims }: Input): ValueInfoProto {
  const dim = dims.map((d) => (typeof d === 'string' ? { dimParam: d } : d < 0 ? {} : { dimValue: d }));
  return valueInfo(name, type, { dim });
}

function valueInfo(name: Name, type: DataType, shape?: { dim: object[] }): ValueInfoProto {
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], ...(shape ? { shape } : {}) } } };
}

function describe(tensor: Tensor, name: Name): TensorProto {
  return { name, dims: tensor.dims, dataType: ELEMENT_TYPES[tensor.type] };
}

function inlineTensor(tensor: Tensor): TensorProto {
  return { ...describe(tensor, ''), rawData: rawBytes(tensor) };
}

function rawBytes({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Field number, wire type 2 and length, before the bytes of a field. */
function prefix(field: number, length: number): Uint8Array {
  const bytes = [(field << 3) | 2];
  for (; length > 127; length = Math.floor(length / 128)) bytes.push((length % 128) | 128);
  return Uint8Array.from([...bytes, length]);
}
