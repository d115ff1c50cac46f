/** Both resizings in all three conventions, larger and smaller. */
import { integers, size, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { resizeBilinear, resizeNearest } from '../testing/reference.ts';

const fixed: OperatorCase[] = (['none', 'half', 'corners'] as const).flatMap((mode) =>
  (
    [
      [11, 13],
      [4, 5],
    ] as const
  ).flatMap((wanted): OperatorCase[] => {
    const attributes = {
      align_corners: attr.flag(mode === 'corners'),
      half_pixel_centers: attr.flag(mode === 'half'),
    };
    return (['ResizeBilinear', 'ResizeNearestNeighbor'] as const).map((op) => ({
      title: `${op} to ${wanted.join('×')}, ${mode}`,
      nodes: [integers('size', wanted), node('y', op, ['x', 'size'], attributes)],
      expected: (x) => (op === 'ResizeBilinear' ? resizeBilinear : resizeNearest)(x, wanted, mode),
      map: true,
      sizes: [[1, 6, 9, 4]],
    }));
  }),
);

/** UpSampling2D of Keras: twice as large, whatever the size. */
const doubled: OperatorCase = {
  title: 'ResizeNearestNeighbor to twice the size',
  nodes: [
    node('shape', 'Shape', ['x']),
    integers('one', [1]),
    integers('three', [3]),
    node('size', 'StridedSlice', ['shape', 'one', 'three', 'one']),
    integers('two', [2, 2]),
    node('larger', 'Mul', ['size', 'two']),
    node('y', 'ResizeNearestNeighbor', ['x', 'larger'], { half_pixel_centers: attr.flag(true) }),
  ],
  expected: (x) => resizeNearest(x, [2 * size(x, 1), 2 * size(x, 2)], 'half'),
  map: true,
};

export const resizingCases: readonly OperatorCase[] = [...fixed, doubled];
