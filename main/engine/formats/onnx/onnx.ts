/** ONNX bytes → neutral graph. */
import { ReverieError } from '../../../../shared/errors.ts';
import {
  sortNodes,
  type Attribute,
  type Graph,
  type Input,
  type Name,
  type Node,
  type Subgraph,
} from '../../graph/graph.ts';
import { normalise } from '../../graph/normalise.ts';
import { float32, int64, sameTensor, type Tensor } from '../../graph/tensor.ts';
import { readAttribute } from './attribute.ts';
import {
  ElementType,
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from './schema.ts';
import { inlineFunctions } from './functions.ts';
import { looksLikeOnnx } from './signature.ts';
import { readTensor, widen, type ReadExternal } from './tensor.ts';
import { has, integerOf } from '../protobuf.ts';

interface ReadOptions {
  /** Where tensors that the model keeps in other files come from; without it such a model is refused. */
  readonly external?: ReadExternal;
}

/** A network as it is stored: operators still have the forms of the standard operator set `opset`. */
interface StoredNetwork {
  readonly graph: Graph;
  readonly opset: number;
}

/**
 * The network in the bytes of an ONNX file, in the forms of the one operator set the rest of the engine knows.
 * Operators without a meaning here are kept as they are.
 * @throws `model/unreadable` for anything that is not a whole ONNX file, `model/unsupported` for one that holds what
 * the neutral graph cannot.
 */
export function readOnnx(bytes: Uint8Array, options: ReadOptions = {}): Graph {
  const { graph, opset } = parseOnnx(bytes, options);
  return normalise(graph, opset);
}

/** As {@link readOnnx}, without normalisation: element types are widened and `Constant` nodes have become constants. */
export function parseOnnx(bytes: Uint8Array, { external }: ReadOptions = {}): StoredNetwork {
  const model = decode(bytes);
  if (!model.graph) throw unreadable('This is not an ONNX network: it holds no graph.');
  const standard = model.opsetImport?.find(({ domain }) => isStandard(domain));
  if (standard === undefined) {
    throw unreadable('This is not an ONNX network: it names no version of the standard operators.');
  }
  const graph = { ...model.graph, node: inlineFunctions(model) };
  return { graph: readGraph(graph, external), opset: integerOf(standard.version) };
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return decodeModel(bytes);
  } catch (cause) {
    if (cause instanceof ReverieError) throw cause;
    const sentence = looksLikeOnnx(bytes)
      ? 'The ONNX file is damaged or incomplete.'
      : 'This is not an ONNX file: its bytes do not form a network.';
    throw new ReverieError('model/unreadable', sentence, {}, { cause });
  }
}

function readGraph(proto: GraphProto, external: ReadExternal | undefined): Graph {
  const constants = new Map<Name, Tensor>();
  const nodes = readNodes(proto, constants, uniqueNames(), external);
  // Before IR version 4 every initialiser had to be listed as an input, too.
  const inputs = (proto.input ?? []).filter(({ name = '' }) => !constants.has(name)).map(readInput);
  const outputs = (proto.output ?? []).map(({ name = '' }) => name);
  if (outputs.length === 0) throw unreadable('The ONNX file declares no output.');
  checkNames(inputs, outputs, nodes, constants);
  return { name: proto.name ?? '', inputs, outputs, nodes: sortNodes(nodes), constants };
}

/** The nodes of a graph; what it holds constant comes into `constants`. */
function readNodes(
  proto: GraphProto,
  constants: Map<Name, Tensor>,
  names: (wish: string) => string,
  external: ReadExternal | undefined,
): Node[] {
  const sparse = proto.sparseInitializer?.[0];
  if (sparse !== undefined) {
    throw unsupported(`Tensor "${sparse.values?.name ?? ''}" is sparse; only dense tensors are supported.`);
  }
  const types = new Map<Name, number>();
  for (const initializer of proto.initializer ?? []) {
    const name = initializer.name ?? '';
    types.set(name, initializer.dataType ?? 0);
    define(constants, name, readTensor(initializer, `Tensor "${name}"`, external));
  }
  const nodes: Node[] = [];
  for (const node of proto.node ?? []) {
    const output = node.output?.[0] ?? '';
    const attributes = readAttributes(node, external);
    if (node.opType === 'Constant' && isStandard(node.domain)) {
      types.set(output, node.attribute?.[0]?.t?.dataType ?? 0);
      define(constants, output, constantOf(attributes, output));
      continue;
    }
    // Elements are widened here, and the range of a quantisation is that of its zero point's type.
    if (node.opType === 'QuantizeLinear' && attributes['output_dtype'] === undefined)
      attributes['output_dtype'] = types.get(node.input?.[2] ?? '') ?? ElementType.UINT8;
    const graphs = readSubgraphs(node, names, external);
    nodes.push({
      op: isStandard(node.domain) ? (node.opType ?? '') : `${node.domain ?? ''}.${node.opType ?? ''}`,
      name: names(node.name || output || (node.opType ?? '')),
      inputs: [...(node.input ?? []), ...captured(Object.values(graphs))],
      outputs: [...(node.output ?? [])],
      attributes: { ...attributes, ...graphs },
    });
  }
  return nodes;
}

