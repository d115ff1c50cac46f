/** A patch that works anywhere: its shape from the settings, its training over photos and networks, and how it is laid on a photo. */
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { random } from '../../../ascent/random.ts';
import { ensembleOf } from '../../../attack/objective.ts';
import { fromLevels, toLevels, type Levels } from '../../../attack/lattice.ts';
import { parseTransforms } from '../../../attack/eot/distribution.ts';
import { Pasted, type PatchShape } from '../../../attack/patch/pasted.ts';
import { SPREAD, drawPlacement, onPicture, type Placement } from '../../../attack/patch/placement.ts';
import {
  PLACED_FRESH,
  patchObjective,
  train,
  type Scene,
  type TrainingStep,
} from '../../../attack/patch/train.ts';
import { mapSteps } from '../../../attack/steps.ts';
import { createPixels, type Pixels, pixelsFrom, type Size } from '../../../imaging/pixels.ts';
import { stepOptions } from '../plan.ts';
import type { AttackedNetwork, PictureClassifier } from '../victim.ts';
import { readMask } from './mask.ts';
import type { View } from '../../common/view.ts';
import type { MethodContext } from '../../common/context.ts';

/** The fewest pixels across that can show something. */
const LEAST_SIDE = 8;

/** What a patch begins as. */
export const PATCH_GREY = 128 / 255;

/** A patch of whole grey levels, as its file holds it. */
export interface Patch {
  readonly pixels: Pixels;
  readonly shape: PatchShape;
}

/** A photo that a patch is trained on, or put on. */
export interface Photo {
  readonly size: Size;
  readonly original: Levels;
}

/** A photo with the networks that should be fooled on it. */
export interface TrainingPhoto extends Photo {
  readonly networks: readonly AttackedNetwork[];
}

/**
 * A disc, or what is white in the mask, cut out. It has about as many pixels as the network sees of it.
 *
 * @param side of what the network sees, in pixels; the shorter one
 * @throws ReverieError `usage/option` for a black mask
 */
async function shapeOf({ mask, patchSize }: AttackSettings, side: number): Promise<PatchShape> {
  const longer = Math.max(LEAST_SIDE, Math.ceil(patchSize * SPREAD * side));
  if (mask === null) {
    const alpha = Float32Array.from({ length: longer * longer }, (_, i) => {
      const [dx, dy] = [(i % longer) - (longer - 1) / 2, Math.floor(i / longer) - (longer - 1) / 2];
      return Math.hypot(dx, dy) <= longer / 2 ? 1 : 0;
    });
    return { width: longer, height: longer, alpha };
  }
  const { inside, size } = await readMask(mask);
  const [left, right] = ends(size.width, (x) => column(inside, size, x));
  const [top, bottom] = ends(size.height, (y) => inside.subarray(y * size.width, (y + 1) * size.width));
  const factor = longer / Math.max(right - left, bottom - top);
  const [width, height] = [right - left, bottom - top].map((length) =>
    Math.max(1, Math.round(length * factor)),
  ) as [number, number];
  const alpha = Float32Array.from({ length: width * height }, (_, i) => {
    const x = left + Math.floor((((i % width) + 0.5) * (right - left)) / width);
    const y = top + Math.floor(((Math.floor(i / width) + 0.5) * (bottom - top)) / height);
    return inside[y * size.width + x] ?? 0;
  });
  return { width, height, alpha };
}

const shorter = ({ width, height }: Size): number => Math.min(width, height);

/** The first line with anything in it, and the one after the last. */
function ends(count: number, line: (i: number) => Uint8Array): readonly [number, number] {
  const filled = Array.from({ length: count }, (_, i) => i).filter((i) => line(i).includes(1));
  return [filled[0] ?? 0, (filled.at(-1) ?? 0) + 1];
}

const column = (inside: Uint8Array, { width, height }: Size, x: number): Uint8Array =>
  Uint8Array.from({ length: height }, (_, y) => inside[y * width + x] ?? 0);

export interface PatchStep extends Omit<TrainingStep, 'patch'> {
  readonly patch: Pixels;
  readonly shape: PatchShape;
}

/**
 * @param photos at least one, each with at least one network
 * @throws ReverieError `usage/option`
 */
export async function* trainPatch(
  photos: readonly TrainingPhoto[],
  settings: AttackSettings,
): AsyncGenerator<PatchStep, Patch & { flat: number }, undefined> {
  const { samples, seed, patchSize } = settings;
  const over = { ranges: parseTransforms(settings.transforms), samples, seed };
  const networks = new Map<MethodContext, { classifier: PictureClassifier; scenes: Scene[] }>();
  for (const photo of photos)
    for (const { context, classifier, goal } of photo.networks) {
      const network = networks.get(context) ?? { classifier, scenes: [] };
      network.scenes.push({ seen: classifier.preprocessing.apply(fromLevels(photo.original)), goal });
      networks.set(context, network);
    }
  const sides = [...networks.values()].map(({ classifier }) => shorter(classifier.view.shape));
  const shape = await shapeOf(settings, Math.max(...sides));
  const { width, height } = shape;
  const objective = ensembleOf(
    [...networks.values()].map(({ classifier, scenes }) =>
      patchObjective(scenes, shape, classifier.view.shape, patchSize, classifier.preprocessed, over),
    ),
  );
  const steps = train(objective, createPixels(width, height, PATCH_GREY).data, stepOptions(settings, 1));
  const { patch, flat } = yield* mapSteps(steps, (step) => ({
    ...step,
    patch: pixelsFrom(width, height, step.patch),
    shape,
  }));
  return { pixels: pixelsFrom(width, height, fromLevels(toLevels(patch))), shape, flat };
}

/**
 * The i-th placement on a photo that no training has seen.
 *
 * @param photo its number, so that each has placements of its own
 */
export function freshPlacement(
  shape: PatchShape,
  view: View,
  { patchSize, seed }: AttackSettings,
  photo: number,
  i: number,
): Placement {
  const seen = view.shape;
  const next = random(seed, PLACED_FRESH, photo, i);
  const window = view.origin({ x: 0, y: 0, ...seen });
  return onPicture(drawPlacement(shape, seen, patchSize, next), seen, window);
}

/** A photo with the patch on it, in whole levels; what the patch does not cover is as it was. */
export function placed({ pixels, shape }: Patch, { size, original }: Photo, at: Placement): Levels {
  return toLevels(new Pasted(shape, at, size).over(pixels.data, fromLevels(original)));
}

/** The patch on white, to be printed. */
export function onWhite({ pixels, shape }: Patch): Pixels {
  const { width, height } = shape;
  const middle = { x: (width - 1) / 2, y: (height - 1) / 2, factor: 1, angle: 0 };
  return pixelsFrom(
    width,
    height,
    new Pasted(shape, middle, shape).over(pixels.data, createPixels(width, height, 1).data),
  );
}
