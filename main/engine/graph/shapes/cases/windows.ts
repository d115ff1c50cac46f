/** Cases of convolutions and poolings: odd and even sizes, strides, pads, dilation, auto_pad and ceil_mode. */
import { ints, node, variants, x, type Case, type Cases } from './case.ts';

const SIZES: readonly (readonly [number, number])[] = [
  [7, 8],
  [12, 9],
  [5, 16],
];

/** The same attributes over several image sizes. */
function sized(
  channels: number,
  weights: readonly number[] | null,
  attributes: Case['attributes'],
  outputs = 1,
): Case[] {
  return SIZES.map(([h, w]) =>
    node(attributes, [x(1, channels, h, w), ...(weights ? [x(...weights)] : [])], outputs),
  );
}

export const windows: Cases = {
  Conv: [
    ...sized(3, [4, 3, 3, 3], {}),
    ...sized(3, [4, 3, 3, 3], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    ...sized(3, [4, 3, 2, 5], { strides: [2, 3], pads: [0, 1, 1, 2] }),
    ...sized(3, [4, 3, 3, 3], { dilations: [2, 1], strides: [1, 2] }),
    ...sized(4, [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
    ...sized(4, [4, 1, 3, 3], { group: 4, auto_pad: 'SAME_UPPER', strides: [2, 2] }),
    ...sized(3, [4, 3, 4, 3], { auto_pad: 'SAME_LOWER', strides: [2, 3] }),
    ...sized(3, [4, 3, 1, 1], { auto_pad: 'SAME_UPPER', strides: [3, 2] }),
    ...sized(3, [4, 3, 3, 3], { auto_pad: 'VALID', strides: [2, 2] }),
    node({}, [x(2, 3, 8, 8), x(5, 3, 1, 1), x(5)]),
    node({ strides: [2], pads: [1, 0] }, [x(1, 2, 11), x(3, 2, 4)]),
    node({ strides: [1, 2, 2], pads: [1, 1, 0, 1, 0, 0] }, [x(1, 2, 4, 6, 7), x(3, 2, 3, 3, 2)]),
    // The smallest inputs that fit.
    node({}, [x(1, 1, 3, 3), x(1, 1, 3, 3)]),
    node({ pads: [1, 1, 1, 1], strides: [2, 2] }, [x(1, 1, 1, 1), x(1, 1, 3, 3)]),
    node({ auto_pad: 'SAME_UPPER', strides: [2, 2] }, [x(1, 1, 1, 1), x(1, 1, 3, 3)]),
  ],
  ConvTranspose: [
    ...sized(3, [3, 4, 3, 3], {}),
    ...sized(3, [3, 4, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    ...sized(3, [3, 4, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
    ...sized(3, [3, 4, 4, 2], { strides: [2, 3], pads: [0, 1, 1, 0], output_padding: [0, 2] }),
    ...sized(4, [4, 3, 3, 3], { group: 2, dilations: [2, 1] }),
    ...sized(3, [3, 4, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
    ...sized(3, [3, 4, 4, 3], { strides: [2, 3], auto_pad: 'SAME_LOWER' }),
    ...sized(3, [3, 4, 2, 2], { strides: [3, 3], auto_pad: 'SAME_UPPER' }),
    ...sized(3, [3, 4, 3, 3], { strides: [2, 2], auto_pad: 'VALID' }),
    node({ strides: [2, 2], output_shape: [16, 15] }, [x(1, 3, 8, 8), x(3, 2, 3, 3)]),
    node({ strides: [2] }, [x(1, 3, 5), x(3, 2, 4), x(2)]),
    node({ strides: [2, 1, 2] }, [x(1, 2, 3, 4, 5), x(2, 3, 2, 2, 3)]),
    node({ pads: [1, 1, 1, 1] }, [x(1, 2, 1, 1), x(2, 2, 3, 3)]),
  ],
  DeformConv: [
    node({ pads: [1, 1, 1, 1], strides: [2, 1], offset_group: 2 }, [
      x(1, 4, 7, 8),
      x(6, 4, 3, 3),
      x(1, 36, 4, 8),
      x(6),
      x(1, 18, 4, 8),
    ]),
    node({ group: 2, offset_group: 2 }, [x(2, 4, 5, 5), x(6, 2, 2, 2), x(2, 16, 4, 4)]),
  ],
  Col2Im: [
    node({}, [x(1, 8, 12), ints([4, 5]), ints([2, 2])]),
    node({ strides: [2, 1], pads: [1, 0, 0, 1], dilations: [1, 2] }, [
      x(2, 12, 4),
      ints([4, 5]),
      ints([2, 3]),
    ]),
  ],
  MaxPool: [
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2] }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
    ...sized(2, null, { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1, pads: [0, 0, 1, 1] }),
    ...sized(2, null, { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1] }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, 2),
    ...sized(2, null, { kernel_shape: [2, 3], strides: [2, 2], dilations: [2, 1], ceil_mode: 1 }, 2),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
    ...sized(2, null, { kernel_shape: [4, 3], strides: [3, 2], auto_pad: 'SAME_LOWER' }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER', ceil_mode: 1 }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'VALID', ceil_mode: 1 }),
    node({ kernel_shape: [3], strides: [2] }, [x(1, 2, 9)]),
    node({ kernel_shape: [2, 2, 2], strides: [2, 2, 2], ceil_mode: 1 }, [x(1, 2, 4, 5, 7)]),
    node({ kernel_shape: [3, 3] }, [x(1, 1, 3, 3)]),
    // A lone window that is incomplete: small pictures in networks that come from Caffe.
    node({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, [x(1, 1, 2, 2)], 2),
    node({ kernel_shape: [5, 3], strides: [4, 2], ceil_mode: 1 }, [x(1, 1, 2, 2)]),
    node({ kernel_shape: [1, 1], strides: [2, 2] }, [x(1, 1, 1, 6)]),
  ],
  AveragePool: [
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2] }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1] }),
    ...sized(2, null, { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1, pads: [0, 0, 1, 1] }),
    ...sized(2, null, { kernel_shape: [3, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 3], auto_pad: 'SAME_UPPER' }),
    ...sized(2, null, { kernel_shape: [2, 2], dilations: [2, 3] }),
    node({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, [x(1, 1, 2, 2)]),
    node({ kernel_shape: [7, 7], strides: [1, 1] }, [x(1, 3, 7, 7)]),
  ],
  LpPool: [
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], p: 2 }),
    ...sized(2, null, { kernel_shape: [2, 3], strides: [2, 2], pads: [1, 0, 1, 1] }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
    ...sized(2, null, { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  ],
  GlobalAveragePool: variants([x(2, 3, 5, 4)], {}),
  GlobalMaxPool: [node({}, [x(2, 3, 5, 4)]), node({}, [x(1, 3, 9)])],
  GlobalLpPool: variants([x(2, 3, 5, 4)], {}, { p: 1 }),
};
