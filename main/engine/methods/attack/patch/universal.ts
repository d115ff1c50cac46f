/** One patch for many photos: trained on most of those that the network has right, and judged on all of them. */
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { aimedAt, type SetPicture } from '../set/pictures.ts';
import type { Victim } from '../victim.ts';
import { trainPatch, type Patch, type PatchStep, type TrainingPhoto } from './anywhere.ts';

/** Of as many photos the last is kept apart from the training. */
const EVERY = 4;

export interface UniversalPatch extends Patch {
  /** Whether it was trained on a photo, by its path. */
  readonly trained: (path: string) => boolean;
  /** On how many, as a sentence. */
  readonly note: string;
}

/**
 * @param pictures read one after the other, as many photos may not fit into memory
 * @param victims the first is attacked, the others with it
 * @throws ReverieError `usage/option` for a target that is another one for each photo, `image/missing` where no photo counts
 */
export async function* trainUniversal(
  pictures: readonly (() => Promise<SetPicture>)[],
  victims: readonly [Victim, ...Victim[]],
  settings: AttackSettings,
): AsyncGenerator<PatchStep, UniversalPatch, undefined> {
  const { target } = settings;
  if (target === 'random' || target === 'least-likely') {
    throw new ReverieError(
      'usage/option',
      `A patch for several pictures needs one target for all, such as --target class:toaster, not "${target}".`,
    );
  }
  const photos: (TrainingPhoto & { path: string })[] = [];
  for (const read of pictures) {
    const picture = await read();
    const { correct = false } = picture.predictions.find(({ victim }) => victim === victims[0]) ?? {};
    const aimed = correct ? aimedAt(picture, victims, settings) : null;
    if (aimed !== null) photos.push({ ...picture, networks: aimed.networks });
  }
  if (photos.length === 0) {
    throw new ReverieError(
      'image/missing',
      'The network has none of these pictures right, so there is nothing to make a patch for.',
    );
  }
  const training = photos.filter((_, i) => photos.length < EVERY || i % EVERY !== EVERY - 1);
  const patch = yield* trainPatch(training, settings);
  const paths = new Set(training.map(({ path }) => path));
  const apart = photos.length - training.length;
  return {
    ...patch,
    trained: (path) => paths.has(path),
    note:
      apart === 0
        ? `The patch was trained on the ${training.length} pictures that it is judged on.`
        : `The patch was trained on ${training.length} pictures; ${apart} were kept apart to judge it.`,
  };
}
