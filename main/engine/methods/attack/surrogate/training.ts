/**
 * How a surrogate is trained (Papernot et al. 2017): on the labels that a black box gives to strong random views of the picture,
 * and then to samples that lie along the surrogate's own Jacobian, where it learns most about the boundaries.
 */
import { random } from '../../../ascent/random.ts';
import type { BlackBox } from '../../../attack/black-box/black-box.ts';
import { parseTransforms, sampleTransform } from '../../../attack/eot/distribution.ts';
import type { Preprocessing } from '../../../attack/eot/expectation.ts';
import { Transformer } from '../../../attack/eot/transform.ts';
import type { Goal } from '../../../attack/goal.ts';
import { fromLevels, type Levels } from '../../../attack/lattice.ts';
import { objectiveOf } from '../../../attack/objective.ts';
import { pixelsFrom, type Size } from '../../../imaging/pixels.ts';
import type { Steps } from '../../../attack/steps.ts';
import { BATCH, type Surrogate, type TrainingSample } from './surrogate.ts';

/** Views of the picture that the training set begins with, and as many that are kept apart to measure. */
const SEEDS = 40;

/** Queries that training takes before its first step. */
export const INITIAL_QUERIES = 2 * SEEDS + 1;

/** Strong, so that the black box gives them different labels. */
const VIEWS =
  'rotation:30 scale:0.6 translation:0.2 perspective:0.1 brightness:0.2 contrast:0.5 blur:3 noise:0.08';

/** How often the set is doubled at most; no more once that has not helped. */
export const ROUNDS = 3;

/** How often a round of training sees each sample, and its fewest steps. */
const EPOCHS = 10;
const LEAST_STEPS = 60;

/** λ: how far a new sample lies from its old one; its sign changes every third round (cleverhans). */
const LAMBDA = 0.1;
const SIGN_PERIOD = 3;

/** How often the surrogate gives views that were kept apart the label of the black box, after a number of queries. */
export interface Agreement {
  readonly queries: number;
  readonly agreed: number;
  readonly of: number;
}

export interface TrainingResult {
  /** Before the first round, and after each. */
  readonly agreement: readonly Agreement[];
  /** Which of these is best, the last of equals: the surrogate is left as it was then. */
  readonly chosen: number;
}

/** A sample of the set, with the picture that it came from. */
interface LabelledPicture {
  readonly seen: Float32Array;
  readonly sample: TrainingSample;
}

export interface SurrogateTask {
  /** Gives labels to pictures of the network's own size. */
  readonly box: BlackBox;
  readonly classes: number;
  readonly preprocessing: Preprocessing;
  readonly goal: Goal;
  readonly original: Levels;
  readonly seed: number;
  /** The most queries. */
  readonly queries: number;
}

/** Trains the surrogate. Its steps are rounds, and evaluate the original picture. */
export async function* trainSurrogate(
  { box, classes, preprocessing, goal, original, seed, queries }: SurrogateTask,
  surrogate: Surrogate,
): Steps<TrainingResult> {
  const { shape } = preprocessing;
  const picture = fromLevels(original);
  const whole = preprocessing.apply(picture);
  const transformer = new Transformer(shape);
  const ranges = parseTransforms(VIEWS);
  const ask = async (seen: Float32Array): Promise<LabelledPicture> => {
    const pixels = pixelsFrom(shape.width, shape.height, seen);
    return { seen, sample: { input: await surrogate.input(pixels), label: await box.label(seen) } };
  };
  const views = async (stream: number): Promise<LabelledPicture[]> => {
    const found: LabelledPicture[] = [];
    for (let i = 0; i < SEEDS; i++) {
      const view = await transformer.apply(whole, sampleTransform(ranges, shape, random(seed, stream, i)));
      found.push(await ask(view.picture));
    }
    return found;
  };
  const apart = await views(0xb1);
  const set = [await ask(whole), ...(await views(0xb0))];
  const objective = objectiveOf(surrogate.behind(preprocessing), goal);
  const onSeen = surrogate.behind(identity(shape));
  const agreement: Agreement[] = [];
  let best = { agreed: -1, chosen: 0, weights: surrogate.weights.snapshot() };
  /** Whether it agrees more often than ever before. */
  const measure = async (): Promise<boolean> => {
    let agreed = 0;
    for (const { sample } of apart) if ((await surrogate.label(sample.input)) === sample.label) agreed++;
    const better = agreed > best.agreed;
    if (agreed >= best.agreed)
      best = { agreed, chosen: agreement.length, weights: surrogate.weights.snapshot() };
    agreement.push({ queries: box.queries, agreed, of: apart.length });
    return better;
  };
  await measure();
  for (let round = 0; ; round++) {
    const samples = set.map(({ sample }) => sample);
    const steps = Math.max(LEAST_STEPS, Math.ceil((EPOCHS * samples.length) / BATCH));
    await surrogate.train(samples, steps, seed);
    const better = await measure();
    yield { step: round + 1, of: ROUNDS + 1, picture, ...(await objective.evaluate(picture)) };
    if (!better || round === ROUNDS || box.queries + set.length >= queries) break;
    const distance = LAMBDA * (Math.floor(round / SIGN_PERIOD) % 2 === 0 ? 1 : -1);
    for (const { seen, sample } of set.slice()) {
      const weights = new Float32Array(classes);
      weights[sample.label] = 1;
      const { gradient } = await onSeen.differentiate(seen, { kind: 'linear', weights });
      set.push(await ask(seen.map((x, i) => clamp(x + distance * Math.sign(gradient[i] ?? 0)))));
    }
  }
  surrogate.weights.restore(best.weights);
  return { agreement, chosen: best.chosen };
}

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);

/** The preprocessing of pictures that need none. */
export const identity = (shape: Size): Preprocessing => ({
  shape,
  apply: (seen) => seen,
  adjoint: (gradient) => gradient,
});
