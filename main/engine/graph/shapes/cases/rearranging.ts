/** Cases of operators that rearrange, join, cut and frame tensors, with their values. */
import { bools, fed, floats, ints, ints32, node, scalar, variants, x, type Cases } from './case.ts';

const GRID = ints([0, 1, 2, 3, 4, 5], [2, 3]);
const END = 2 ** 31;

export const rearranging: Cases = {
  Reshape: [
    node({}, [x(2, 3, 4), ints([4, -1])]),
    node({}, [x(2, 3, 4), ints([0, -1])]),
    node({}, [x(2, 3, 4), ints([0, 0, 2, 2])]),
    node({}, [x(2, 3, 4), ints([-1])]),
    node({}, [x(1), ints([], [0])]),
    node({}, [GRID, ints([3, -1])]),
  ],
  Flatten: variants([x(2, 3, 4, 5)], {}, { axis: 0 }, { axis: 2 }, { axis: 4 }, { axis: -1 }).concat(
    node({}, [GRID]),
  ),
  Squeeze: [
    node({}, [x(1, 3, 1, 5)]),
    node({}, [x(1, 3, 1, 5), ints([0])]),
    node({}, [x(1, 3, 1, 5), ints([-2, 0])]),
    node({}, [ints([7]), ints([0])]),
  ],
  Unsqueeze: [
    node({}, [x(3, 4), ints([0])]),
    node({}, [x(3, 4), ints([-1, 0])]),
    node({}, [x(3, 4), ints([3, 1])]),
    node({}, [scalar(7), ints([0])]),
    node({}, [GRID, ints([1, -1])]),
  ],
  Transpose: [
    ...variants([x(2, 3, 4)], {}, { perm: [0, 2, 1] }, { perm: [2, 0, 1] }),
    ...variants([GRID], {}, { perm: [0, 1] }),
    node({ perm: [2, 0, 1] }, [ints([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 3, 2])]),
  ],
  Expand: [
    node({}, [x(3, 1), ints([2, 1, 4])]),
    node({}, [x(2, 3, 4), ints([1])]),
    node({}, [x(), ints([2, 2])]),
    node({}, [GRID, ints([2, 1, 1])]),
    node({}, [ints([1, 2], [2, 1]), ints([2, 3])]),
  ],
  Tile: [
    node({}, [x(2, 3), ints([2, 1])]),
    node({}, [x(2, 3), ints([0, 2])]),
    node({}, [GRID, ints([2, 2])]),
    node({}, [floats([1, 2]), ints([3])]),
  ],
  DepthToSpace: variants([x(1, 8, 2, 3)], { blocksize: 2 }, { blocksize: 2, mode: 'CRD' }),
  SpaceToDepth: variants([x(1, 2, 4, 6)], { blocksize: 2 }),

  Concat: [
    node({ axis: 1 }, [x(1, 2, 3), x(1, 4, 3), x(1, 1, 3)]),
    node({ axis: -1 }, [x(1, 2, 3), x(1, 2, 5)]),
    node({ axis: 0 }, [ints([1, 2]), ints([3]), ints([], [0])]),
    node({ axis: 1 }, [GRID, GRID, ints([8, 9], [2, 1])]),
    node({ axis: 0 }, [floats([1]), floats([0.5])]),
    node({ axis: 0 }, [bools([1]), bools([0, 1])]),
  ],
  Split: [
    node({ axis: 1, num_outputs: 2 }, [x(1, 6, 3)], 2),
    node({ axis: 1, num_outputs: 3 }, [x(1, 7, 3)], 3),
    node({ axis: -1, num_outputs: 2 }, [x(2, 5)], 2),
    node({ axis: 0 }, [x(6, 2), ints([1, 2, 3])], 3),
    node({ axis: 1 }, [GRID, ints([1, 2])], 2),
    node({ num_outputs: 2 }, [ints([4, 5, 6, 7])], 2),
    node({ axis: 0, num_outputs: 1 }, [ints([4, 5])], 1),
    node({ axis: 0 }, [ints([4, 5]), ints([0, 2])], 2),
  ],
  Slice: [
    node({}, [x(5, 6), ints([1]), ints([4])]),
    node({}, [x(5, 6), ints([1, -4]), ints([END, -1])]),
    node({}, [x(5, 6), ints([0]), ints([END]), ints([1]), ints([2])]),
    node({}, [x(5, 6), ints([-1]), ints([-END]), ints([-1]), ints([-1])]),
    node({}, [x(5, 6), ints([-1]), ints([-END]), ints([0]), ints([-2])]),
    node({}, [x(5, 6), ints([4]), ints([0]), ints([0]), ints([-3])]),
    node({}, [x(5, 6), ints([3]), ints([1]), ints([0])]),
    node({}, [x(5, 6), ints([99]), ints([-99]), ints([1]), ints([-1])]),
    node({}, [x(5, 6), ints([-99]), ints([99]), ints([1]), ints([4])]),
    node({}, [ints([1, 3, 224, 225]), ints([2]), ints([END])]),
    node({}, [ints([1, 3, 224, 225]), ints([-1]), ints([-END]), ints([0]), ints([-1])]),
    node({}, [ints([1, 3, 224, 225]), ints32([0]), ints32([-1]), ints32([0]), ints32([2])]),
    node({}, [GRID, ints([1, 0]), ints([2, 3]), ints([1, 0]), ints([1, 1])]),
  ],
  Pad: [
    ...['constant', 'reflect', 'edge', 'wrap'].flatMap((mode) => [
      node({ mode }, [x(1, 2, 4, 5), ints([0, 0, 1, 2, 0, 0, 3, 1])]),
      node({ mode }, [x(4, 5), ints([1, 2]), undefined, ints([-1])]),
    ]),
    node({}, [x(4, 5), ints([-1, 0, 2, -2])]),
    node({}, [x(4, 5), ints([1, 1, 1, 1]), x()]),
    node({ mode: 'edge' }, [x(2), ints([5, 6])]),
    node({ mode: 'reflect' }, [x(4), ints([3, 3])]),
    node({ mode: 'reflect' }, [x(4), ints([-1, 2])]),
  ],
  Identity: [node({}, [x(2)]), node({}, [GRID]), node({}, [fed(GRID)])],
};
