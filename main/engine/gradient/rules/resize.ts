/** Resize is linear and separable: its gradient multiplies by the transposed interpolation matrix of each axis. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int, ints, text } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import { knownInput } from '../known.ts';
import { input, refuse, type Rule, type Rules } from '../rule.ts';

const { fround } = Math;

/**
 * Where an output coordinate reads from, in input coordinates (ONNX `coordinate_transformation_mode`). Rounded to single
 * precision at every step as ONNX Runtime does: 1/(1/3) must be 3, or the nearest element is another one.
 */
function sourceCoordinate(node: Node, at: number, from: number, to: number, scale: number): number {
  const halfPixel = fround(fround(fround(at + 0.5) / scale) - 0.5);
  const mode = text(node, 'coordinate_transformation_mode', 'half_pixel');
  switch (mode) {
    case 'half_pixel':
      return halfPixel;
    case 'pytorch_half_pixel':
      return to > 1 ? halfPixel : 0;
    case 'half_pixel_symmetric': {
      const adjustment = fround(to / fround(scale * from));
      return fround(fround((from / 2) * fround(1 - adjustment)) + halfPixel);
    }
    case 'align_corners':
      return to > 1 ? fround((at * (from - 1)) / (to - 1)) : 0;
    case 'asymmetric':
      return fround(at / scale);
    default:
      return refuse(node, `has coordinate_transformation_mode "${mode}", for which there is no gradient`);
  }
}

function nearestIndex(mode: string, x: number): number {
  if (mode === 'floor') return Math.floor(x);
  if (mode === 'ceil') return Math.ceil(x);
  return mode === 'round_prefer_ceil' ? Math.floor(x + 0.5) : Math.ceil(x - 0.5);
}

/** Keys' cubic convolution kernel with parameter a (Keys 1981). */
function cubicWeight(a: number, distance: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
}

/** The coefficient of a node's cubic kernel. */
function coefficientOf(node: Node): number {
  const a = node.attributes['cubic_coeff_a'];
  return typeof a === 'number' ? a : -0.75;
}

/**
 * What is read where an axis shrinks without aliasing: the kernel is as many times as wide, and its weights add up to one.
 *
 * @param stretch how many inputs there are to an output, at least 1
 */
function smoothTaps(node: Node, x: number, stretch: number): [number, number][] {
  const cubic = text(node, 'mode', 'nearest') === 'cubic';
  const reach = stretch * (cubic ? 2 : 1);
  const first = Math.floor(x - reach + 1);
  const a = coefficientOf(node);
  const weights = Array.from({ length: Math.floor(x + reach + 1) - first }, (_, i): [number, number] => {
    const distance = Math.abs(first + i - x) / stretch;
    return [first + i, cubic ? cubicWeight(a, distance) : Math.max(1 - distance, 0)];
  });
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return weights.map(([index, weight]) => [index, weight / total]);
}

/** Indices and weights that one output coordinate reads. */
function taps(node: Node, x: number, scale: number): [number, number][] {
  const mode = text(node, 'mode', 'nearest');
  if (int(node, 'antialias', 0) === 1 && mode !== 'nearest')
    return smoothTaps(node, x, Math.max(1 / scale, 1));
  if (mode === 'nearest') return [[nearestIndex(text(node, 'nearest_mode', 'round_prefer_floor'), x), 1]];
  const base = Math.floor(x);
  if (mode === 'linear')
    return [
      [base, 1 - (x - base)],
      [base + 1, x - base],
    ];
  const a = coefficientOf(node);
  return [-1, 0, 1, 2].map((i) => [base + i, cubicWeight(a, x - base - i)]);
}

/** The transposed interpolation matrix of one axis, [from, to]. */
function adjointMatrix(node: Node, from: number, to: number, scale: number): Float32Array {
  const matrix = new Float32Array(from * to);
  const excludeOutside = int(node, 'exclude_outside', 0) === 1;
  for (let column = 0; column < to; column++) {
    let read = taps(node, sourceCoordinate(node, column, from, to, scale), scale);
    if (excludeOutside) {
      read = read.filter(([index]) => index >= 0 && index < from);
      const total = read.reduce((sum, [, weight]) => sum + weight, 0);
      read = read.map(([index, weight]) => [index, weight / total]);
    }
    for (const [index, weight] of read) {
      const row = Math.min(Math.max(index, 0), from - 1);
      const cell = row * to + column;
      matrix[cell] = (matrix[cell] ?? 0) + weight;
    }
  }
  return matrix;
}

/** The scale of each axis: as given, else the ratio of sizes, of which all axes share one where the aspect is kept. */
function scalesOf(g: Builder, node: Node, from: readonly number[], to: readonly number[]): number[] {
  const scales = from.map((d, i) => fround((to[i] ?? d) / d));
  const axes = ints(node, 'axes', [...from.keys()]).map((a) => (a < 0 ? a + from.length : a));
  const given = knownInput(g, node, 2) ?? [];
  const sizes = knownInput(g, node, 3) ?? [];
  if (given.length > 0) axes.forEach((axis, i) => (scales[axis] = given[i] ?? 1));
  const policy = text(node, 'keep_aspect_ratio_policy', 'stretch');
  if (sizes.length > 0 && policy !== 'stretch') {
    const ratios = axes.map((axis, i) => fround((sizes[i] ?? 1) / (from[axis] ?? 1)));
    const shared = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
    for (const axis of axes) scales[axis] = shared;
  }
  return scales;
}

const resize: Rule = (g, node, dy) => {
  const from = g.dims(input(node, 0));
  const to = g.dims(dy);
  const scales = scalesOf(g, node, from, to);
  let dx: Name = dy;
  from.forEach((length, axis) => {
    const target = to[axis] ?? length;
    if (length === target && scales[axis] === 1) return;
    const matrix = g.constant(
      float32(adjointMatrix(node, length, target, scales[axis] ?? 1), [length, target]),
    );
    const dims = g.dims(dx);
    const flat = g.reshape(dx, [sizeOf(dims.slice(0, axis)), target, sizeOf(dims.slice(axis + 1))]);
    dx = g.reshape(
      g.op('MatMul', [matrix, flat]),
      dims.map((d, i) => (i === axis ? length : d)),
    );
  });
  return [dx, null, null, null];
};

export const resizing: Rules = { Resize: resize };
