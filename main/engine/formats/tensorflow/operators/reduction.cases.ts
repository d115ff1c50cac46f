/** Sums over axes, and products of matrices. */
import { floats, integers, size, weights, type OperatorCase } from '../testing/case.ts';
import { attr, constant, node } from '../testing/graph-def.ts';
import { grid } from '../testing/reference.ts';

const [matrix, matrixTensor] = weights([4, 3]);

export const reductionCases: readonly OperatorCase[] = [
  ...(
    [
      ['Mean', (all: number[]) => all.reduce((a, b) => a + b, 0) / all.length],
      ['Sum', (all: number[]) => all.reduce((a, b) => a + b, 0)],
      ['Max', (all: number[]) => Math.max(...all)],
      ['Min', (all: number[]) => Math.min(...all)],
    ] as const
  ).flatMap(([op, reduce]): OperatorCase[] => [
    {
      title: `${op} over pixels`,
      nodes: [integers('axes', [1, 2]), node('y', op, ['x', 'axes'])],
      expected: (x) => grid([1, 4], (_n = 0, k = 0) => reduce(x.data.filter((_, i) => i % 4 === k))),
      map: false,
    },
    {
      title: `${op} over channels, kept`,
      nodes: [integers('axes', [-1], []), node('y', op, ['x', 'axes'], { keep_dims: attr.flag(true) })],
      expected: (x) =>
        grid([1, size(x, 1), size(x, 2), 1], (n = 0, i = 0, j = 0) =>
          reduce([0, 1, 2, 3].map((k) => x.at(n, i, j, k))),
        ),
      map: true,
    },
    {
      title: `${op} over height`,
      nodes: [integers('axes', [1]), node('y', op, ['x', 'axes'])],
      expected: (x) =>
        grid([1, size(x, 2), 4], (n = 0, j = 0, k = 0) =>
          reduce(Array.from({ length: size(x, 1) }, (_, i) => x.at(n, i, j, k))),
        ),
      map: false,
    },
  ]),
  ...[false, true].map((turned): OperatorCase => ({
    title: `MatMul${turned ? ', the second transposed' : ''}`,
    nodes: [
      integers('axes', [1, 2]),
      node('v', 'Max', ['x', 'axes']),
      turned
        ? floats('w', [...grid([3, 4], (i = 0, j = 0) => matrix.at(j, i)).data], [3, 4])
        : constant('w', matrixTensor),
      node('y', 'MatMul', ['v', 'w'], { transpose_b: attr.flag(turned) }),
    ],
    expected: (x) =>
      grid([1, 3], (_n = 0, o = 0) =>
        [0, 1, 2, 3].reduce(
          (sum, k) => sum + Math.max(...x.data.filter((_, i) => i % 4 === k)) * matrix.at(k, o),
          0,
        ),
      ),
    map: false,
  })),
];
