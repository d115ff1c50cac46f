/** Convolutions and poolings at sizes that SAME pads evenly, unevenly and not at all. */
import { integers, size, weights, type OperatorCase } from '../testing/case.ts';
import { attr, constant, node } from '../testing/graph-def.ts';
import { each, avgPool, conv2d, conv2dBackpropInput, depthwise, maxPool } from '../testing/reference.ts';

const [filter, filterTensor] = weights([3, 2, 4, 5]);
const [grouped, groupedTensor] = weights([3, 3, 2, 6]);
const [multiple, multipleTensor] = weights([3, 3, 4, 2]);

const convolutions: OperatorCase[] = (['SAME', 'VALID'] as const).flatMap((padding) => [
  ...(
    [
      [1, 1],
      [2, 2],
      [2, 3],
    ] as const
  ).flatMap((stride): OperatorCase[] => [
    {
      title: `Conv2D ${padding}, strides ${stride.join()}`,
      nodes: [
        constant('w', filterTensor),
        node('y', 'Conv2D', ['x', 'w'], {
          strides: attr.ints([1, ...stride, 1]),
          padding: attr.text(padding),
        }),
      ],
      expected: (x) => conv2d(x, filter, { stride, padding }),
      map: true,
    },
    {
      title: `DepthwiseConv2dNative ${padding}, strides ${stride.join()}`,
      nodes: [
        constant('w', multipleTensor),
        node('y', 'DepthwiseConv2dNative', ['x', 'w'], {
          strides: attr.ints([1, ...stride, 1]),
          padding: attr.text(padding),
        }),
      ],
      expected: (x) => depthwise(x, multiple, { stride, padding }),
      map: true,
    },
    ...(['MaxPool', 'AvgPool'] as const).map((op): OperatorCase => {
      const options = { size: [3, 2] as const, stride, padding };
      return {
        title: `${op} ${padding}, strides ${stride.join()}`,
        nodes: [
          node('y', op, ['x'], {
            ksize: attr.ints([1, 3, 2, 1]),
            strides: attr.ints([1, ...stride, 1]),
            padding: attr.text(padding),
          }),
        ],
        expected: (x) => (op === 'MaxPool' ? maxPool(x, options) : avgPool(x, options)),
        map: true,
      };
    }),
  ]),
  {
    title: `Conv2D ${padding}, dilated`,
    nodes: [
      constant('w', filterTensor),
      node('y', 'Conv2D', ['x', 'w'], {
        strides: attr.ints([1, 1, 1, 1]),
        dilations: attr.ints([1, 2, 3, 1]),
        padding: attr.text(padding),
      }),
    ],
    expected: (x) => conv2d(x, filter, { stride: [1, 1], dilation: [2, 3], padding }),
    map: true,
  },
]);

const one = attr.ints([1, 1, 1, 1]);

const transposed: OperatorCase[] = (['SAME', 'VALID'] as const).flatMap((padding) =>
  (
    [
      [3, 1],
      [3, 2],
      [2, 3],
    ] as const
  ).map(([side, step]): OperatorCase => {
    const [values, tensor] = weights([side, side, 2, 4]);
    const stride = [step, step] as const;
    const extent = (n: number) => n * step + (padding === 'VALID' ? Math.max(side - step, 0) : 0);
    return {
      title: `Conv2DBackpropInput ${padding}, filters of ${side}, strides of ${step}`,
      nodes: [
        constant('w', tensor),
        integers('size', [1, 0, 0, 2]),
        node('y', 'Conv2DBackpropInput', ['size', 'w', 'x'], {
          strides: attr.ints([1, step, step, 1]),
          padding: attr.text(padding),
        }),
      ],
      expected: (x) =>
        conv2dBackpropInput(x, values, [extent(size(x, 1)), extent(size(x, 2))], { stride, padding }),
      map: true,
    };
  }),
);

const cases: OperatorCase[] = [
  ...transposed,
  ...convolutions,
  {
    title: 'Conv2D in groups',
    nodes: [
      constant('w', groupedTensor),
      node('y', 'Conv2D', ['x', 'w'], { strides: one, padding: attr.text('SAME') }),
    ],
    expected: (x) => conv2d(x, grouped, { stride: [1, 1], padding: 'SAME' }),
    map: true,
  },
  {
    title: 'Conv2D with explicit padding',
    nodes: [
      constant('w', filterTensor),
      node('y', 'Conv2D', ['x', 'w'], {
        strides: attr.ints([1, 2, 1, 1]),
        padding: attr.text('EXPLICIT'),
        explicit_paddings: attr.ints([0, 0, 2, 1, 0, 3, 0, 0]),
      }),
    ],
    expected: (x) => conv2d(x, filter, { stride: [2, 1], padding: [2, 1, 0, 3] }),
    map: true,
  },
  {
    title: 'Conv2D with filters that are computed',
    nodes: [
      constant('v', filterTensor),
      node('w', 'Neg', ['v']),
      node('y', 'Conv2D', ['x', 'w'], { strides: one, padding: attr.text('VALID') }),
    ],
    expected: (x) => each(conv2d(x, filter, { stride: [1, 1], padding: 'VALID' }), (v) => -v),
    map: true,
  },
  {
    title: 'a convolution dilated by SpaceToBatchND',
    nodes: [
      constant('w', groupedTensor),
      integers('block', [2, 2]),
      integers('paddings', [2, 3, 2, 2], [2, 2]),
      integers('crops', [0, 1, 0, 0], [2, 2]),
      node('batch', 'SpaceToBatchND', ['x', 'block', 'paddings']),
      node('parts', 'Conv2D', ['batch', 'w'], { strides: one, padding: attr.text('VALID') }),
      node('y', 'BatchToSpaceND', ['parts', 'block', 'crops']),
    ],
    expected: (x) => conv2d(x, grouped, { stride: [1, 1], dilation: [2, 2], padding: 'SAME' }),
    map: true,
  },
  {
    title: 'MaxPoolV2',
    nodes: [
      integers('ksize', [1, 3, 3, 1]),
      integers('strides', [1, 2, 2, 1]),
      node('y', 'MaxPoolV2', ['x', 'ksize', 'strides'], { padding: attr.text('SAME') }),
    ],
    expected: (x) => maxPool(x, { size: [3, 3], stride: [2, 2], padding: 'SAME' }),
    map: true,
  },
];

const SIZES = [6, 7, 8, 9, 10, 11].map((height) => [1, height, 17 - height, 4]);

export const windowCases: readonly OperatorCase[] = cases.map((one) => ({ ...one, sizes: SIZES }));
