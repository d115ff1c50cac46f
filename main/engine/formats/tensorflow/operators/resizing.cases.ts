/** Both resizings in all three conventions, larger and smaller. */
import { integers, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { resizeBilinear, resizeNearest } from '../testing/reference.ts';

export const resizingCases: readonly OperatorCase[] = (['none', 'half', 'corners'] as const).flatMap((mode) =>
  (
    [
      [11, 13],
      [4, 5],
    ] as const
  ).flatMap((size): OperatorCase[] => {
    const attributes = {
      align_corners: attr.flag(mode === 'corners'),
      half_pixel_centers: attr.flag(mode === 'half'),
    };
    return (['ResizeBilinear', 'ResizeNearestNeighbor'] as const).map((op) => ({
      title: `${op} to ${size.join('×')}, ${mode}`,
      nodes: [integers('size', size), node('y', op, ['x', 'size'], attributes)],
      expected: (x) => (op === 'ResizeBilinear' ? resizeBilinear : resizeNearest)(x, size, mode),
      map: true,
      sizes: [[1, 6, 9, 4]],
    }));
  }),
);
