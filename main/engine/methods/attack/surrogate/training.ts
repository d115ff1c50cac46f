/**
 * How a substitute is taught (Papernot et al. 2017): on a sealed network's labels of strong random views of the picture, and
 * then of samples that lie along the substitute's own Jacobian, where it would learn most about the boundaries.
 */
import { random } from '../../../ascent/random.ts';
import { aimAt } from '../../../attack/aim.ts';
import type { Sealed } from '../../../attack/black-box/sealed.ts';
import type { Iteration } from '../../../attack/climb.ts';
import { draw, parseTransforms } from '../../../attack/eot/distribution.ts';
import type { Eye } from '../../../attack/eot/expectation.ts';
import { Passage } from '../../../attack/eot/passage.ts';
import type { Goal } from '../../../attack/goal.ts';
import { fromLevels, type Levels } from '../../../attack/lattice.ts';
import { BATCH, type Lesson, type Substitute } from './surrogate.ts';

/** Views of the picture that the training set begins with, and as many that only measure. */
const SEEDS = 40;

/** How many queries a school needs to begin with. */
export const FIRST_QUERIES = 2 * SEEDS + 1;

/** Strong, so that the victim has different things to say about them. */
const VIEWS =
  'rotation:30 scale:0.6 translation:0.2 perspective:0.1 brightness:0.2 contrast:0.5 blur:3 noise:0.08';

/** The set is doubled at most so often, and no more once that has not helped. */
export const ROUNDS = 3;

/** How often a round of training sees each sample, and its fewest steps. */
const EPOCHS = 10;
const LEAST_STEPS = 60;

/** λ: how far a new sample lies from its old one; its sign turns every third round (cleverhans). */
const LAMBDA = 0.1;
const SIGN_PERIOD = 3;

/** How often the substitute says of views kept apart what the victim says, after so many queries. */
export interface Agreement {
  readonly queries: number;
  readonly agreed: number;
  readonly of: number;
}

/** What was learnt. */
export interface Schooling {
  /** As it comes, and after each round. */
  readonly agreement: readonly Agreement[];
  /** Which of these agreed best, the last of equals: the substitute is as it was then. */
  readonly chosen: number;
}

interface Sample {
  readonly square: Float32Array;
  readonly lesson: Lesson;
}

export interface SchoolTask {
  /** Answers labels of what the eye sees. */
  readonly victim: Sealed;
  readonly classes: number;
  readonly eye: Eye;
  readonly goal: Goal;
  readonly original: Levels;
  readonly seed: number;
  /** The most queries. */
  readonly queries: number;
}

/** Trains the substitute; its steps show where it has the original. */
export async function* school(
  { victim, classes, eye, goal, original, seed, queries }: SchoolTask,
  pupil: Substitute,
): AsyncGenerator<Iteration, Schooling, undefined> {
  const picture = fromLevels(original);
  const seen = eye.see(picture);
  const passage = new Passage(eye.side);
  const ranges = parseTransforms(VIEWS);
  const ask = async (square: Float32Array): Promise<Sample> => ({
    square,
    lesson: { seen: await pupil.view(square), label: await victim.label(square) },
  });
  const views = async (stream: number): Promise<Sample[]> => {
    const samples: Sample[] = [];
    for (let i = 0; i < SEEDS; i++) {
      const passed = await passage.pass(seen, draw(ranges, eye.side, random(seed, stream, i)));
      samples.push(await ask(passed.picture));
    }
    return samples;
  };
  const apart = await views(0xb1);
  const samples = [await ask(seen), ...(await views(0xb0))];
  const aim = aimAt(pupil.through(eye), goal);
  const oracle = pupil.through(itself(eye.side));
  const agreement: Agreement[] = [];
  let best = { agreed: -1, chosen: 0, weights: pupil.weights.remember() };
  /** Whether it agrees more often than ever before. */
  const measure = async (): Promise<boolean> => {
    let agreed = 0;
    for (const { lesson } of apart) if ((await pupil.label(lesson.seen)) === lesson.label) agreed++;
    const better = agreed > best.agreed;
    if (agreed >= best.agreed) best = { agreed, chosen: agreement.length, weights: pupil.weights.remember() };
    agreement.push({ queries: victim.queries, agreed, of: apart.length });
    return better;
  };
  await measure();
  for (let round = 0; ; round++) {
    const lessons = samples.map(({ lesson }) => lesson);
    await pupil.learn(lessons, Math.max(LEAST_STEPS, Math.ceil((EPOCHS * lessons.length) / BATCH)), seed);
    const better = await measure();
    yield { step: round + 1, of: ROUNDS + 1, picture, ...(await aim.standing(picture)) };
    if (!better || round === ROUNDS || victim.queries + samples.length >= queries) break;
    const way = LAMBDA * (Math.floor(round / SIGN_PERIOD) % 2 === 0 ? 1 : -1);
    for (const { square, lesson } of samples.slice()) {
      const weights = new Float32Array(classes);
      weights[lesson.label] = 1;
      const { gradient } = await oracle.slope(square, { kind: 'linear', weights });
      samples.push(await ask(square.map((x, i) => clamp(x + way * Math.sign(gradient[i] ?? 0)))));
    }
  }
  pupil.weights.recall(best.weights);
  return { agreement, chosen: best.chosen };
}

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);

/** The eye of who is shown squares already. */
export const itself = (side: number): Eye => ({
  side,
  see: (square) => square,
  back: (gradient) => gradient,
});
