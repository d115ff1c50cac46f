/**
 * Static shape inference with partial evaluation. Everything is inferred at one input size, so every dimension is a
 * number, and what an exporter computed from shapes becomes a constant.
 */
import { ReverieError } from '../../../shared/errors.ts';
import { evaluate, isSmall } from './evaluate.ts';
import { pruneNodes, type Graph, type Info, type Name, type Node } from './graph.ts';
import { convolution } from './shapes/convolution.ts';
import { elementwise } from './shapes/elementwise.ts';
import { gathering } from './shapes/gathering.ts';
import { generating } from './shapes/generating.ts';
import { joining } from './shapes/joining.ts';
import { layout } from './shapes/layout.ts';
import { matrix } from './shapes/matrix.ts';
import { normalisation } from './shapes/normalisation.ts';
import { pooling } from './shapes/pooling.ts';
import { reduction } from './shapes/reduction.ts';
import { resizing } from './shapes/resizing.ts';
import { by, show, type ShapeRule } from './shapes/rule.ts';
import type { Tensor } from './tensor.ts';

export type { ShapeRule } from './shapes/rule.ts';

/** Sizes of the graph's inputs by name. */
export type InputDims = Readonly<Record<Name, readonly number[]>>;

/** How the outputs of each operator follow from its inputs. */
export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  ...convolution,
  ...elementwise,
  ...gathering,
  ...generating,
  ...joining,
  ...layout,
  ...matrix,
  ...normalisation,
  ...pooling,
  ...reduction,
  ...resizing,
};

/** More elements than this in one tensor are a mistake in the network or an input far too large. */
const MOST_ELEMENTS = 2 ** 31;

/**
 * Type, shape and, where it does not depend on the image, value of every output of a node.
 * @throws `model/too-small-input`, `model/unreadable` or `model/unsupported`, naming the node and its operator.
 */
export function inferNode(node: Node, inputs: readonly (Info | undefined)[]): Info[] {
  const rule = Object.hasOwn(shapeRules, node.op) ? shapeRules[node.op] : undefined;
  if (rule === undefined) throw unknownOperatorError(new Map([[node.op, [node.name]]]));
  try {
    const outputs = rule(node, inputs);
    for (const { dims } of outputs) requirePlausible(dims);
    return evaluate(node, inputs, outputs);
  } catch (error) {
    if (!(error instanceof ReverieError)) throw error;
    const message = `Node "${node.name}" (${describe(node, error)}) ${error.message}.`;
    throw new ReverieError(
      error.code,
      message,
      { ...error.details, node: node.name, op: node.op },
      { cause: error },
    );
  }
}

/**
 * Infers every tensor of a graph at given input shapes; an input of fixed shape may be omitted.
 * @throws like {@link inferNode}; `model/unsupported` lists all unknown operators at once.
 */
export function inferShapes(graph: Graph, inputDims: InputDims): Map<Name, Info> {
  const unknown = unknownOperators(graph);
  if (unknown.size > 0) throw unknownOperatorError(unknown);
  const infos = new Map<Name, Info>();
  for (const [name, tensor] of graph.constants) infos.set(name, constantInfo(tensor));
  for (const { name, type, dims } of graph.inputs) {
    infos.set(name, { type, dims: inputShape(name, dims, inputDims[name]) });
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : known(infos, name, node)));
    const outputs = inferNodeOf(graph, infos, node, inputs);
    node.outputs.forEach((name, i) => {
      const info = outputs[i];
      if (name !== '' && info !== undefined) infos.set(name, info);
    });
  }
  return infos;
}

/**
 * The same graph at one input size: its inputs have fixed shapes, tensors that do not depend on the image are constants,
 * and nodes that no target needs are gone. `infos` covers at least every tensor that is left.
 */
export function specialise(
  graph: Graph,
  inputDims: InputDims,
  targets: readonly Name[] = graph.outputs,
): { graph: Graph; infos: Map<Name, Info> } {
  const pruned = { ...graph, nodes: pruneNodes(graph.nodes, targets) };
  const infos = inferShapes(pruned, inputDims);
  const values = new Map<Name, Tensor>(graph.constants);
  const computed = pruned.nodes.filter((node) => {
    const outputs = node.outputs.filter((name) => name !== '');
    const folded = outputs.flatMap((name): [Name, Tensor][] => {
      const value = infos.get(name)?.value;
      return value === undefined ? [] : [[name, value]];
    });
    if (folded.length < outputs.length) return true;
    for (const [name, value] of folded) values.set(name, value);
    return false;
  });
  const nodes = pruneNodes(computed, targets);
  const read = new Set([...targets, ...nodes.flatMap((node) => node.inputs)]);
  const constants = new Map([...values].filter(([name]) => read.has(name)));
  const inputs = graph.inputs.map((input) => ({ ...input, dims: infos.get(input.name)?.dims ?? input.dims }));
  return { graph: { ...graph, inputs, outputs: targets, nodes, constants }, infos };
}

/** Operators without a shape rule, each with the names of its nodes. */
export function unknownOperators(graph: Graph): Map<string, string[]> {
  const unknown = new Map<string, string[]>();
  for (const { op, name } of graph.nodes) {
    if (Object.hasOwn(shapeRules, op)) continue;
    const names = unknown.get(op);
    if (names === undefined) unknown.set(op, [name]);
    else names.push(name);
  }
  return unknown;
}

