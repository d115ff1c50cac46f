import type { Attributes } from '../../graph/builder.ts';
import {
  kinked,
  linear,
  normal,
  smooth,
  spaced,
  withoutTensorflow,
  type GradientCase,
} from '../testing/case.ts';

/** Attributes of a pooling and the image it pools. */
const POOLINGS: readonly (readonly [Attributes, number[]])[] = [
  [{ kernel_shape: [2, 2], strides: [2, 2] }, [2, 2, 6, 8]],
  [{ kernel_shape: [2, 2], strides: [2, 2] }, [1, 2, 7, 5]],
  [{ kernel_shape: [3, 3], strides: [2, 2] }, [1, 2, 7, 8]],
  [{ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, [2, 2, 7, 8]],
  [{ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, [1, 2, 8, 7]],
  [{ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [0, 0, 1, 1] }, [1, 2, 8, 7]],
  [{ kernel_shape: [3, 3], strides: [3, 3], ceil_mode: 1, pads: [1, 1, 1, 1] }, [1, 1, 9, 7]],
  [{ kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, [1, 2, 5, 6]],
  [{ kernel_shape: [3, 3] }, [1, 2, 5, 6]],
  [{ kernel_shape: [5, 5], pads: [2, 2, 2, 2] }, [1, 2, 5, 6]],
  [{ kernel_shape: [3, 2], strides: [1, 2], pads: [0, 1, 2, 0] }, [1, 2, 5, 6]],
  [{ kernel_shape: [2, 2], strides: [3, 3] }, [1, 2, 8, 9]],
  [{ kernel_shape: [1, 1], strides: [2, 2] }, [1, 2, 5, 6]],
  [{ kernel_shape: [2, 3], strides: [3, 2], ceil_mode: 1 }, [1, 1, 7, 8]],
  [{ kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }, [1, 2, 7, 8]],
  [{ kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_LOWER' }, [1, 2, 7, 5]],
  [{ kernel_shape: [2, 2], auto_pad: 'VALID' }, [1, 2, 4, 5]],
  [{ kernel_shape: [2, 2], dilations: [2, 2] }, [1, 2, 6, 7]],
  [{ kernel_shape: [3, 2], dilations: [2, 3], strides: [2, 1], pads: [1, 1, 2, 0] }, [1, 1, 8, 7]],
  [{ kernel_shape: [3], strides: [2], pads: [1, 1] }, [2, 3, 9]],
  [{ kernel_shape: [2, 3, 2], strides: [2, 2, 1], pads: [0, 1, 0, 1, 1, 1] }, [1, 2, 5, 6, 4]],
];

/** Images that are pooled as a whole. */
const IMAGES = [
  [2, 3, 4, 5],
  [1, 3, 7],
];

const isPadded = ({ pads, auto_pad, ceil_mode }: Attributes): boolean =>
  pads !== undefined || auto_pad !== undefined || ceil_mode === 1;

export const poolingCases: GradientCase[] = [
  ...POOLINGS.map(([attributes, image]) => kinked('MaxPool', attributes, [spaced(...image)])),
  kinked('MaxPool', { kernel_shape: [2, 2], storage_order: 1 }, [spaced(2, 2, 4, 5)]),
  ...POOLINGS.map(([attributes, image]) => linear('AveragePool', attributes, [normal(...image)])),
  ...POOLINGS.filter(([attributes]) => isPadded(attributes)).map(([attributes, image]) =>
    linear('AveragePool', { ...attributes, count_include_pad: 1 }, [normal(...image)]),
  ),
  ...POOLINGS.map(([attributes, image]) => smooth('LpPool', attributes, [normal(...image)])),
  ...[1, 3].map((p) => kinked('LpPool', { kernel_shape: [2, 2], p }, [spaced(1, 2, 4, 5)])),
  ...['GlobalAveragePool', 'GlobalMaxPool'].flatMap((op) =>
    IMAGES.map((image) => kinked(op, {}, [spaced(...image)])),
  ),
  ...withoutTensorflow(
    kinked('GlobalLpPool', { p: 3 }, [spaced(2, 2, 3, 3)]),
    ...IMAGES.map((image) => kinked('GlobalLpPool', {}, [spaced(...image)])),
  ),
];
