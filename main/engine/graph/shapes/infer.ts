/** Shape inference of a whole graph at one input size. */
import { ReverieError } from '../../../../shared/errors.ts';
import { isSmall } from '../evaluate.ts';
import type { Graph, Info, Input, Name, Node } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import { describeNode, inferNode, unknownOperatorError } from './infer-node.ts';
import { by, show, type Inputs } from './rule.ts';
import { shapeRules } from './rules.ts';

/** Shapes of the graph's inputs by name. */
export type InputDims = Readonly<Record<Name, readonly number[]>>;

/**
 * Infers every tensor of a graph at given input shapes; an input of fixed shape may be omitted.
 * @throws like `inferNode`; `model/unsupported` lists all unknown operators at once.
 */
export function inferShapes(graph: Graph, inputDims: InputDims): Map<Name, Info> {
  const unknown = unknownOperators(graph);
  if (unknown.size > 0) throw unknownOperatorError(unknown);
  const infos = new Map<Name, Info>();
  for (const [name, tensor] of graph.constants) infos.set(name, constantInfo(tensor));
  for (const input of graph.inputs) {
    infos.set(input.name, { type: input.type, dims: inputShape(input, inputDims[input.name]) });
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : infoOf(infos, name, node)));
    const outputs = inferWithin(graph, infos, node, inputs);
    node.outputs.forEach((name, i) => {
      const info = outputs[i];
      if (name !== '' && info !== undefined) infos.set(name, info);
    });
  }
  return infos;
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

/** Info of a graph's constant, with its value if that may shape other tensors. */
export function constantInfo(tensor: Tensor): Info {
  const { type, dims } = tensor;
  return type !== 'float32' || isSmall(type, dims) ? { type, dims, value: tensor } : { type, dims };
}

export function isTooSmall(error: unknown): error is ReverieError {
  return error instanceof ReverieError && error.code === 'model/too-small-input';
}

/** As inferNode, but a window that does not fit is explained by the size of the graph's input. */
function inferWithin(graph: Graph, infos: ReadonlyMap<Name, Info>, node: Node, inputs: Inputs): Info[] {
  try {
    return inferNode(node, inputs);
  } catch (error) {
    const image = graph.inputs
      .map(({ name }) => infos.get(name)?.dims ?? [])
      .find((dims) => dims.length >= 3);
    if (!isTooSmall(error) || image === undefined) throw error;
    const what = `"${node.name}" (${describeNode(node, error)})`;
    const reason = `it gets ${sizes(error.details['available'])} values and needs at least ${sizes(error.details['needed'])}`;
    const message = `The input of ${by(imageSize(image))} pixels is too small for ${what}: ${reason}.`;
    throw new ReverieError(error.code, message, error.details, { cause: error });
  }
}

/** Width and height of an image input, whether its channels come first or last. */
function imageSize(dims: readonly number[]): number[] {
  const [, a = 0, b = 0, c] = dims;
  if (c === undefined) return [b];
  return c <= 4 && a > 4 ? [b, a] : [c, b];
}

function sizes(list: unknown): string {
  return Array.isArray(list) ? by(list) : '';
}

function infoOf(infos: ReadonlyMap<Name, Info>, name: Name, node: Node): Info {
  const info = infos.get(name);
  if (info !== undefined) return info;
  const message = `Node "${node.name}" (${node.op}) reads "${name}", which nothing computes before it.`;
  throw new ReverieError('model/unreadable', message);
}

function inputShape(
  { name, dims: declared }: Input,
  given: readonly number[] | undefined,
): readonly number[] {
  const dims = given ?? declared;
  const fixed = dims.filter((size) => typeof size === 'number' && Number.isInteger(size) && size > 0);
  if (fixed.length === dims.length && dims.length === declared.length) return fixed.map(Number);
  const wanted = `${declared.length} sizes from 1, as ${show(declared)}`;
  const message = `The network's input "${name}" cannot have the shape ${show(dims)}; it needs ${wanted}.`;
  throw new ReverieError('model/unreadable', message);
}
