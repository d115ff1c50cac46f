import { ints, linear, normal, withoutTensorflow, type GradientCase } from '../testing/case.ts';

export const assemblyCases: GradientCase[] = [
  linear('Col2Im', {}, [normal(2, 8, 12), ints([4, 5]), ints([2, 2])]),
  linear('Col2Im', { strides: [2, 2] }, [normal(1, 12, 4), ints([4, 5]), ints([2, 2])]),
  linear('Col2Im', { strides: [2, 1], pads: [1, 0, 0, 1], dilations: [1, 2] }, [
    normal(2, 12, 4),
    ints([4, 5]),
    ints([2, 3]),
  ]),
  // Windows of three axes.
  ...withoutTensorflow(linear('Col2Im', {}, [normal(1, 16, 8), ints([3, 3, 3]), ints([2, 2, 2])])),
  linear('MaxUnpool', { kernel_shape: [2, 2], strides: [2, 2] }, [
    normal(1, 2, 2, 2),
    ints([0, 2, 9, 15, 17, 19, 28, 31], 1, 2, 2, 2),
  ]),
  linear('CenterCropPad', {}, [normal(5, 4), ints([2, 7])]),
  linear('CenterCropPad', {}, [normal(4, 5), ints([3, 8])]),
  linear('CenterCropPad', { axes: [-1, 1] }, [normal(1, 2, 3, 6), ints([3, 5])]),
];
