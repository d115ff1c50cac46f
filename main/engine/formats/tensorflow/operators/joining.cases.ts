/** Joining, cutting and picking, along channels and along pixels. */
import { integers, size, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { grid } from '../testing/reference.ts';

export const joiningCases: readonly OperatorCase[] = [
  {
    title: 'Concat of maps along channels, the axis first',
    nodes: [integers('axis', [3], []), node('n', 'Neg', ['x']), node('y', 'Concat', ['axis', 'x', 'n'])],
    expected: (x) =>
      grid([1, size(x, 1), size(x, 2), 8], (n = 0, i = 0, j = 0, k = 0) =>
        k < 4 ? x.at(n, i, j, k) : -x.at(n, i, j, k - 4),
      ),
    map: true,
  },
  {
    title: 'ConcatV2 along height, the axis last and from the end',
    nodes: [integers('axis', [-3], []), node('n', 'Neg', ['x']), node('y', 'ConcatV2', ['x', 'n', 'axis'])],
    expected: (x) =>
      grid([1, 2 * size(x, 1), size(x, 2), 4], (n = 0, i = 0, j = 0, k = 0) =>
        i < size(x, 1) ? x.at(n, i, j, k) : -x.at(n, i - size(x, 1), j, k),
      ),
    map: true,
  },
  {
    title: 'Split along channels',
    nodes: [
      integers('axis', [3], []),
      node('parts', 'Split', ['axis', 'x'], { num_split: attr.int(2) }),
      node('y', 'Sub', ['parts:1', 'parts']),
    ],
    expected: (x) =>
      grid(
        [1, size(x, 1), size(x, 2), 2],
        (n = 0, i = 0, j = 0, k = 0) => x.at(n, i, j, k + 2) - x.at(n, i, j, k),
      ),
    map: true,
  },
  {
    title: 'SplitV along channels',
    nodes: [
      integers('axis', [-1], []),
      integers('sizes', [1, 3]),
      node('parts', 'SplitV', ['x', 'sizes', 'axis'], { num_split: attr.int(2) }),
      node('y', 'Mul', ['parts:1', 'parts:0']),
    ],
    expected: (x) =>
      grid(
        [1, size(x, 1), size(x, 2), 3],
        (n = 0, i = 0, j = 0, k = 0) => x.at(n, i, j, k + 1) * x.at(n, i, j, 0),
      ),
    map: true,
  },
  {
    title: 'Unpack and Pack',
    nodes: [
      node('pixels', 'Unpack', ['x'], { num: attr.int(4), axis: attr.int(-1) }),
      node('y', 'Pack', ['pixels:3', 'pixels'], { axis: attr.int(1), N: attr.int(2) }),
    ],
    expected: (x) =>
      grid([1, 2, size(x, 1), size(x, 2)], (n = 0, s = 0, i = 0, j = 0) => x.at(n, i, j, s === 0 ? 3 : 0)),
    map: false,
  },
  {
    title: 'GatherV2 of channels',
    nodes: [
      integers('order', [3, 0]),
      integers('axis', [3], []),
      node('y', 'GatherV2', ['x', 'order', 'axis']),
    ],
    expected: (x) =>
      grid([1, size(x, 1), size(x, 2), 2], (n = 0, i = 0, j = 0, k = 0) => x.at(n, i, j, k === 0 ? 3 : 0)),
    map: true,
  },
];
