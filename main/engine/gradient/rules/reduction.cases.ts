import {
  index,
  ints,
  kinked,
  linear,
  network,
  normal,
  positive,
  smooth,
  spaced,
  withoutTensorflow,
  type GradientCase,
} from '../testing/case.ts';

/** Reduced axes (null: not given) and whether they are kept. */
const AXES: readonly (readonly [number[] | null, number])[] = [
  [null, 1],
  [null, 0],
  [[0], 1],
  [[1], 0],
  [[-1], 0],
  [[0, 2], 1],
  [[-2, 0], 0],
  [[0, 1, 2], 0],
];

const reductions = (
  declare: typeof smooth,
  op: string,
  operand: Parameters<typeof smooth>[2][number],
): GradientCase[] =>
  AXES.map(([axes, keepdims]) =>
    declare(op, { keepdims }, axes === null ? [operand] : [operand, ints(axes)]),
  );

export const reductionCases: GradientCase[] = [
  ...reductions(linear, 'ReduceSum', normal(2, 3, 4)),
  ...reductions(linear, 'ReduceMean', normal(2, 3, 4)),
  ...reductions(kinked, 'ReduceMax', spaced(2, 3, 4)),
  ...reductions(kinked, 'ReduceMin', spaced(2, 3, 4)),
  ...reductions(kinked, 'ReduceL1', spaced(2, 3, 4)),
  ...reductions(smooth, 'ReduceL2', normal(2, 3, 4)),
  ...reductions(smooth, 'ReduceSumSquare', normal(2, 3, 4)),
  ...reductions(smooth, 'ReduceProd', normal(2, 3, 4)),
  ...reductions(smooth, 'ReduceLogSumExp', normal(2, 3, 4)),
  ...reductions(smooth, 'ReduceLogSum', positive(2, 3, 4)),
  ...['ReduceSum', 'ReduceMean', 'ReduceMax'].map((op) =>
    kinked(op, { noop_with_empty_axes: 1 }, [spaced(2, 3), ints([], 0)]),
  ),
  linear('ReduceSum', {}, [normal(2, 3), ints([], 0)]),
  ...withoutTensorflow(
    ...[{}, { reverse: 1 }, { exclusive: 1 }, { exclusive: 1, reverse: 1 }].flatMap((attributes) =>
      [0, 1, -1].map((axis) => linear('CumSum', attributes, [normal(2, 3, 4), index(axis)])),
    ),
    ...[{}, { axis: 0 }, { axis: 1, largest: 0 }, { axis: -2 }].map((attributes) =>
      kinked('TopK', attributes, [spaced(4, 3, 4), ints([2])], { outputs: 2, counted: [0] }),
    ),
  ),
  network('the place of a maximum passes no gradient', 'kinked', [spaced(3, 4)], (g, [x = '']) => {
    const places = ['ArgMax', 'ArgMin'].map((op) => g.op('Cast', [g.op(op, [x], { axis: 1 })], { to: 1 }));
    return places.map((place) => g.mul(place, x));
  }),
];
