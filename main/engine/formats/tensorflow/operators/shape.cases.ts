/** Rearranged elements: in the order of TensorFlow, whatever order they are held in. */
import { floats, integers, size, type OperatorCase } from '../testing/case.ts';
import { attr, node } from '../testing/graph-def.ts';
import { each, grid } from '../testing/reference.ts';

export const shapeCases: readonly OperatorCase[] = [
  {
    title: 'Reshape of a feature map keeps channels last',
    nodes: [integers('shape', [1, -1]), node('y', 'Reshape', ['x', 'shape'])],
    expected: (x) => ({ ...x, dims: [1, x.data.length] }),
    map: false,
  },
  {
    title: 'the shape that Keras computes',
    nodes: [
      node('s', 'Shape', ['x']),
      integers('zero', [0]),
      integers('one', [1]),
      node('n', 'StridedSlice', ['s', 'zero', 'one', 'one'], { shrink_axis_mask: attr.int(1) }),
      integers('three', [3]),
      integers('four', [4]),
      node('channels', 'StridedSlice', ['s', 'three', 'four', 'one'], { shrink_axis_mask: attr.int(1) }),
      integers('rest', [-1], []),
      node('shape', 'Pack', ['n', 'rest', 'channels'], { N: attr.int(3), axis: attr.int(0) }),
      node('y', 'Reshape', ['x', 'shape']),
    ],
    expected: (x) =>
      grid([1, size(x, 1) * size(x, 2), 4], (_n = 0, p = 0, k = 0) => x.data[4 * p + k] ?? NaN),
    map: false,
  },
  {
    title: 'Transpose to channels first and back',
    nodes: [
      integers('first', [0, 3, 1, 2]),
      node('nchw', 'Transpose', ['x', 'first']),
      node('act', 'Relu', ['nchw']),
      integers('last', [0, 2, 3, 1]),
      node('y', 'Transpose', ['act', 'last']),
    ],
    expected: (x) => each(x, (v) => Math.max(v, 0)),
    map: true,
  },
  {
    title: 'Transpose of pixels',
    nodes: [integers('perm', [0, 2, 1, 3]), node('y', 'Transpose', ['x', 'perm'])],
    expected: (x) => grid([1, size(x, 2), size(x, 1), 4], (n = 0, j = 0, i = 0, k = 0) => x.at(n, i, j, k)),
    map: false,
  },
  {
    title: 'Squeeze and ExpandDims',
    nodes: [
      integers('axes', [1, 2]),
      node('m', 'Max', ['x', 'axes'], { keep_dims: attr.flag(true) }),
      node('s', 'Squeeze', ['m'], { squeeze_dims: attr.ints([1, -2]) }),
      integers('axis', [1], []),
      node('y', 'ExpandDims', ['s', 'axis']),
    ],
    expected: (x) =>
      grid([1, 1, 4], (_n = 0, _one = 0, k = 0) => Math.max(...x.data.filter((_, i) => i % 4 === k))),
    map: false,
  },
  {
    title: 'Fill, Range, Tile and BroadcastTo from shapes',
    nodes: [
      node('s', 'Shape', ['x']),
      floats('half', [0.5], []),
      node('f', 'Fill', ['s', 'half']),
      node('y', 'Add', ['f', 'x']),
    ],
    expected: (x) => each(x, (v) => v + 0.5),
    map: true,
  },
  {
    title: 'Tile',
    nodes: [integers('multiples', [1, 2, 1, 3]), node('y', 'Tile', ['x', 'multiples'])],
    expected: (x) =>
      grid([1, 2 * size(x, 1), size(x, 2), 12], (n = 0, i = 0, j = 0, k = 0) =>
        x.at(n, i % size(x, 1), j, k % 4),
      ),
    map: false,
  },
  {
    title: 'SpaceToDepth',
    nodes: [node('y', 'SpaceToDepth', ['x'], { block_size: attr.int(2) })],
    expected: (x) =>
      grid([1, size(x, 1) / 2, size(x, 2) / 2, 16], (n = 0, i = 0, j = 0, k = 0) =>
        x.at(n, 2 * i + Math.floor(k / 8), 2 * j + (Math.floor(k / 4) % 2), k % 4),
      ),
    map: true,
    sizes: [[1, 6, 4, 4]],
  },
  {
    title: 'DepthToSpace',
    nodes: [node('y', 'DepthToSpace', ['x'], { block_size: attr.int(2) })],
    expected: (x) =>
      grid([1, 2 * size(x, 1), 2 * size(x, 2), 1], (n = 0, i = 0, j = 0) =>
        x.at(n, Math.floor(i / 2), Math.floor(j / 2), 2 * (i % 2) + (j % 2)),
      ),
    map: true,
  },
];
