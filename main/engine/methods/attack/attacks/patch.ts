/** A patch: one part of the picture that may become anything, through random transforms. */
import { worksAnywhere } from '../../../../../shared/attacks/settings.ts';
import { normsOf, fromLevels, toLevels, type Levels } from '../../../attack/lattice.ts';
import type { Objective } from '../../../attack/objective.ts';
import { projectedGradient } from '../../../attack/projected-gradient.ts';
import { mapSteps, type Steps } from '../../../attack/steps.ts';
import { PATCH_GREY, freshPlacement, placed, trainPatch, type Patch } from '../patch/anywhere.ts';
import { stepOptions } from '../plan.ts';
import { PLAIN, jointObjective, type AttackOutcome, type AttackRun, type AttackTask } from './attack-run.ts';
import { expectedLoss } from './within-epsilon.ts';

/** No bound but [0, 1], and momentum over gradients that are random. */
const WHOLE_RANGE = 1;
const STYLE = { decay: 1 };

export const patchAttack: AttackRun = (task) =>
  worksAnywhere(task.settings) ? patchAnywhere(task) : patchInPlace(task);

/** Only samples inside the mask change: their steps are as if the network saw no others. */
async function* patchInPlace(task: AttackTask): Steps<AttackOutcome> {
  const { original, mask, settings } = task;
  if (mask === null) throw new Error('A patch needs a mask.');
  const inside = (i: number): boolean => mask[i % mask.length] === 1;
  const start = fromLevels(original).map((value, i) => (inside(i) ? PATCH_GREY : value));
  const objective = expectedLoss(task);
  const masked: Objective = {
    evaluate: (picture) => objective.evaluate(picture),
    async differentiate(picture) {
      const { gradient, ...evaluation } = await objective.differentiate(picture);
      return { ...evaluation, gradient: gradient.map((g, i) => (inside(i) ? g : 0)) };
    },
  };
  const { picture, margin, flat } = yield* projectedGradient(
    masked,
    start,
    stepOptions(settings, WHOLE_RANGE, STYLE),
  );
  const levels = toLevels(picture);
  return { ...(await patched(task, levels)), unrounded: { margin, ...changeOf(levels, original) }, flat };
}

/** The result shows the patch at a place where it was not trained. */
async function* patchAnywhere(task: AttackTask): Steps<AttackOutcome> {
  const { networks, original, size, settings } = task;
  const photo = { size, original };
  const [{ classifier }] = networks;
  const at = (shape: Patch['shape']) => freshPlacement(shape, classifier.view, settings, 0, 0);
  const steps = trainPatch([{ ...photo, networks }], settings);
  const { flat, ...patch } = yield* mapSteps(steps, ({ patch: pixels, shape, ...step }) => ({
    ...step,
    picture: fromLevels(placed({ pixels, shape }, photo, at(shape))),
  }));
  return { ...(await patched(task, placed(patch, photo, at(patch.shape)))), flat, patch };
}

/** A picture with a patch; what it holds are whole levels, so nothing is repaired. */
async function patched(task: AttackTask, levels: Levels): Promise<AttackOutcome> {
  const { margin } = await jointObjective(task, 'margin').evaluate(fromLevels(levels));
  const unrounded = { margin, ...changeOf(levels, task.original) };
  return { ...PLAIN, levels, margin, unrounded, repairs: 0, epsilon: null, flat: 0 };
}

function changeOf(levels: Levels, original: Levels): { l2: number; linf: number } {
  const { l2, linf } = normsOf(levels, original);
  return { l2, linf };
}
