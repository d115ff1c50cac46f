import { expect, it } from 'vitest';
import { Builder } from '../engine/graph/builder.ts';
import { inferShapes } from '../engine/graph/shapes.ts';
import { float32, sizeOf } from '../engine/graph/tensor.ts';
import { stepMultiplyAdds } from './useful.ts';

type Append = (g: Builder, x: string) => string;

const weights = (g: Builder, ...dims: number[]): string =>
  g.constant(float32(new Float32Array(sizeOf(dims)), dims));

it.each<[string, number[], number, Append]>([
  [
    'a convolution',
    [1, 3, 8, 8],
    16 * 8 * 8 * 3 * 9,
    (g, x) => g.op('Conv', [x, weights(g, 16, 3, 3, 3)], { pads: [1, 1, 1, 1] }),
  ],
  [
    'a strided one',
    [2, 4, 8, 8],
    2 * 6 * 4 * 4 * 4,
    (g, x) => g.op('Conv', [x, weights(g, 6, 4, 1, 1)], { strides: [2, 2] }),
  ],
  [
    'a depthwise one',
    [1, 4, 5, 5],
    4 * 5 * 5 * 9,
    (g, x) => g.op('Conv', [x, weights(g, 4, 1, 3, 3)], { group: 4, pads: [1, 1, 1, 1] }),
  ],
  [
    'a transposed one',
    [1, 4, 5, 5],
    4 * 5 * 5 * 2 * 4,
    (g, x) => g.op('ConvTranspose', [x, weights(g, 4, 2, 2, 2)], { strides: [2, 2] }),
  ],
  ['a matrix product', [3, 7], 3 * 7 * 5, (g, x) => g.op('MatMul', [x, weights(g, 7, 5)])],
  ['a transposed product', [7, 3], 3 * 7 * 5, (g, x) => g.op('Gemm', [x, weights(g, 7, 5)], { transA: 1 })],
  ['everything else', [1, 3, 8, 8], 0, (g, x) => g.relu(g.op('MaxPool', [x], { kernel_shape: [3, 3] }))],
])('counts a step of %s on %j as twice %d multiply–adds', (_title, dims, forward, append) => {
  const g = new Builder();
  const target = append(g, g.input('x', dims));
  // What lies behind the target is not on the way.
  const graph = g.finish([g.op('Flatten', [target]), target]);
  expect(stepMultiplyAdds(graph, inferShapes(graph, {}), target)).toBe(2 * forward);
});
