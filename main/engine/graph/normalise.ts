/**
 * Rewrites a graph of any supported operator set into the forms of {@link OPSET}, so that shape inference and gradient
 * rules see one form of each operator. The table says which; operators that are not in it are kept as they are.
 */
import { ReverieError } from '../../../shared/errors.ts';
import { OPSET, subgraph, type Graph, type Info, type Name, type Node } from './graph.ts';
import { attentionRewrites } from './normalise/attention-operators.ts';
import { writeOut } from './normalise/control-flow.ts';
import { decompositions } from './normalise/decompositions.ts';
import { fusedRewrites } from './normalise/fused.ts';
import { withoutIdentities } from './normalise/identity.ts';
import { inputRewrites } from './normalise/inputs.ts';
import { normRewrites } from './normalise/norms.ts';
import { fromOldest } from './normalise/oldest.ts';
import { quantisedRewrites } from './normalise/quantised.ts';
import type { Rewrite, Rewriter } from './normalise/rewrite.ts';
import { rotaryRewrites } from './normalise/rotary.ts';
import { typeRewrites } from './normalise/types.ts';
import { constantInfo, inferNode } from './shapes.ts';
import type { Tensor } from './tensor.ts';

/** The first set that there was. */
const OLDEST = 1;

export const rewrites: Readonly<Record<string, Rewrite>> = {
  ...attentionRewrites,
  ...decompositions,
  ...fusedRewrites,
  ...inputRewrites,
  ...normRewrites,
  ...quantisedRewrites,
  ...rotaryRewrites,
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
  const { graph: normal, decisions } = normaliseAt(graph, opset, 256, 256);
  if (decisions.size > 0) {
    const other = normaliseAt(graph, opset, 320, 192).decisions;
    const [unsure] = [...decisions].filter(([name, choice]) => other.get(name) !== choice);
    if (unsure !== undefined) {
      const message = `Node "${unsure[0]}" decides by the size of the picture; export the network without it.`;
      throw new ReverieError('model/unsupported', message);
    }
  }
  return normal;
}

interface Normalised {
  readonly graph: Graph;
  /** What nodes with conditions have come to. */
  readonly decisions: ReadonlyMap<string, number>;
}

/** @param width of the pictures that free dimensions are taken to be, which nothing in the result may depend on */
function normaliseAt(graph: Graph, opset: number, width: number, height: number): Normalised {
  const constants = new Map(graph.constants);
  const infos = nominalInfos(graph, width, height);
  const at = rewriter(graph, opset, constants, infos);
  const nodes: Node[] = [];
  const decisions = new Map<string, number>();
  const decided = ({ name }: Node, choice: number): void => void decisions.set(name, choice);
  const add = (node: Node): void => {
    if (writeOut(node, at, { add: addAll, decided })) return;
    const rewrite = Object.hasOwn(rewrites, node.op) ? rewrites[node.op] : undefined;
    for (const replacement of rewrite?.(node, at) ?? [node]) {
      nodes.push(replacement);
      remember(infos, replacement);
    }
  };
  // One after the other: what is known of a node's inputs comes from those before it.
  const addAll = (list: readonly Node[]): void => {
    for (const node of list) fromOldest(node, at).forEach(add);
  };
  addAll(graph.nodes);
  const normal = { ...graph, nodes: withoutIdentities(nodes, graph.outputs), constants };
  return { graph: withoutUnused(normal), decisions };
}

function rewriter(
  graph: Graph,
  opset: number,
  constants: Map<Name, Tensor>,
  infos: Map<Name, Info>,
): Rewriter {
  const used = new Set(graph.outputs);
  const taken = new Set(graph.constants.keys());
  for (const { name } of graph.inputs) taken.add(name);
  for (const { name, inputs, outputs } of graph.nodes) {
    for (const input of inputs) used.add(input);
    taken.add(name);
    for (const output of outputs) taken.add(output);
  }
  for (const { inputs } of innerNodes(graph.nodes)) for (const input of inputs) used.add(input);
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

/** The nodes of the graphs within nodes. */
function* innerNodes(nodes: readonly Node[]): Generator<Node, void, undefined> {
  for (const node of nodes) {
    for (const key in node.attributes) {
      const graph = subgraph(node, key);
      if (graph === undefined) continue;
      yield* graph.nodes;
      yield* innerNodes(graph.nodes);
    }
  }
}

/** Infos of constants and inputs, free dimensions taken as a batch of one picture of a size. */
function nominalInfos(graph: Graph, width: number, height: number): Map<Name, Info> {
  const infos = new Map<Name, Info>();
  for (const [name, tensor] of graph.constants) infos.set(name, constantInfo(tensor));
  for (const { name, type, dims } of graph.inputs) {
    const nominal = dims.map((size, i) => {
      if (typeof size === 'number' && size > 0) return size;
      if (i === 0) return 1;
      return i === dims.length - 1 ? width : height;
    });
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
