/** Operators that only move values about: the gradient moves them back. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int, ints, text } from '../../graph/graph.ts';
import { knownInput } from '../known.ts';
import type { Rule, Rules } from '../rule.ts';
import { FLAT, input } from '../rule.ts';
import { interleaveZeros } from '../spread.ts';

/** Restores the shape that the input had. */
const reshape: Rule = (g, node, dy) => [g.reshape(dy, g.dims(input(node, 0))), null];

const axisOf = (g: Builder, node: Node, x: Name, fallback: number): number => {
  const axis = int(node, 'axis', fallback);
  return axis < 0 ? axis + g.dims(x).length : axis;
};

const concat: Rule = (g, node, dy) => {
  const axis = axisOf(g, node, input(node, 0), 0);
  let start = 0;
  return node.inputs.map((x) => {
    const end = start + g.dim(x, axis);
    const dx = node.inputs.length === 1 ? dy : g.slice(dy, [axis], [start], [end]);
    start = end;
    return dx;
  });
};

const split: Rule = (g, node, _dy, { dys }) => {
  const axis = axisOf(g, node, input(node, 0), 0);
  const parts = node.outputs.map((part, i) => {
    const dims = part === '' ? undefined : g.dims(part);
    if (dims === undefined) throw new Error(`Split "${node.name}" has an unnamed output.`);
    return dys[i] ?? g.expand(g.scalar(0), dims);
  });
  return [g.concat(parts, axis), null];
};

/** Zeros around dy; a step larger than one also puts zeros between its elements, and a negative one turns it round. */
const slice: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const dims = g.dims(x);
  const starts = knownInput(g, node, 1) ?? [];
  const ends = knownInput(g, node, 2) ?? [];
  const axes = (knownInput(g, node, 3) ?? starts.map((_, i) => i)).map((a) => (a < 0 ? a + dims.length : a));
  const steps = knownInput(g, node, 4) ?? starts.map(() => 1);
  let dx = dy;
  const before = dims.map(() => 0);
  axes.forEach((axis, i) => {
    const size = dims[axis] ?? 1;
    const step = steps[i] ?? 1;
    const length = g.dim(dy, axis);
    let first = clampIndex(starts[i] ?? 0, size, step);
    if (ends[i] === undefined) throw new Error(`Slice "${node.name}" lacks an end.`);
    if (step < 0) {
      dx = g.slice(dx, [axis], [-1], [-(2 ** 31)], [-1]);
      first += step * (length - 1);
    }
    dx = interleaveZeros(g, dx, axis, Math.abs(step));
    before[axis] = first;
  });
  const after = dims.map((size, axis) => size - (before[axis] ?? 0) - g.dim(dx, axis));
  return [g.pad(dx, [...before, ...after]), null, null, null, null];
};

/** ONNX's rule for a slice's start: negative counts from the end, then cut to what the direction allows. */
const clampIndex = (start: number, size: number, step: number): number => {
  const index = start < 0 ? start + size : start;
  return step > 0 ? Math.min(Math.max(index, 0), size) : Math.min(Math.max(index, 0), size - 1);
};

const transpose: Rule = (g, node, dy) => {
  const rank = g.dims(dy).length;
  const perm = ints(
    node,
    'perm',
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  );
  const inverse = perm.map((_, i) => perm.indexOf(i));
  return [g.transpose(dy, inverse)];
};

const depthToSpace: Rule = (g, node, dy) => {
  const [n, c, h, w] = g.dims(input(node, 0));
  const b = int(node, 'blocksize', 1);
  if (n === undefined || c === undefined || h === undefined || w === undefined)
    throw new Error('DepthToSpace wants rank 4.');
  const spread = g.reshape(dy, [n, c / (b * b), h, b, w, b]);
  const perm = text(node, 'mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return [g.reshape(g.transpose(spread, perm), [n, c, h, w])];
};

const tile: Rule = (g, node, dy) => {
  const dims = g.dims(input(node, 0));
  const repeats = knownInput(g, node, 1) ?? [];
  const spread = g.reshape(
    dy,
    dims.flatMap((d, i) => [repeats[i] ?? 1, d]),
  );
  return [
    g.reduce(
      'ReduceSum',
      spread,
      dims.map((_, i) => 2 * i),
      false,
    ),
    null,
  ];
};

export const shape: Rules = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  // The walker sums a broadcast gradient down to the input's shape, which is all that Expand needs.
  Expand: (_g, _node, dy) => [dy, null],
  Concat: concat,
  Split: split,
  Slice: slice,
  DepthToSpace: depthToSpace,
  SpaceToDepth: (g, node, dy) => [
    g.op('DepthToSpace', [dy], { blocksize: int(node, 'blocksize', 1), mode: 'DCR' }),
  ],
  Tile: tile,
  Trilu: (g, node, dy) => [g.op('Trilu', [dy, ...node.inputs.slice(1)], { upper: int(node, 'upper', 1) })],
  Constant: FLAT,
  Shape: FLAT,
  Size: FLAT,
  ConstantOfShape: FLAT,
  Range: FLAT,
  OneHot: FLAT,
  EyeLike: FLAT,
  NonZero: FLAT,
};
