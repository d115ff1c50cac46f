import { normal, linear, positive, smooth, withoutTensorflow, type GradientCase } from '../testing/case.ts';

const IMAGES = [
  [2, 4, 3, 5],
  [1, 6, 4],
];

export const normalisationCases: GradientCase[] = [
  ...[
    [2, 3, 4, 5],
    [2, 3, 4],
    [4, 3],
  ].map((image) =>
    linear('BatchNormalization', { epsilon: 0.01 }, [
      normal(...image),
      normal(3),
      normal(3),
      normal(3),
      positive(3),
    ]),
  ),
  linear('BatchNormalization', {}, [normal(2, 3, 4), normal(3), normal(3), normal(3), positive(3)], {
    wrt: [0, 1, 2],
  }),
  ...[
    [2, 3, 4, 5],
    [1, 3, 6],
  ].map((image) =>
    smooth('InstanceNormalization', { epsilon: 0.01 }, [normal(...image), normal(3), normal(3)], {
      wrt: [0, 1, 2],
    }),
  ),
  ...[-1, 1, 2, -2].map((axis) => {
    const scale = [3, 4, 5].slice(axis < 0 ? axis : axis - 1);
    return smooth(
      'LayerNormalization',
      { axis, epsilon: 1e-3 },
      [normal(2, 3, 4, 5), normal(...scale), normal(...scale)],
      {
        wrt: [0, 1, 2],
      },
    );
  }),
  smooth('LayerNormalization', {}, [normal(2, 7), normal(7)]),
  ...IMAGES.flatMap((image) =>
    [1, 2].map((groups) =>
      smooth(
        'GroupNormalization',
        { num_groups: groups, epsilon: 0.01 },
        [normal(...image), normal(groups), normal(groups)],
        { wrt: [0, 1, 2] },
      ),
    ),
  ),
  ...[1, 3, 5, 7].map((size) =>
    smooth('LRN', { size, alpha: 0.5, beta: 0.75, bias: 1.5 }, [normal(2, 6, 2, 3)]),
  ),
  smooth('LRN', { size: 5, alpha: 0.3, beta: 0.5, bias: 2 }, [normal(1, 4, 3, 3)]),
  smooth('LRN', { size: 3 }, [normal(1, 2, 3, 3)]),
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    smooth(op, {}, [normal(2, 5)]),
    ...[0, 1, 2, -2].map((axis) => smooth(op, { axis }, [normal(2, 3, 4)])),
  ]),
  ...withoutTensorflow(
    ...[1, 2].flatMap((p) => [
      smooth('LpNormalization', { p }, [positive(2, 5)]),
      ...[0, 1, -2].map((axis) => smooth('LpNormalization', { axis, p }, [positive(2, 3, 4)])),
    ]),
  ),
  smooth('MeanVarianceNormalization', {}, [normal(2, 3, 4, 5)]),
  smooth('MeanVarianceNormalization', { axes: [2, 3] }, [normal(2, 3, 4, 5)]),
];
