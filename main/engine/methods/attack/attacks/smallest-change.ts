/** Attacks that look for the smallest change, whatever its size. */
import { carliniWagner } from '../../../attack/carlini-wagner.ts';
import { deepFool } from '../../../attack/deepfool.ts';
import { fab } from '../../../attack/fab.ts';
import { fromLevels } from '../../../attack/lattice.ts';
import { normOf, stepsOf } from '../plan.ts';
import { roundedOutcome } from '../rounding.ts';
import { jointObjective, type AttackRun } from './attack-run.ts';
import { rivals } from './auto-pgd.ts';

export const deepFoolAttack: AttackRun = async function* (task) {
  const { networks, original, settings } = task;
  const [{ classifier, goal }] = networks;
  const options = { norm: normOf(settings), steps: stepsOf(settings) };
  const found = yield* deepFool(classifier, goal, fromLevels(original), options);
  return roundedOutcome(task, null, found);
};

export const carliniWagnerAttack: AttackRun = async function* (task) {
  const { original, settings } = task;
  const { confidence, trials } = settings;
  const options = { confidence, steps: stepsOf(settings), searchSteps: trials };
  const found = yield* carliniWagner(jointObjective(task, 'margin'), fromLevels(original), options);
  return roundedOutcome(task, null, found);
};

export const fabAttack: AttackRun = async function* (task) {
  const { networks, original, settings } = task;
  const [{ classifier, goal }] = networks;
  const options = { norm: normOf(settings), steps: stepsOf(settings) };
  const found = yield* fab(classifier, goal, await rivals(task), fromLevels(original), options);
  return roundedOutcome(task, null, found);
};
