/** Cases of operators that gather, scatter, reduce and make tensors. */
import {
  bools,
  fed,
  floats,
  ints,
  ints32,
  node,
  scalar,
  variants,
  x,
  type Case,
  type Cases,
} from './case.ts';

const GRID = ints([0, 1, 2, 3, 4, 5], [2, 3]);
const EMPTY = ints([], [0]);
const REDUCED: readonly Case[] = [
  node({}, [x(2, 3, 4)]),
  node({}, [x(2, 3, 4), ints([1])]),
  node({ keepdims: 0 }, [x(2, 3, 4), ints([-1, 0])]),
  node({ keepdims: 0 }, [x(2, 3, 4)]),
  node({ noop_with_empty_axes: 1 }, [x(2, 3, 4)]),
  node({ noop_with_empty_axes: 1 }, [x(2, 3, 4), EMPTY]),
  node({ keepdims: 0 }, [x(2, 3, 4), EMPTY]),
];
const REDUCED_VALUES: readonly Case[] = [
  ...variants([ints([3, 224, 2])], {}, { keepdims: 0 }),
  node({ keepdims: 0 }, [ints([3, 1, 2, 7, 5, 6], [2, 3]), ints([1])]),
  node({}, [ints32([3, 1, 2, -7, 5, 6], [2, 3]), ints([0])]),
  node({ noop_with_empty_axes: 1 }, [GRID]),
  node({ keepdims: 0 }, [floats([0.1, 0.2, 0.3, 7]), ints([0])]),
];