/**
 * The smallest square input at which the targets can be computed.
 * @param input an image input whose last two axes are set to the size; its other free axes are 1 or as declared.
 * @throws the error of size `limit` if no size up to there works.
 */
export function smallestInput(
  graph: Graph,
  input: Name,
  { limit = 1024, targets = graph.outputs }: { limit?: number; targets?: readonly Name[] } = {},
): number {
  const pruned = { ...graph, nodes: pruneNodes(graph.nodes, targets) };
  const declared = graph.inputs.find(({ name }) => name === input)?.dims;
  if (declared === undefined) throw new ReverieError('internal', `The graph has no input "${input}".`);
  const others = declared.slice(0, -2).map((size) => (typeof size === 'number' && size > 0 ? size : 1));
  const failureAt = (size: number): unknown => {
    try {
      inferShapes(pruned, { [input]: [...others, size, size] });
      return undefined;
    } catch (error) {
      return error;
    }
  };
  // Windows fit from some size on, so that size can be bisected; what a network demands beyond it (multiples, a fixed
  // size) follows no order and is tried size by size.
  let low = 1;
  let high = limit;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isTooSmall(failureAt(middle))) low = middle + 1;
    else high = middle;
  }
  for (let size = low; ; size++) {
    const failure = failureAt(size);
    if (failure === undefined) return size;
    if (size >= limit) throw failure;
  }
}

/** Info of a graph constant, with its value if it may shape other tensors. */
export function constantInfo(tensor: Tensor): Info {
  const { type, dims } = tensor;
  return type !== 'float32' || isSmall(type, dims) ? { type, dims, value: tensor } : { type, dims };
}

/** As inferNode, but a window that does not fit is explained by the size of the graph's input. */
function inferNodeOf(
  graph: Graph,
  infos: Map<Name, Info>,
  node: Node,
  inputs: readonly (Info | undefined)[],
): Info[] {
  try {
    return inferNode(node, inputs);
  } catch (error) {
    const image = graph.inputs
      .map(({ name }) => infos.get(name)?.dims ?? [])
      .find((dims) => dims.length >= 3);
    if (!isTooSmall(error) || image === undefined) throw error;
    const { available, needed } = error.details;
    const reason = `it gets ${sizes(available)} values and needs at least ${sizes(needed)}`;
    const message = `The input of ${by(imageSize(image))} pixels is too small for "${node.name}" (${describe(node, error)}): ${reason}.`;
    throw new ReverieError(error.code, message, error.details, { cause: error });
  }
}

/** Width and height of an image input, whether its channels come first or last. */
function imageSize(dims: readonly number[]): number[] {
  const [, a = 0, b = 0, c] = dims;
  if (c === undefined) return [b];
  return c <= 4 && a > 4 ? [b, a] : [c, b];
}

function isTooSmall(error: unknown): error is ReverieError {
  return error instanceof ReverieError && error.code === 'model/too-small-input';
}

function unknownOperatorError(unknown: ReadonlyMap<string, readonly string[]>): ReverieError {
  const list = Array.from(unknown, ([op, names]) => `${op} (${names.map((name) => `"${name}"`).join(', ')})`);
  const message = `The network uses operators that are not supported: ${list.join('; ')}.`;
  return new ReverieError('model/unsupported', message, { operators: Object.fromEntries(unknown) });
}

/** The operator in a sentence, with the size of its window where that is what matters: `MaxPool 3×3`. */
function describe(node: Node, { details }: ReverieError): string {
  return `${node.op} ${sizes(details['kernel'])}`.trim();
}

function sizes(list: unknown): string {
  return Array.isArray(list) ? list.join('×') : '';
}

function known(infos: ReadonlyMap<Name, Info>, name: Name, node: Node): Info {
  const info = infos.get(name);
  if (info !== undefined) return info;
  throw new ReverieError(
    'model/unreadable',
    `Node "${node.name}" (${node.op}) reads "${name}", which nothing computes before it.`,
  );
}

function inputShape(
  name: Name,
  declared: readonly (number | string)[],
  given: readonly number[] | undefined,
): readonly number[] {
  const dims = given ?? declared;
  const sizes = dims.filter((size) => typeof size === 'number' && Number.isInteger(size) && size > 0);
  const fits = sizes.length === dims.length && dims.length === declared.length;
  if (fits) return sizes.map(Number);
  const message = `The network's input "${name}" has shape [${declared.join(',')}], which ${show(dims.map(Number))} does not fit.`;
  throw new ReverieError('model/unreadable', message);
}

function requirePlausible(dims: readonly number[]): void {
  let size = 1;
  for (const d of dims) {
    if (!Number.isSafeInteger(d) || d < 0)
      throw new ReverieError('model/unreadable', `would give the impossible shape ${show(dims)}`);
    size *= d;
  }
  if (size > MOST_ELEMENTS) {
    throw new ReverieError(
      'model/unsupported',
      `would give ${show(dims)}, more than ${MOST_ELEMENTS} elements; use a smaller input`,
    );
  }
}
