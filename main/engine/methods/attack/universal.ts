/** One patch for many photos: trained on most of those that the network has right, and judged on all of them. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import { trainPatch, type MadePatch, type PatchStep, type Staged } from './patch.ts';
import { stage, type Subject } from './subject.ts';
import type { Victim } from './victim.ts';

/** From so many photos on, the last of each so many is kept apart from the training. */
const EVERY = 4;

export interface UniversalPatch extends MadePatch {
  /** Whether it was trained on a photo, by its path. */
  readonly trained: (path: string) => boolean;
  /** How many were. */
  readonly note: string;
}

/**
 * @param subjects read one after the other, as many photos may not fit into memory
 * @param team the first is attacked, the others with it
 * @throws ReverieError `usage/option` for a target that is another one for each photo, `image/missing` where no photo counts
 */
export async function* trainUniversal(
  subjects: readonly (() => Promise<Subject>)[],
  team: readonly Victim[],
  settings: AttackSettings,
): AsyncGenerator<PatchStep, UniversalPatch, undefined> {
  const { target } = settings;
  if (target === 'random' || target === 'least-likely') {
    throw new ReverieError(
      'usage/option',
      `A patch for several pictures needs one target for all, such as --target class:toaster, not "${target}".`,
    );
  }
  const right: (Staged & { path: string })[] = [];
  for (const read of subjects) {
    const subject = await read();
    const sight = subject.sights.find(({ victim }) => victim === team[0]);
    const staged = sight?.right === true ? stage(subject, team, settings) : null;
    if (staged !== null) right.push({ ...subject, opponents: staged.opponents });
  }
  if (right.length === 0) {
    throw new ReverieError(
      'image/missing',
      'The network has none of these pictures right, so there is nothing to make a patch for.',
    );
  }
  const training = right.filter((_, i) => right.length < EVERY || i % EVERY !== EVERY - 1);
  const patch = yield* trainPatch(training, settings);
  const paths = new Set(training.map(({ path }) => path));
  const apart = right.length - training.length;
  return {
    ...patch,
    trained: (path) => paths.has(path),
    note:
      apart === 0
        ? `The patch was trained on the ${training.length} pictures that it is judged on.`
        : `The patch was trained on ${training.length} pictures; ${apart} were kept apart to judge it.`,
  };
}
