/**
 * Rewrites a graph of any supported operator set into the forms of {@link OPSET}, so that shape inference and gradient
 * rules see one form of each operator. The table says which; operators that are not in it are kept as they are.
 */
import { ReverieError } from '../../../shared/errors.ts';
import { OPSET, type Graph, type Info, type Input, type Name, type Node } from './graph.ts';
import { decompositions } from './normalise/decompositions.ts';
import { withoutIdentities } from './normalise/identity.ts';
import { inputRewrites } from './normalise/inputs.ts';
import { fromOldest } from './normalise/oldest.ts';
import { quantisedRewrites } from './normalise/quantised.ts';
import type { Rewrite, Rewriter } from './normalise/rewrite.ts';
import { typeRewrites } from './normalise/types.ts';
import { constantInfo, inferNode } from './shapes.ts';
import type { Tensor } from './tensor.ts';

/** The first set that there was. */
const OLDEST = 1;

export const rewrites: Readonly<Record<string, Rewrite>> = {
  ...decompositions,
  ...inputRewrites,
  ...quantisedRewrites,
  ...typeRewrites,
};

/**
 * The same network in forms of {@link OPSET}. Tensors keep their names, but what `Dropout`, `Identity` and casts without
 * effect gave is known by the name of what they were given, unless it is an output of the network.
 * @param opset version of the standard operators that the graph is written in, from 1 on.
 * @throws `model/unsupported` for what is no version, and for operators in a form that exists in training only.
 */
export function normalise(graph: Graph, opset: number): Graph {
  if (!(opset >= OLDEST)) {
    throw new ReverieError(
      'model/unsupported',
      `The network uses operator set ${opset} of ONNX; sets from ${OLDEST} on are supported: convert it to ${OPSET}.`,
    );
  }
  const constants = new Map(graph.constants);
  const infos = nominalInfos(graph);
  const at = rewriter(graph, opset, constants, infos);
  const nodes: Node[] = [];
  const add = (node: Node): void => {
    const rewrite = Object.hasOwn(rewrites, node.op) ? rewrites[node.op] : undefined;
    for (const replacement of rewrite?.(node, at) ?? [node]) {
      nodes.push(replacement);
      remember(infos, replacement);
    }
  };
  // One after the other: what is known of a node's inputs comes from those before it.
  for (const node of graph.nodes) fromOldest(node, at).forEach(add);
  return withoutUnused({ ...graph, nodes: withoutIdentities(nodes, graph.outputs), constants });
}

/**
 * The graph with batch, height and width of every image input free, whatever size it was exported for. An input with its
 * channels last is left alone.
 */
export function freeInput(graph: Graph): Graph {
  return { ...graph, inputs: graph.inputs.map((input) => (isImage(input) ? free(input) : input)) };
}

function isImage({ type, dims }: Input): boolean {
  const few = (size: number | string | undefined) => size === 1 || size === 3 || size === 4;
  return type === 'float32' && dims.length === 4 && (few(dims[1]) || !few(dims[3]));
}

function free(input: Input): Input {
  const [, channels = -1] = input.dims;
  return { ...input, dims: ['N', channels, 'H', 'W'] };
}

function rewriter(
  graph: Graph,
  opset: number,
  constants: Map<Name, Tensor>,
  infos: Map<Name, Info>,
): Rewriter {
  const used = new Set([...graph.outputs, ...graph.nodes.flatMap((node) => node.inputs)]);
  const taken = new Set([
    ...graph.constants.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ]);
  const fresh = (wish: string): string => {
    let name = wish;
    for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
    taken.add(name);
    return name;
  };
  return {
    opset,
    fresh,
    constant: (tensor, wish) => {
      const name = fresh(wish);
      constants.set(name, tensor);
      infos.set(name, constantInfo(tensor));
      return name;
    },
    value: (name = '') => constants.get(name),
    info: (name = '') => infos.get(name),
    used: (name = '') => used.has(name),
  };
}

/** Infos of constants and inputs, free dimensions taken as a batch of one with 256 × 256 pixels. */
function nominalInfos(graph: Graph): Map<Name, Info> {
  const infos = new Map<Name, Info>();
  for (const [name, tensor] of graph.constants) infos.set(name, constantInfo(tensor));
  for (const { name, type, dims } of graph.inputs) {
    const nominal = dims.map((size, i) => (typeof size === 'number' && size > 0 ? size : i === 0 ? 1 : 256));
    infos.set(name, { type, dims: nominal });
  }
  return infos;
}

function remember(infos: Map<Name, Info>, node: Node): void {
  try {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : infos.get(name)));
    if (node.inputs.some((name) => name !== '' && !infos.has(name))) return;
    inferNode(node, inputs).forEach((info, i) => {
      const output = node.outputs[i];
      if (output) infos.set(output, info);
    });
  } catch {
    // Unknown here means only that rewrites take their general form; who runs the network is told what is wrong.
  }
}

function withoutUnused(graph: Graph): Graph {
  const read = new Set([...graph.outputs, ...graph.nodes.flatMap((node) => node.inputs)]);
  return { ...graph, constants: new Map([...graph.constants].filter(([name]) => read.has(name))) };
}
