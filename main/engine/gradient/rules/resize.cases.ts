import type { Attributes } from '../../graph/builder.ts';
import { floats, ints, linear, normal, type GradientCase } from '../testing/case.ts';

const byScales = (attributes: Attributes, dims: number[], scales: number[]): GradientCase =>
  linear('Resize', attributes, [normal(...dims), null, floats(scales)]);
const bySizes = (attributes: Attributes, dims: number[], sizes: number[]): GradientCase =>
  linear('Resize', attributes, [normal(...dims), null, null, ints(sizes)]);

const TRANSFORMATIONS = [
  'half_pixel',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'half_pixel_symmetric',
];
const ROUNDINGS = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

/** Where an axis shrinks, the kernel grows with it. */
const antialiased = ['linear', 'cubic'].flatMap((mode) =>
  ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'].flatMap((transformation) =>
    [0, 1].flatMap((exclude_outside) => {
      const attributes = {
        mode,
        antialias: 1,
        coordinate_transformation_mode: transformation,
        exclude_outside,
      };
      return [
        bySizes(attributes, [1, 2, 9, 7], [1, 2, 4, 3]),
        byScales(attributes, [1, 2, 8, 5], [1, 1, 0.5, 1.6]),
      ];
    }),
  ),
);

export const resizeCases: GradientCase[] = [
  ...antialiased,
  bySizes({ mode: 'cubic', antialias: 1, cubic_coeff_a: -0.5 }, [1, 1, 16, 11], [1, 1, 5, 4]),
  ...TRANSFORMATIONS.flatMap((transformation) =>
    ['nearest', 'linear', 'cubic'].flatMap((mode) => {
      const attributes = { mode, coordinate_transformation_mode: transformation };
      return [
        byScales(attributes, [1, 2, 4, 5], [1, 1, 2, 2]),
        byScales(attributes, [1, 2, 6, 5], [1, 1, 0.5, 1.7]),
        byScales(attributes, [2, 1, 9, 6], [1, 1, 1 / 3, 1 / 6]),
        bySizes(attributes, [1, 2, 4, 5], [1, 2, 7, 3]),
        bySizes(attributes, [1, 1, 5, 4], [1, 1, 1, 8]),
      ];
    }),
  ),
  ...['half_pixel', 'asymmetric', 'align_corners'].flatMap((transformation) =>
    ROUNDINGS.flatMap((rounding) => {
      const attributes = {
        mode: 'nearest',
        coordinate_transformation_mode: transformation,
        nearest_mode: rounding,
      };
      return [
        byScales(attributes, [1, 1, 5, 6], [1, 1, 2, 1.5]),
        byScales(attributes, [1, 1, 9, 12], [1, 1, 1 / 3, 0.25]),
        bySizes(attributes, [1, 1, 7, 6], [1, 1, 5, 11]),
      ];
    }),
  ),
  byScales({ mode: 'cubic', cubic_coeff_a: -0.5 }, [1, 1, 5, 6], [1, 1, 1.5, 2]),
  byScales({ mode: 'cubic', exclude_outside: 1 }, [1, 1, 5, 6], [1, 1, 1.5, 2]),
  bySizes({ mode: 'linear', axes: [2, 3] }, [1, 2, 4, 5], [6, 8]),
  byScales({ mode: 'linear', axes: [-1, -2] }, [1, 2, 4, 5], [2, 3]),
  bySizes({ mode: 'linear', axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }, [1, 2, 4, 5], [7, 7]),
  bySizes({ mode: 'linear', axes: [2, 3], keep_aspect_ratio_policy: 'not_smaller' }, [1, 2, 4, 5], [7, 7]),
  byScales({ mode: 'linear' }, [1, 2, 6], [1, 1, 1.5]),
];
