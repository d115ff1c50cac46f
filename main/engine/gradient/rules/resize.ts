/** Resize is linear and separable: its gradient multiplies by the transposed interpolation matrix of each axis. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int, text } from '../../graph/graph.ts';
import { float32, numbers, sizeOf } from '../../graph/tensor.ts';
import type { Rule, Rules } from '../rule.ts';
import { input } from '../rule.ts';

/** Where an output coordinate reads from, in input coordinates (ONNX `coordinate_transformation_mode`). */
function sourceCoordinate(mode: string, at: number, from: number, to: number, scale: number): number {
  switch (mode) {
    case 'half_pixel':
      return (at + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return to > 1 ? (at + 0.5) / scale - 0.5 : 0;
    case 'align_corners':
      return to > 1 ? (at * (from - 1)) / (to - 1) : 0;
    case 'asymmetric':
      return at / scale;
    default:
      throw new Error(`Resize with coordinate_transformation_mode ${mode} has no gradient rule.`);
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

/** Indices and weights that one output coordinate reads. */
function taps(node: Node, x: number): [number, number][] {
  const mode = text(node, 'mode', 'nearest');
  if (mode === 'nearest') return [[nearestIndex(text(node, 'nearest_mode', 'round_prefer_floor'), x), 1]];
  const base = Math.floor(x);
  if (mode === 'linear')
    return [
      [base, 1 - (x - base)],
      [base + 1, x - base],
    ];
  const a = node.attributes['cubic_coeff_a'];
  return [-1, 0, 1, 2].map((i) => [base + i, cubicWeight(typeof a === 'number' ? a : -0.75, x - base - i)]);
}

/** The transposed interpolation matrix of one axis, [from, to]. */
function adjointMatrix(node: Node, from: number, to: number, scale: number): Float32Array {
  const matrix = new Float32Array(from * to);
  const mode = text(node, 'coordinate_transformation_mode', 'half_pixel');
  for (let column = 0; column < to; column++) {
    for (const [index, weight] of taps(node, sourceCoordinate(mode, column, from, to, scale))) {
      const row = Math.min(Math.max(index, 0), from - 1);
      const cell = row * to + column;
      matrix[cell] = (matrix[cell] ?? 0) + weight;
    }
  }
  return matrix;
}

/** The scale of each axis: as given, else the ratio of sizes. */
function scalesOf(g: Builder, node: Node, from: readonly number[], to: readonly number[]): number[] {
  const name = node.inputs[2] ?? '';
  const value = name === '' ? undefined : (g.info(name).value ?? g.constantOf(name));
  const given = value === undefined ? [] : numbers(value);
  const axes = node.attributes['axes'];
  const ratios = from.map((d, i) => (to[i] ?? d) / d);
  if (given.length === 0) return ratios;
  const positions = Array.isArray(axes)
    ? axes.map((a) => (Number(a) < 0 ? Number(a) + from.length : Number(a)))
    : from.map((_, i) => i);
  positions.forEach((axis, i) => (ratios[axis] = given[i] ?? 1));
  return ratios;
}

const resize: Rule = (g, node, dy) => {
  if (int(node, 'antialias', 0) === 1)
    throw new Error(`Resize "${node.name}" with antialias has no gradient rule.`);
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
