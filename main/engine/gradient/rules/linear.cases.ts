import type { Attributes } from '../../graph/builder.ts';
import { linear, normal, smooth, withoutTensorflow, type GradientCase } from '../testing/case.ts';

/** Attributes, image and filter of convolutions. */
const CONVOLUTIONS: readonly (readonly [Attributes, number[], number[]])[] = [
  [{}, [1, 2, 5, 6], [3, 2, 3, 3]],
  [{}, [2, 3, 4, 4], [2, 3, 1, 1]],
  [{ pads: [1, 1, 1, 1] }, [2, 2, 5, 7], [3, 2, 3, 3]],
  [{ pads: [0, 2, 1, 3] }, [1, 2, 5, 4], [3, 2, 3, 5]],
  [{ pads: [1, 1, 1, 1] }, [1, 2, 3, 3], [2, 2, 1, 1]],
  [{ pads: [3, 3, 3, 3] }, [1, 1, 3, 3], [2, 1, 2, 2]],
  [{ strides: [2, 2] }, [2, 2, 7, 8], [3, 2, 3, 3]],
  [{ strides: [2, 2] }, [1, 2, 8, 7], [3, 2, 2, 2]],
  [{ strides: [2, 2], pads: [1, 1, 1, 1] }, [1, 2, 8, 7], [3, 2, 3, 3]],
  [{ strides: [2, 2], pads: [3, 3, 3, 3] }, [1, 3, 11, 10], [4, 3, 7, 7]],
  [{ strides: [2, 2], pads: [0, 0, 1, 1] }, [1, 2, 6, 7], [2, 2, 3, 3]],
  [{ strides: [2, 2], pads: [0, 1, 2, 3] }, [1, 2, 6, 7], [2, 2, 4, 5]],
  [{ strides: [3, 3] }, [2, 2, 10, 11], [3, 2, 3, 3]],
  [{ strides: [3, 3], pads: [1, 2, 0, 1] }, [1, 2, 9, 12], [3, 2, 5, 4]],
  [{ strides: [4, 4], pads: [2, 2, 2, 2] }, [1, 3, 15, 14], [2, 3, 11, 11]],
  [{ strides: [2, 1] }, [1, 2, 7, 6], [3, 2, 3, 3]],
  [{ strides: [1, 3], pads: [1, 0, 1, 0] }, [1, 2, 5, 8], [3, 2, 3, 2]],
  [{ strides: [2, 2] }, [1, 2, 7, 8], [3, 2, 1, 1]],
  [{ strides: [3, 3] }, [1, 2, 7, 8], [3, 2, 2, 2]],
  [{ strides: [3, 3], pads: [1, 1, 0, 0] }, [1, 2, 8, 9], [2, 2, 2, 1]],
  [{ dilations: [2, 2] }, [1, 2, 7, 8], [3, 2, 3, 3]],
  [{ dilations: [2, 3], pads: [2, 1, 1, 3] }, [1, 2, 6, 8], [2, 2, 3, 3]],
  [{ dilations: [2, 2], strides: [2, 2], pads: [1, 2, 2, 1] }, [1, 2, 9, 8], [2, 2, 3, 3]],
  [{ dilations: [1, 2], strides: [3, 2] }, [1, 2, 9, 8], [2, 2, 2, 3]],
  [{ group: 2 }, [2, 4, 5, 5], [6, 2, 3, 3]],
  [{ group: 2, strides: [2, 2], pads: [1, 1, 1, 1] }, [2, 4, 6, 7], [6, 2, 3, 3]],
  [{ group: 3, strides: [1, 2] }, [1, 6, 5, 6], [3, 2, 3, 3]],
  [{ group: 4, pads: [1, 1, 1, 1] }, [1, 4, 5, 6], [4, 1, 3, 3]],
  [{ group: 4, strides: [2, 2], pads: [1, 1, 1, 1] }, [2, 4, 7, 6], [4, 1, 3, 3]],
  [{ group: 3, strides: [2, 2], pads: [2, 2, 2, 2] }, [1, 3, 8, 9], [6, 1, 5, 5]],
  [{ auto_pad: 'SAME_UPPER' }, [1, 2, 5, 6], [2, 2, 3, 4]],
  [{ auto_pad: 'SAME_LOWER' }, [1, 2, 5, 6], [2, 2, 4, 3]],
  [{ auto_pad: 'SAME_UPPER', strides: [2, 2] }, [1, 2, 8, 7], [2, 2, 3, 3]],
  [{ auto_pad: 'SAME_LOWER', strides: [2, 2] }, [1, 2, 8, 7], [2, 2, 3, 3]],
  [{ auto_pad: 'SAME_UPPER', strides: [3, 2] }, [1, 2, 8, 7], [2, 2, 2, 5]],
  [{ auto_pad: 'VALID', strides: [2, 2] }, [1, 2, 8, 7], [2, 2, 3, 3]],
  [{}, [2, 3, 9], [4, 3, 3]],
  [{ strides: [2], pads: [1, 2] }, [1, 3, 10], [4, 3, 3]],
  [{ dilations: [2], group: 3 }, [1, 3, 10], [3, 1, 3]],
  [{ strides: [2, 1, 2], pads: [1, 0, 1, 1, 0, 1] }, [1, 2, 5, 4, 6], [2, 2, 3, 2, 3]],
];

