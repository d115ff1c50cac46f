import {
  floats,
  ints,
  kinked,
  linear,
  network,
  normal,
  positive,
  scalar,
  smooth,
  spaced,
  truths,
  type GradientCase,
} from '../testing/case.ts';

/** Pairs of shapes that stretch over each other: left, right, both, other ranks, single elements. */
const SHAPES: readonly (readonly [number[], number[]])[] = [
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
  [[2, 3, 4], [4]],
  [
    [3, 1],
    [2, 3, 4],
  ],
  [
    [2, 1, 4],
    [1, 3, 1],
  ],
  [[], [2, 3]],
  [[2, 3], [1]],
  [[1, 1, 1, 1], [5]],
];

const both = { wrt: [0, 1] };
const FIRST = floats([0.5, 1.5, -2, 3]);
const SECOND = floats([0.25, 2, -1, -3]);

export const arithmeticCases: GradientCase[] = [
  ...SHAPES.flatMap(([a, b]) => [
    linear('Add', {}, [normal(...a), normal(...b)], both),
    linear('Sub', {}, [normal(...a), normal(...b)], both),
    linear('Mul', {}, [normal(...a), normal(...b)], both),
    smooth('Div', {}, [normal(...a), positive(...b)], both),
    smooth('Pow', {}, [positive(...a), normal(...b)], both),
  ]),
  network('x·x', 'smooth', [normal(5)], (g, [x = '']) => [g.mul(x, x)]),
  network('x − x', 'linear', [normal(5)], (g, [x = '']) => [g.sub(x, x)]),
  network('x / x²', 'smooth', [positive(5)], (g, [x = '']) => [g.div(x, g.square(x))]),
  ...[-1, 0.5, 1, 2, 3].map((exponent) => smooth('Pow', {}, [positive(7), scalar(exponent)])),
  ...[1, 2, 3].map((exponent) => smooth('Pow', {}, [normal(7), ints([exponent])])),
  smooth('Pow', {}, [floats([0, 1, -1]), scalar(2)]),
  ...['Max', 'Min'].flatMap((op) => [
    kinked(op, {}, [FIRST, SECOND], both),
    kinked(op, {}, [floats([0.5, -0.5, 2]), scalar(0.25)]),
    kinked(op, {}, [spaced(2, 3), scalar(0)], both),
    kinked(op, {}, [spaced(3, 1), floats([-0.5, 0.5])], both),
    kinked(op, {}, [spaced(4)]),
  ]),
  linear('Where', {}, [truths([1, 0, 1, 0, 0, 1], 2, 3), normal(2, 3), normal(2, 3)], { wrt: [1, 2] }),
  linear('Where', {}, [truths([1, 0, 1]), normal(2, 1), normal(2, 3)], { wrt: [1, 2] }),
  linear('Where', {}, [truths([1, 0], 2, 1), normal(3), normal(1)], { wrt: [1, 2] }),
  kinked('Mod', { fmod: 1 }, [floats([0.5, 1.75, -2.25, 7.5]), floats([1, 1, 2, 3])]),
  network('comparisons choose, and pass no gradient', 'kinked', [spaced(9)], (g, [x = '']) => {
    const above = g.compare('Greater', x, g.scalar(0.25));
    const outside = g.op('Or', [above, g.compare('LessOrEqual', x, g.scalar(-0.25))]);
    return [g.where(outside, g.square(x), g.scale(x, 3)), g.asFloat(above)];
  }),
];
