/**
 * The random transforms that an optimised image must withstand (lucid's `standard_transforms`): jitter, scale, rotation, jitter.
 * lucid's chain of crops and resamplings changes the network's input size with every step; here it is one map, resampled once
 * to a view of a fixed size, so that one compiled program serves all steps.
 */
import { chain, rotation, shift, stretch, type Affine } from './affine.ts';
import { choose, uniformInteger, type Random } from './random.ts';

/** Grey on every side, in pixels; of it, the jitters take away half of what they may shift by. */
const PADDING = 12;
const JITTERS = [8, 4] as const;

/** Pixels by which a view is larger than its picture. */
export const VIEW_MARGIN = 2 * PADDING - JITTERS[0] - JITTERS[1];

const SCALES = [0.9, 0.92, 0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06, 1.08, 1.1] as const;

/** Whole degrees up to this; no rotation at all is five times likelier than any one. */
const DEGREES = 10;
const EXTRA_ZEROS = 5;

interface Extent {
  readonly width: number;
  readonly height: number;
}

/** The map from the view's pixels to the picture's that puts centre on centre, `magnification` times as large. */
export function centred(
  picture: Extent,
  view: Extent,
  magnification = 1,
  moved: Affine = shift(0, 0),
): Affine {
  return chain(
    shift((1 - view.width) / 2, (1 - view.height) / 2),
    stretch(1 / magnification),
    moved,
    shift((picture.width - 1) / 2, (picture.height - 1) / 2),
  );
}

/** A step's draw: where its views come from, in the picture's pixels about its centre. */
export function drawTransform(next: Random): Affine {
  const offset = (by: number): number => uniformInteger(next, 0, by) - by / 2;
  const first = shift(offset(JITTERS[0]), offset(JITTERS[0]));
  const scale = stretch(1 / choose(next, SCALES));
  const turn = uniformInteger(next, -DEGREES, DEGREES + EXTRA_ZEROS);
  const turned = rotation(turn > DEGREES ? 0 : turn);
  const second = shift(offset(JITTERS[1]), offset(JITTERS[1]));
  // From the view backwards: the last crop comes first.
  return chain(second, turned, scale, first);
}
