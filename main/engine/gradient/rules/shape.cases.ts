import {
  index,
  ints,
  linear,
  floats,
  network,
  normal,
  scalar,
  withoutTensorflow,
  type GradientCase,
} from '../testing/case.ts';

/** Shape of the input; starts, ends, axes and steps of a slice. */
const SLICES: readonly (readonly [number[], ...number[][]])[] = [
  [[5, 6], [1], [4]],
  [
    [5, 6],
    [1, 2],
    [4, 5],
  ],
  [[5, 6], [0], [2 ** 40], [1]],
  [[5, 6], [-3], [-1], [1]],
  [[5, 6], [1], [6], [-1], [2]],
  [
    [5, 7],
    [0, 1],
    [5, 7],
    [0, 1],
    [2, 3],
  ],
  [[5, 7], [-1], [-100], [1], [-1]],
  [[5, 7], [4], [0], [0], [-2]],
  [
    [5, 7],
    [100, 1],
    [-100, 6],
    [1, 0],
    [-3, 2],
  ],
  [[2, 3, 8], [-2], [1], [2], [-4]],
  [[6], [2], [3]],
];

/** Pads of a 4×5 image, its mode, and the axes where not all. */
const PADS: readonly (readonly [string, number[], number[]?])[] = [
  ['constant', [0, 1, 2, 0]],
  ['constant', [1, 0, 0, 1], [1, 0]],
  ['constant', [1, -2], [-1]],
  ['constant', [-1, 2, 1, -3]],
  ['reflect', [1, 2, 3, 4]],
  ['reflect', [3, 0], [0]],
  ['reflect', [0, 2], [-1]],
  ['edge', [1, 2, 3, 4]],
  ['edge', [5, 0], [1]],
  ['wrap', [1, 2, 3, 4]],
  ['wrap', [0, 3], [1]],
];

export const shapeCases: GradientCase[] = [
  linear('Reshape', {}, [normal(2, 3, 4), ints([4, -1])]),
  linear('Reshape', {}, [normal(2, 3, 4), ints([0, 12])]),
  linear('Reshape', {}, [normal(1), ints([], 0)]),
  linear('Flatten', {}, [normal(2, 3, 4)]),
  linear('Flatten', { axis: -1 }, [normal(2, 3, 4)]),
  linear('Flatten', { axis: 0 }, [normal(2, 3, 4)]),
  linear('Squeeze', {}, [normal(2, 1, 3, 1)]),
  linear('Squeeze', {}, [normal(2, 1, 3, 1), ints([-3])]),
  linear('Unsqueeze', {}, [normal(2, 3), ints([0, -1])]),
  linear('Transpose', {}, [normal(2, 3, 4)]),
  linear('Transpose', { perm: [1, 2, 0] }, [normal(2, 3, 4)]),
  linear('Transpose', { perm: [0, 3, 1, 2] }, [normal(2, 3, 4, 5)]),
  linear('Expand', {}, [normal(3, 1), ints([2, 3, 4])]),
  linear('Expand', {}, [normal(3, 4), ints([1])]),
  linear('Expand', {}, [normal(1), ints([2, 2])]),
  linear('Expand', {}, [scalar(2), ints([2, 3])]),
  linear('Concat', { axis: 1 }, [normal(2, 3), normal(2, 1), normal(2, 4)], { wrt: [0, 1, 2] }),
  linear('Concat', { axis: -2 }, [normal(2, 3), normal(1, 3)], { wrt: [1] }),
  linear('Concat', { axis: 0 }, [normal(2, 3)]),
  network('Concat of a tensor with itself', 'linear', [normal(2, 3)], (g, [x = '']) => [
    g.concat([x, x, x], 1),
  ]),
  linear('Split', { axis: 1 }, [normal(2, 6), ints([1, 2, 3])], { outputs: 3 }),
  linear('Split', { axis: -1, num_outputs: 3 }, [normal(2, 7)], { outputs: 3 }),
  linear('Split', { axis: 0 }, [normal(5, 2), ints([2, 3])], { outputs: 2, counted: [1] }),
  linear('Split', { axis: 1 }, [normal(2, 6), ints([1, 2, 3])], { outputs: 3, counted: [0, 2] }),
  ...SLICES.map(([dims, ...ranges]) => linear('Slice', {}, [normal(...dims), ...ranges.map((r) => ints(r))])),
  ...PADS.map(([mode, pads, axes]) =>
    linear('Pad', { mode }, [
      normal(4, 5),
      ints(pads),
      scalar(0),
      ...(axes === undefined ? [] : [ints(axes)]),
    ]),
  ),
  linear('Pad', { mode: 'constant' }, [normal(2, 3), ints([1, 1, 0, 2]), scalar(7)]),
  linear('Pad', { mode: 'reflect' }, [normal(1, 2, 4, 5), ints([0, 0, 2, 2, 0, 0, 2, 2])]),
  linear('DepthToSpace', { blocksize: 2 }, [normal(2, 8, 2, 3)]),
  linear('DepthToSpace', { blocksize: 2, mode: 'CRD' }, [normal(2, 8, 2, 3)]),
  linear('DepthToSpace', { blocksize: 3, mode: 'DCR' }, [normal(1, 18, 2, 1)]),
  linear('SpaceToDepth', { blocksize: 2 }, [normal(2, 3, 4, 6)]),
  linear('SpaceToDepth', { blocksize: 3 }, [normal(1, 2, 3, 6)]),
  linear('Tile', {}, [normal(2, 3), ints([3, 2])]),
  linear('Tile', {}, [normal(2, 1, 3), ints([1, 4, 1])]),
  ...withoutTensorflow(
    linear('Trilu', {}, [normal(2, 3, 4)]),
    linear('Trilu', { upper: 0 }, [normal(4, 3), index(1)]),
    network('shapes and what is made from them pass no gradient', 'linear', [normal(2, 3)], (g, [x = '']) => {
      const filled = g.op('ConstantOfShape', [g.op('Shape', [x])], { value: floats([2]) });
      const count = g.op('Cast', [g.op('Size', [x])], { to: 1 });
      return [g.mul(filled, x), g.mul(count, x), filled];
    }),
  ),
];