function readSubgraphs(
  node: NodeProto,
  names: (wish: string) => string,
  external: ReadExternal | undefined,
): Record<string, Subgraph> {
  const entries = (node.attribute ?? []).flatMap(({ name = '', g }): [string, Subgraph][] => {
    if (!g) return [];
    const constants = new Map<Name, Tensor>();
    const nodes = sortNodes(readNodes(g, constants, names, external));
    const inputs = (g.input ?? []).map((input) => input.name ?? '');
    const outputs = (g.output ?? []).map((output) => output.name ?? '');
    return [[name, { inputs, outputs, nodes, constants }]];
  });
  return Object.fromEntries(entries);
}

/** What subgraphs read of the graph around them. */
function captured(graphs: readonly Subgraph[]): Name[] {
  const outer = graphs.flatMap(({ inputs, outputs, nodes, constants }) => {
    const own = new Set([...inputs, ...constants.keys(), ...nodes.flatMap((node) => node.outputs)]);
    const read = [...outputs, ...nodes.flatMap((node) => node.inputs)];
    return read.filter((name) => name !== '' && !own.has(name));
  });
  return [...new Set(outer)];
}

function readInput({ name = '', type }: ValueInfoProto): Input {
  const tensor = type?.tensorType;
  const element = widen(tensor?.elemType ?? 0);
  if (!tensor || element === null) {
    throw unsupported(`Input "${name}" is not a tensor of numbers; only inputs that are can be fed.`);
  }
  if (!tensor.shape)
    throw unsupported(`Input "${name}" has no declared rank; images need four dimensions, NCHW.`);
  const dims = (tensor.shape.dim ?? []).map((dim) => {
    const size = has(dim, 'dimValue') ? integerOf(dim.dimValue) : 0;
    return size > 0 ? size : dim.dimParam || -1;
  });
  return { name, type: element, dims };
}

function readAttributes(node: NodeProto, external: ReadExternal | undefined): Record<string, Attribute> {
  const entries = (node.attribute ?? []).flatMap((proto): [string, Attribute][] => {
    const name = proto.name ?? '';
    const value = readAttribute(proto, `Attribute "${name}" of node "${node.name ?? ''}"`, external);
    return value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** The tensor of a `Constant` node, in any of the attributes that may hold it. */
function constantOf(
  { value, value_float, value_floats, value_int, value_ints }: Record<string, Attribute>,
  output: Name,
): Tensor {
  if (typeof value === 'object' && 'dims' in value) return value;
  if (typeof value_float === 'number') return float32([value_float], []);
  if (typeof value_int === 'number') return int64([value_int], []);
  if (isNumbers(value_floats)) return float32(value_floats);
  if (isNumbers(value_ints)) return int64(value_ints);
  throw unsupported(`Constant "${output}" is text or sparse; only dense numeric constants are supported.`);
}

function isNumbers(value: Attribute | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isStandard(domain: string | undefined): boolean {
  return domain === undefined || domain === '' || domain === 'ai.onnx';
}

/** Every tensor is written once and read only where it exists. */
function checkNames(
  inputs: readonly Input[],
  outputs: readonly Name[],
  nodes: readonly Node[],
  constants: ReadonlyMap<Name, Tensor>,
): void {
  const known = new Set(constants.keys());
  const written = [
    ...inputs.map(({ name }) => name),
    ...nodes.flatMap((node) => node.outputs.filter((name) => name !== '')),
  ];
  for (const name of written) {
    if (known.has(name) || name === '')
      throw unreadable(`The ONNX file is damaged: tensor "${name}" is defined twice.`);
    known.add(name);
  }
  for (const node of nodes) {
    const missing = node.inputs.find((name) => name !== '' && !known.has(name));
    if (missing !== undefined)
      throw unreadable(
        `The ONNX file is damaged: node "${node.name}" reads "${missing}", which nothing defines.`,
      );
  }
  const missing = outputs.find((name) => !known.has(name));
  if (missing !== undefined)
    throw unreadable(`The ONNX file is damaged: nothing defines the output "${missing}".`);
}

function define(constants: Map<Name, Tensor>, name: Name, tensor: Tensor): void {
  if (name === '') throw unreadable('The ONNX file is damaged: a constant has no name.');
  const earlier = constants.get(name);
  // Some converters store a weight once for every layer that shares it.
  if (earlier !== undefined && !sameTensor(earlier, tensor))
    throw unreadable(`The ONNX file is damaged: tensor "${name}" is defined twice.`);
  constants.set(name, tensor);
}

/** Gives every wish a name of its own: `relu`, `relu_2`, `relu_3`. */
function uniqueNames(): (wish: string) => string {
  const used = new Map<string, number>();
  return (wish) => {
    let name = wish;
    while (used.has(name)) {
      const count = (used.get(wish) ?? 1) + 1;
      used.set(wish, count);
      name = `${wish}_${count}`;
    }
    used.set(name, 1);
    return name;
  };
}

function unreadable(sentence: string): ReverieError {
  return new ReverieError('model/unreadable', sentence);
}

function unsupported(sentence: string): ReverieError {
  return new ReverieError('model/unsupported', sentence);
}
