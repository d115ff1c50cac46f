/** Shapes of operators that summarise, rank or accumulate along axes. */
import { int, type Info, type Node } from '../graph.ts';
import {
  axesOf,
  axisOf,
  refuse,
  required,
  requiredValues,
  sizeAt,
  valuesOf,
  type Inputs,
  type ShapeRule,
} from './rule.ts';

const REDUCTIONS = ['Mean', 'Sum', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];

export const reduction: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(REDUCTIONS.map((kind): [string, ShapeRule] => [`Reduce${kind}`, reduced])),
  ArgMax: chosen,
  ArgMin: chosen,

  TopK(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const axis = axisOf(int(node, 'axis', -1), dims.length);
    const [count = 0] = requiredValues(inputs, 1, 'K');
    const size = sizeAt(dims, axis);
    if (count < 0 || count > size) refuse('model/unreadable', `asks for the best ${count} of ${size} values`);
    const result = dims.with(axis, count);
    const outputs: Info[] = [{ type, dims: result }];
    return node.outputs.length > 1 ? [...outputs, { type: 'int64', dims: result }] : outputs;
  },

  CumSum(_, inputs) {
    const { type, dims } = required(inputs, 0);
    for (const axis of inputs[1]?.value === undefined ? [] : requiredValues(inputs, 1, 'axis'))
      axisOf(axis, dims.length);
    return [{ type, dims }];
  },
};

/** The axes that a reduction removes; undefined if it changes nothing. */
export function reducedAxes(node: Node, inputs: Inputs): number[] | undefined {
  const { dims } = required(inputs, 0);
  const axes = valuesOf(inputs, 1, 'axes') ?? [];
  if (axes.length > 0) return axesOf(axes, dims.length);
  return int(node, 'noop_with_empty_axes', 0) === 0 ? [...dims.keys()] : undefined;
}

function reduced(node: Node, inputs: Inputs): Info[] {
  const { type, dims } = required(inputs, 0);
  const axes = reducedAxes(node, inputs);
  return [{ type, dims: axes === undefined ? dims : without(dims, axes, int(node, 'keepdims', 1) !== 0) }];
}

function chosen(node: Node, inputs: Inputs): Info[] {
  const { dims } = required(inputs, 0);
  const axis = axisOf(int(node, 'axis', 0), dims.length);
  return [{ type: 'int64', dims: without(dims, [axis], int(node, 'keepdims', 1) !== 0) }];
}

function without(dims: readonly number[], axes: readonly number[], keep: boolean): number[] {
  if (keep) return dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return dims.filter((_, axis) => !axes.includes(axis));
}