/** Attributes, image, filter. */
const TRANSPOSED: readonly (readonly [Attributes, number[], number[]])[] = [
  [{}, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ strides: [2, 2] }, [2, 2, 4, 5], [2, 3, 2, 2]],
  [{ strides: [2, 2], pads: [1, 1, 1, 1] }, [1, 2, 4, 5], [2, 3, 4, 4]],
  [{ strides: [2, 2], pads: [1, 0, 0, 1] }, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ strides: [3, 2], output_padding: [2, 0] }, [1, 2, 4, 5], [2, 3, 3, 2]],
  [{ strides: [3, 3] }, [1, 2, 3, 4], [2, 2, 2, 2]],
  [{ dilations: [2, 2], pads: [1, 1, 2, 2] }, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ dilations: [2, 1], strides: [2, 3] }, [1, 2, 4, 5], [2, 3, 3, 2]],
  [{ group: 2, strides: [2, 2] }, [2, 4, 3, 4], [4, 3, 3, 3]],
  [{ group: 3 }, [1, 3, 4, 4], [3, 1, 3, 3]],
  [{ auto_pad: 'SAME_UPPER', strides: [2, 2] }, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ auto_pad: 'SAME_LOWER', strides: [2, 2] }, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ auto_pad: 'SAME_UPPER', strides: [3, 2] }, [1, 2, 4, 5], [2, 3, 2, 5]],
  [{ strides: [2, 2], output_shape: [8, 10] }, [1, 2, 4, 5], [2, 3, 3, 3]],
  [{ strides: [2, 2], output_shape: [9, 9] }, [1, 2, 4, 5], [2, 3, 5, 4]],
  [{ strides: [2], pads: [1, 1] }, [1, 2, 6], [2, 3, 4]],
];

/** Shapes of matrix products. */
const PRODUCTS: readonly (readonly [number[], number[]])[] = [
  [
    [3, 4],
    [4, 5],
  ],
  [[4], [4]],
  [[4], [4, 5]],
  [[3, 4], [4]],
  [
    [2, 3, 4],
    [2, 4, 5],
  ],
  [
    [2, 3, 4],
    [4, 5],
  ],
  [
    [3, 4],
    [2, 4, 5],
  ],
  [
    [2, 1, 3, 4],
    [1, 3, 4, 2],
  ],
  [
    [2, 2, 3, 4],
    [2, 4, 3],
  ],
  [[2, 3, 4], [4]],
  [[4], [2, 4, 3]],
  [
    [1, 1],
    [1, 1],
  ],
];

const GEMMS: readonly Attributes[] = [
  {},
  { transA: 1 },
  { transB: 1 },
  { transA: 1, transB: 1 },
  { alpha: 0.5, beta: 2 },
  { alpha: -2, beta: 0.5, transA: 1, transB: 1 },
];

const all = { wrt: [0, 1, 2] };
const both = { wrt: [0, 1] };

export const linearCases: GradientCase[] = [
  ...CONVOLUTIONS.flatMap(([attributes, image, filter]) => [
    linear('Conv', attributes, [normal(...image), normal(...filter)]),
    linear('Conv', attributes, [normal(...image), normal(...filter), normal(filter[0] ?? 1)], all),
  ]),
  ...TRANSPOSED.flatMap(([attributes, image, filter]) => {
    const channels = (filter[1] ?? 1) * (typeof attributes['group'] === 'number' ? attributes['group'] : 1);
    return [
      linear('ConvTranspose', attributes, [normal(...image), normal(...filter)]),
      linear('ConvTranspose', attributes, [normal(...image), normal(...filter), normal(channels)], all),
    ];
  }),
  ...PRODUCTS.map(([a, b]) => linear('MatMul', {}, [normal(...a), normal(...b)], both)),
  ...GEMMS.flatMap((attributes) => {
    const a = attributes['transA'] === 1 ? [4, 3] : [3, 4];
    const b = attributes['transB'] === 1 ? [5, 4] : [4, 5];
    return [[5], [3, 5], [3, 1], [1], []].map((c) =>
      linear('Gemm', attributes, [normal(...a), normal(...b), normal(...c)], all),
    );
  }),
  linear('Gemm', {}, [normal(2, 3), normal(3, 2)], both),
  ...withoutTensorflow(
    ...(
      [
        ['ij,jk->ik', [2, 3], [3, 4]],
        ['bij,bjk->bik', [2, 2, 3], [2, 3, 4]],
        ['bhid,bhjd->bhij', [1, 2, 3, 4], [1, 2, 2, 4]],
        ['bhwc,hkc->bhwk', [2, 2, 3, 4], [2, 3, 4]],
        ['i,j->ij', [3], [4]],
        ['ij,j->i', [2, 3], [3]],
        ['ij,ij->j', [2, 3], [2, 3]],
        ['ij,kl->ik', [2, 3], [4, 2]],
      ] as const
    ).map(([equation, a, b]) => linear('Einsum', { equation }, [normal(...a), normal(...b)], both)),
    linear('Einsum', { equation: 'ij->ji' }, [normal(2, 3)]),
    linear('Einsum', { equation: 'ijk->ik' }, [normal(2, 3, 2)]),
    smooth('Einsum', { equation: 'ij,jk,kl->il' }, [normal(2, 3), normal(3, 2), normal(2, 2)], all),
  ),
];