export const choosing: Cases = {
  Gather: [
    node({}, [x(4, 5), ints([0, -1, 2])]),
    node({ axis: 1 }, [x(4, 5, 6), ints([0, 1, 2, 3], [2, 2])]),
    node({ axis: -1 }, [x(4, 5), scalar(-2)]),
    node({}, [ints([1, 3, 224, 225]), scalar(2)]),
    node({}, [ints([1, 3, 224, 225]), ints([-1, 0])]),
    node({ axis: 1 }, [GRID, ints([2, 0], [1, 2])]),
    node({}, [GRID, ints32([1])]),
    node({ axis: 0 }, [bools([1, 0]), scalar(1)]),
  ],
  GatherElements: [
    node({}, [x(3, 4), ints([0, 2, 1, 0], [1, 4])]),
    node({ axis: -1 }, [x(3, 4), ints([0, 1, 2, 3, 0, -1], [2, 3])]),
  ],
  GatherND: [
    node({}, [x(3, 4, 5), ints([0, 1, 2, 3], [2, 2])]),
    node({}, [x(3, 4), ints([0, 1, 2, 3], [2, 2])]),
    node({ batch_dims: 1 }, [x(2, 4, 5), ints([1, 3], [2, 1])]),
    node({}, [x(3, 4), ints([1])]),
  ],
  ScatterElements: [
    node({}, [x(3, 4), ints([0, 2, 1, 0], [1, 4]), x(1, 4)]),
    node({ axis: 1, reduction: 'add' }, [x(3, 4), ints([1, 1, 0, 3], [2, 2]), x(2, 2)]),
  ],
  ScatterND: [
    node({}, [x(3, 4), ints([0, 2], [2, 1]), x(2, 4)]),
    node({ reduction: 'add' }, [x(3, 4), ints([0, 2, 1, 1], [2, 2]), x(2)]),
  ],
  OneHot: [
    node({}, [ints([0, 2, 1]), scalar(4), floats([0, 1])]),
    node({ axis: 0 }, [fed(GRID), ints([6]), floats([0, 1])]),
    node({ axis: -2 }, [GRID, scalar(6), ints([0, 1])]),
  ],
  GridSample: [node({}, [x(1, 2, 5, 6), x(1, 3, 4, 2)]), node({}, [x(1, 2, 3, 4, 5), x(1, 2, 2, 2, 3)])],
  AffineGrid: [
    node({}, [x(2, 2, 3), ints([2, 3, 4, 5])]),
    node({ align_corners: 1 }, [x(1, 3, 4), ints([1, 1, 2, 3, 4])]),
  ],
  RoiAlign: [
    node({ output_height: 2, output_width: 3, sampling_ratio: 2 }, [
      x(1, 2, 5, 6),
      floats([0, 0, 3, 4], [1, 4]),
      ints([0]),
    ]),
    node({}, [x(2, 2, 5, 6), floats([0, 0, 3, 4, 1, 1, 2, 2], [2, 4]), ints([1, 0])]),
  ],
  CenterCropPad: [node({}, [x(4, 5), ints([2, 8])]), node({ axes: [-1, 1] }, [x(1, 3, 4, 5), ints([7, 2])])],
  MaxUnpool: [
    node({ kernel_shape: [2, 2], strides: [2, 2] }, [x(1, 1, 2, 2), ints([0, 2, 9, 15], [1, 1, 2, 2])]),
    node({ kernel_shape: [2, 2], strides: [2, 2] }, [
      x(1, 1, 2, 2),
      ints([0, 2, 9, 15], [1, 1, 2, 2]),
      ints([1, 1, 4, 4]),
    ]),
  ],

  ...Object.fromEntries(
    ['Mean', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].map((kind) => [`Reduce${kind}`, REDUCED]),
  ),
  ...Object.fromEntries(
    ['Sum', 'Prod', 'Max', 'Min'].map((kind) => [`Reduce${kind}`, [...REDUCED, ...REDUCED_VALUES]]),
  ),
  ArgMax: variants([x(2, 3, 4)], {}, { axis: 1 }, { axis: -1, keepdims: 0 }),
  ArgMin: variants([x(2, 3, 4)], {}, { axis: 2, keepdims: 0 }),
  TopK: [node({}, [x(2, 5), ints([3])], 2), node({ axis: 0 }, [x(4, 2), ints([2])], 2)],
  CumSum: [node({}, [x(2, 3), scalar(1)]), node({ reverse: 1 }, [x(2, 3), ints([-1])])],

  Constant: [
    node({ value: GRID.tensor }, []),
    node({ value_int: 3 }, []),
    node({ value_ints: [3, 4] }, []),
    node({ value_float: 0.5 }, []),
    node({ value_floats: [0.5, 2] }, []),
  ],
  ConstantOfShape: [
    node({}, [ints([2, 3])]),
    node({}, [EMPTY]),
    node({ value: ints([7]).tensor }, [ints([4])]),
    node({ value: bools([1]).tensor }, [ints([2, 2])]),
    node({ value: ints32([7]).tensor }, [ints([0])]),
    node({ value: floats([-1]).tensor }, [ints([100, 100])]),
  ],
  Range: [
    node({}, [scalar(0), scalar(5), scalar(1)]),
    node({}, [scalar(10), scalar(-3), scalar(-4)]),
    node({}, [scalar(3), scalar(1), scalar(1)]),
    node({}, [floats([0], []), floats([1], []), floats([0.3], [])]),
    node({}, [ints32([2], []), ints32([9], []), ints32([3], [])]),
  ],
  Shape: variants(
    [x(2, 3, 4, 5)],
    {},
    { start: 2 },
    { start: -2, end: 3 },
    { end: -1 },
    { start: 9 },
    { start: 3, end: 1 },
  ),
  Size: [node({}, [x(2, 3, 4)]), node({}, [x()])],
  EyeLike: [node({}, [x(2, 3)]), node({ dtype: 7, k: 1 }, [x(2, 3)])],
  Trilu: [node({}, [x(2, 3)]), node({ upper: 0 }, [x(4, 2, 3), scalar(-1)])],
  NonZero: [
    node({}, [ints([0, 5, 0, 2])]),
    node({}, [bools([1, 0, 1, 1], [2, 2])]),
    node({}, [ints([0, 0])]),
    node({}, [floats([0.5, 0], [1, 2])]),
    node({}, [scalar(3)]),
  ],

  Resize: [
    node({}, [x(1, 2, 5, 7), undefined, floats([1, 1, 2, 1.5])]),
    node({ mode: 'linear' }, [x(1, 2, 5, 7), undefined, floats([1, 1, 0.6, 0.3])]),
    node({ mode: 'linear', coordinate_transformation_mode: 'asymmetric' }, [
      x(1, 2, 10, 30),
      undefined,
      floats([1, 1, 0.1, 0.7]),
    ]),
    node({ mode: 'cubic' }, [x(1, 2, 49, 35), undefined, floats([1, 1, 1 / 7, 3 / 7])]),
    node({ mode: 'linear' }, [x(1, 2, 5, 7), undefined, undefined, ints([1, 2, 9, 3])]),
    node({}, [x(1, 2, 5, 7), undefined, floats([], [0]), ints([1, 2, 9, 3])]),
    node({ axes: [2, 3] }, [x(1, 2, 5, 7), undefined, undefined, ints([9, 3])]),
    node({ axes: [-1, -2] }, [x(1, 2, 5, 7), undefined, floats([2, 3])]),
    ...['not_larger', 'not_smaller', 'stretch'].flatMap((keep_aspect_ratio_policy) => [
      node({ keep_aspect_ratio_policy, axes: [2, 3] }, [x(1, 2, 5, 7), undefined, undefined, ints([9, 9])]),
      node({ keep_aspect_ratio_policy, axes: [2, 3] }, [x(1, 2, 6, 4), undefined, undefined, ints([3, 5])]),
    ]),
    node({ mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize' }, [
      x(1, 1, 8, 9),
      floats([0, 0, 0.25, 0.1, 1, 1, 0.75, 1]),
      floats([1, 1, 2, 1.5]),
    ]),
  ],
};
