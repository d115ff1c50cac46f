/** The attack through a surrogate, which is made and given back here. */
import { BlackBox } from '../../../attack/black-box/black-box.ts';
import { epsilonOf, stepOptions } from '../plan.ts';
import { PretrainedSurrogate } from '../surrogate/pretrained.ts';
import { SmallSurrogate } from '../surrogate/small.ts';
import { transferAttack } from '../surrogate/transfer.ts';
import { blackBoxAttack } from './black-box.ts';

/** Momentum transfers better (Dong et al. 2018). */
const STYLE = { decay: 1 };

export const substituteAttack = blackBoxAttack(async function* (task, search) {
  const { networks, original, settings } = task;
  const [{ context, classifier, goal }] = networks;
  const { classes, preprocessing } = classifier;
  const { seed, queries } = settings;
  const surrogate =
    task.surrogate === null
      ? await SmallSurrogate.create(context, classes, seed)
      : await PretrainedSurrogate.create(task.surrogate, { model: context.model, classes });
  try {
    // What it is trained and asked on are squares of the network's own size.
    const box = new BlackBox(classifier.preprocessed);
    const options = stepOptions(settings, epsilonOf(settings), STYLE);
    const given = { box, classes, preprocessing, goal, original, seed, queries, options, search };
    const { agreement, chosen, carried, ...found } = yield* transferAttack(surrogate, given);
    const network = task.surrogate?.model.name ?? null;
    const substitute = { network, trained: surrogate.weights.count, agreement, chosen, carried };
    return { ...found, queries: box.queries, substitute };
  } finally {
    await surrogate.release();
  }
});
