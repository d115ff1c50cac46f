import type { Attributes } from '../../graph/builder.ts';
import {
  floats,
  ints,
  kinked,
  linear,
  normal,
  positive,
  spaced,
  withoutTensorflow,
  type GradientCase,
  type Operand,
} from '../testing/case.ts';

/** Whether a coordinate lies further from the bends of every interpolation, at these sizes, than differences reach. */
const isSmooth = (u: number): boolean =>
  [3, 4, 5].every((size) =>
    [((u + 1) * (size - 1)) / 2, ((u + 1) * size - 1) / 2].every((at) => {
      const halves = 2 * at;
      return Math.abs(halves - Math.round(halves)) > 0.1;
    }),
  );

/** Coordinates inside and outside of a map. */
const smoothCoordinates = Array.from({ length: 4000 }, (_, i) => Math.sin(12.9898 * (i + 3)) * 1.7).filter(
  isSmooth,
);

const points = (...dims: number[]): Operand => {
  const count = dims.reduce((a, b) => a * b, 1);
  return floats(smoothCoordinates.slice(0, count), ...dims);
};

const MODES = ['linear', 'nearest', 'cubic'];
const PADDINGS = ['zeros', 'border', 'reflection'];

const gridSample = PADDINGS.flatMap((padding_mode) =>
  [0, 1].flatMap((align_corners) => [
    ...MODES.map((mode) =>
      linear('GridSample', { mode, padding_mode, align_corners }, [normal(2, 3, 4, 5), points(2, 3, 4, 2)]),
    ),
    ...['linear', 'nearest'].map((mode) =>
      linear('GridSample', { mode, padding_mode, align_corners }, [
        normal(1, 2, 3, 4, 5),
        points(1, 2, 3, 2, 3),
      ]),
    ),
    // A map of one value along an axis.
    linear('GridSample', { padding_mode, align_corners }, [normal(1, 2, 1, 4), points(1, 3, 2, 2)]),
  ]),
);

/** Gradients of the points themselves, as in a spatial transformer; they stay within one piece of the interpolation. */
const pointsOf = PADDINGS.flatMap((padding_mode) =>
  [0, 1].flatMap((align_corners) => [
    ...['linear', 'nearest'].map((mode) =>
      kinked('GridSample', { mode, padding_mode, align_corners }, [normal(1, 3, 4, 5), points(1, 3, 3, 2)], {
        wrt: [0, 1],
      }),
    ),
    kinked(
      'GridSample',
      { mode: 'cubic', padding_mode, align_corners },
      [normal(1, 3, 4, 5), points(1, 3, 3, 2)],
      { wrt: [1] },
    ),
    kinked('GridSample', { padding_mode, align_corners }, [normal(1, 2, 3, 4, 5), points(1, 2, 2, 2, 3)], {
      wrt: [1],
    }),
  ]),
);

const regions = floats([1, 1, 7, 5, 0, 0, 3.3, 9, -2, 3, 4, 4.2, 6, 6, 5, 6.5], 4, 4);
const owners = ints([1, 0, 1, 0]);
const roiAlign = (attributes: Attributes): GradientCase =>
  linear('RoiAlign', attributes, [normal(2, 3, 6, 7), regions, owners]);

const bins = { output_height: 2, output_width: 3 };
const bent = (attributes: Attributes, operands: Operand[], wrt: number[]): GradientCase =>
  kinked('DeformConv', attributes, operands, { wrt });

export const samplingCases: GradientCase[] = [
  linear('AffineGrid', {}, [normal(2, 2, 3), ints([2, 3, 4, 5])]),
  linear('AffineGrid', { align_corners: 1 }, [normal(2, 2, 3), ints([2, 3, 4, 5])]),
  linear('AffineGrid', { align_corners: 1 }, [normal(1, 3, 4), ints([1, 1, 2, 3, 4])]),
  ...withoutTensorflow(
    ...gridSample,
    ...pointsOf,
    roiAlign({ ...bins, sampling_ratio: 2 }),
    roiAlign({ ...bins, spatial_scale: 0.5 }),
    roiAlign({ ...bins, coordinate_transformation_mode: 'output_half_pixel' }),
    roiAlign({
      ...bins,
      sampling_ratio: 3,
      coordinate_transformation_mode: 'output_half_pixel',
      spatial_scale: 0.7,
    }),
    bent({}, [normal(1, 2, 4, 5), normal(3, 2, 2, 2), normal(1, 8, 3, 4)], [0]),
    bent(
      { pads: [1, 0, 1, 1], strides: [2, 1], dilations: [1, 2], group: 2, offset_group: 2 },
      [normal(2, 4, 5, 6), normal(6, 2, 2, 2), normal(2, 16, 3, 5), normal(6), positive(2, 8, 3, 5)],
      [0, 1, 3, 4],
    ),
    bent({ pads: [1, 1, 1, 1] }, [normal(1, 2, 3, 4), normal(3, 2, 3, 3), spaced(1, 18, 3, 4)], [2]),
  ),
];
