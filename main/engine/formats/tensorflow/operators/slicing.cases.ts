/** Cutting out and framing, with TensorFlow's and NumPy's ways to say what. */
import { floats, integers, size, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { grid } from '../testing/reference.ts';

export const slicingCases: readonly OperatorCase[] = [
  {
    title: 'Pad and PadV2',
    nodes: [
      integers('frame', [0, 0, 1, 2, 3, 0, 0, 1], [4, 2]),
      node('p', 'Pad', ['x', 'frame']),
      integers('border', [0, 0, 0, 1, 0, 0, 0, 0], [4, 2]),
      floats('seven', [7], []),
      node('y', 'PadV2', ['p', 'border', 'seven']),
    ],
    expected: (x) =>
      grid([1, size(x, 1) + 4, size(x, 2) + 3, 5], (n = 0, i = 0, j = 0, k = 0) => {
        if (i === size(x, 1) + 3) return 7;
        const inside = i >= 1 && i <= size(x, 1) && j >= 3 && k < 4;
        return inside ? x.at(n, i - 1, j - 3, k) : 0;
      }),
    map: true,
  },
  {
    title: 'MirrorPad',
    nodes: [
      integers('frame', [0, 0, 2, 0, 0, 1, 0, 0], [4, 2]),
      node('y', 'MirrorPad', ['x', 'frame'], { mode: attr.text('REFLECT') }),
    ],
    expected: (x) =>
      grid([1, size(x, 1) + 2, size(x, 2) + 1, 4], (n = 0, i = 0, j = 0, k = 0) =>
        x.at(n, Math.abs(i - 2), j === size(x, 2) ? j - 2 : j, k),
      ),
    map: true,
  },
  {
    title: 'Slice',
    nodes: [
      integers('begin', [0, 2, 1, 1]),
      integers('size', [1, -1, 2, 3]),
      node('y', 'Slice', ['x', 'begin', 'size']),
    ],
    expected: (x) =>
      grid([1, size(x, 1) - 2, 2, 3], (n = 0, i = 0, j = 0, k = 0) => x.at(n, i + 2, j + 1, k + 1)),
    map: true,
  },
  {
    title: 'StridedSlice that turns channels around, x[..., ::-1]',
    nodes: [
      integers('begin', [0, 0]),
      integers('end', [0, 0]),
      integers('strides', [1, -1]),
      node('y', 'StridedSlice', ['x', 'begin', 'end', 'strides'], {
        ellipsis_mask: attr.int(1),
        begin_mask: attr.int(2),
        end_mask: attr.int(2),
      }),
    ],
    expected: (x) => grid(x.dims, (n = 0, i = 0, j = 0, k = 0) => x.at(n, i, j, 3 - k)),
    map: true,
  },
  {
    title: 'StridedSlice with steps, x[:, 1::2, :-1]',
    nodes: [
      integers('begin', [0, 1, 0]),
      integers('end', [0, 0, -1]),
      integers('strides', [1, 2, 1]),
      node('y', 'StridedSlice', ['x', 'begin', 'end', 'strides'], {
        begin_mask: attr.int(5),
        end_mask: attr.int(3),
      }),
    ],
    expected: (x) =>
      grid([1, Math.floor(size(x, 1) / 2), size(x, 2) - 1, 4], (n = 0, i = 0, j = 0, k = 0) =>
        x.at(n, 1 + 2 * i, j, k),
      ),
    map: true,
  },
  {
    title: 'StridedSlice with a position and a new axis, x[:, -1, newaxis, ..., 2]',
    nodes: [
      integers('begin', [0, -1, 0, 0, 2]),
      integers('end', [0, 0, 0, 0, 3]),
      integers('strides', [1, 1, 1, 1, 1]),
      node('y', 'StridedSlice', ['x', 'begin', 'end', 'strides'], {
        begin_mask: attr.int(1),
        end_mask: attr.int(1),
        shrink_axis_mask: attr.int(18),
        new_axis_mask: attr.int(4),
        ellipsis_mask: attr.int(8),
      }),
    ],
    expected: (x) => grid([1, 1, size(x, 2)], (n = 0, _one = 0, j = 0) => x.at(n, size(x, 1) - 1, j, 2)),
    map: false,
  },
];
