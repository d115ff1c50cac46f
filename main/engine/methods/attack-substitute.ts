/**
 * The attack through a substitute (Papernot et al. 2017): a small network is trained on a sealed victim's labels, its training
 * set grows along its own Jacobian, and what is found against it is carried to the victim. The victim tells labels alone.
 */
import { ReverieError } from '../../../shared/errors.ts';
import type { AttackSettings } from '../../../shared/recipes/attack.ts';
import { random } from '../ascent/random.ts';
import { aimAt, type Standing } from '../attack/aim.ts';
import { BATCH } from '../attack/black-box/student-graph.ts';
import type { Sealed } from '../attack/black-box/sealed.ts';
import { climb, type ClimbOptions, type Found, type Iteration } from '../attack/climb.ts';
import { draw, parseTransforms } from '../attack/eot/distribution.ts';
import type { Eye } from '../attack/eot/expectation.ts';
import { Passage } from '../attack/eot/passage.ts';
import type { Goal } from '../attack/goal.ts';
import { fromLevels, onLattice, type Levels } from '../attack/lattice.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Student, studentView, type Lesson } from './student.ts';

/** Views of the picture that the training set begins with, and as many that only measure. */
const SEEDS = 40;

/** Strong, so that the victim has different things to say about them. */
const VIEWS =
  'rotation:30 scale:0.6 translation:0.2 perspective:0.1 brightness:0.2 contrast:0.5 blur:3 noise:0.08';

/** The set is doubled so often. */
const ROUNDS = 3;

/** How often a round of training sees each sample, and its fewest steps. */
const EPOCHS = 10;
const LEAST_STEPS = 60;

/** λ: how far a new sample lies from its old one; its sign turns every third round (cleverhans). */
const LAMBDA = 0.1;
const SIGN_PERIOD = 3;

/** How often the student says of views kept apart what the victim says, after so many queries. */
export interface Agreement {
  readonly queries: number;
  readonly agreed: number;
  readonly of: number;
}

export interface Substituted extends Found {
  readonly agreement: readonly Agreement[];
  /** Whether the victim called the picture what was wanted. */
  readonly fooled: boolean;
}

interface Sample {
  readonly square: Float32Array;
  readonly lesson: Lesson;
}

/** What the attack is told. */
export interface SubstituteTask {
  /** Answers labels of what the eye sees. */
  readonly victim: Sealed;
  readonly classes: number;
  readonly eye: Eye;
  readonly goal: Goal;
  readonly original: Levels;
  /** Of the climb against the student. */
  readonly options: ClimbOptions;
  readonly settings: AttackSettings;
  readonly runtime: Runtime;
}

/** @throws ReverieError `usage/option` for too few queries */
export async function* substitute(task: SubstituteTask): AsyncGenerator<Iteration, Substituted, undefined> {
  const { classes, runtime, settings } = task;
  const least = 2 * SEEDS + 2;
  if (settings.queries < least) {
    throw new ReverieError(
      'usage/option',
      `A substitute needs --queries of at least ${least} to begin with, not ${settings.queries}.`,
    );
  }
  const student = await Student.create(runtime, classes, settings.seed);
  try {
    const agreement = yield* school(task, student);
    return { ...(yield* transfer(task, student)), agreement };
  } finally {
    await student.dispose();
  }
}

/** Trains the student; its steps show where it has the original. */
async function* school(
  { victim, eye, goal, original, options, settings: { seed, queries } }: SubstituteTask,
  student: Student,
): AsyncGenerator<Iteration, Agreement[], undefined> {
  const picture = fromLevels(original);
  const seen = eye.see(picture);
  const passage = new Passage(eye.side);
  const ranges = parseTransforms(VIEWS);
  const ask = async (square: Float32Array): Promise<Sample> => ({
    square,
    lesson: { seen: studentView(square, eye.side), label: await victim.label(square) },
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
  const aim = aimAt(student.through(eye), goal);
  const itself: Eye = { side: eye.side, see: (square) => square, back: (gradient) => gradient };
  const oracle = student.through(itself);
  const agreement: Agreement[] = [];
  for (let round = 0; ; round++) {
    const lessons = samples.map(({ lesson }) => lesson);
    await student.learn(lessons, Math.max(LEAST_STEPS, Math.ceil((EPOCHS * lessons.length) / BATCH)), seed);
    let agreed = 0;
    for (const { lesson } of apart) if ((await student.label(lesson.seen)) === lesson.label) agreed++;
    agreement.push({ queries: victim.queries, agreed, of: apart.length });
    const of = ROUNDS + 1 + options.steps;
    yield { step: round + 1, of, picture, ...(await aim.standing(picture)) };
    if (round === ROUNDS || victim.queries + samples.length + options.steps > queries) return agreement;
    const way = LAMBDA * (Math.floor(round / SIGN_PERIOD) % 2 === 0 ? 1 : -1);
    for (const { square, lesson } of samples.slice()) {
      const weights = new Float32Array(oracle.classes);
      weights[lesson.label] = 1;
      const { gradient } = await oracle.slope(square, { kind: 'linear', weights });
      samples.push(await ask(square.map((x, i) => clamp(x + way * Math.sign(gradient[i] ?? 0)))));
    }
  }
}

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);

/** Climbs against the student, and shows the victim every step until it is fooled. */
async function* transfer(
  { victim, eye, goal, original, options, settings: { queries } }: SubstituteTask,
  student: Student,
): AsyncGenerator<Iteration, Omit<Substituted, 'agreement'>, undefined> {
  // A student that is quite sure has no cross-entropy left to climb; the margin still has a slope.
  const aim = aimAt(student.through(eye), goal, 'margin');
  const start = fromLevels(original);
  const reached = async (picture: Float32Array): Promise<boolean> => {
    const label = await victim.label(eye.see(picture));
    return (label === goal.label) === (goal.kind === 'targeted');
  };
  const steps = climb(aim, start, options);
  let last: { picture: Float32Array; standing: Standing } | undefined;
  for (let next = await steps.next(); next.done !== true; next = await steps.next()) {
    const { step, loss, probability, margin } = next.value;
    const picture = fromLevels(onLattice(next.value.picture, original, options));
    last = { picture, standing: { loss, probability, margin } };
    yield { step: ROUNDS + 1 + step, of: ROUNDS + 1 + options.steps, picture, ...last.standing };
    if (step > 1 && victim.queries < queries && (await reached(picture))) {
      return { picture, margin, flat: 0, fooled: true };
    }
  }
  return { picture: last?.picture ?? start, margin: last?.standing.margin ?? 0, flat: 0, fooled: false };
}
