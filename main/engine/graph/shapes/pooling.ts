/** Shapes of poolings, over windows and over everything. */
import { int, ints, type Info, type Node } from '../graph.ts';
import {
  refuse,
  refuseSize,
  requireRank,
  required,
  show,
  sizeAt,
  type Inputs,
  type ShapeRule,
} from './rule.ts';
import { windowOf, positions } from './window.ts';

export const pooling: Readonly<Record<string, ShapeRule>> = {
  MaxPool(node, inputs) {
    const pooled = windowed(node, inputs);
    // The Indices output exists only where the node names it, as every optional output.
    return node.outputs.length > 1 ? [pooled, { type: 'int64', dims: pooled.dims }] : [pooled];
  },
  AveragePool: (node, inputs) => [windowed(node, inputs)],
  LpPool: (node, inputs) => [windowed(node, inputs)],
  GlobalAveragePool: (_, inputs) => [overall(inputs)],
  GlobalMaxPool: (_, inputs) => [overall(inputs)],
  GlobalLpPool: (_, inputs) => [overall(inputs)],
};

/** The window of a pooling node, one size for each spatial axis. */
export function kernelOf(node: Node): readonly number[] {
  const kernel = ints(node, 'kernel_shape', []);
  return kernel.length > 0 ? kernel : refuse('model/unreadable', 'lacks the attribute kernel_shape');
}

function windowed(node: Node, inputs: Inputs): Info {
  const x = required(inputs, 0);
  requireRank(x, 3);
  const kernel = kernelOf(node);
  const spatial = x.dims.slice(2);
  const window = windowOf(node, spatial, kernel);
  const { pads } = window;
  if (pads.some((pad, i) => pad >= sizeAt(kernel, i % kernel.length))) {
    refuse('model/unreadable', `has pads ${show(pads)} that are not smaller than its window ${show(kernel)}`);
  }
  const sizes = positions(window, spatial, int(node, 'ceil_mode', 0) !== 0);
  return { type: x.type, dims: [sizeAt(x.dims, 0), sizeAt(x.dims, 1), ...sizes] };
}

function overall(inputs: Inputs): Info {
  const x = required(inputs, 0);
  requireRank(x, 3);
  const spatial = x.dims.slice(2);
  if (spatial.some((size) => size < 1)) {
    refuseSize(
      spatial,
      spatial.map(() => 1),
    );
  }
  return { type: x.type, dims: x.dims.map((size, axis) => (axis < 2 ? size : 1)) };
}
