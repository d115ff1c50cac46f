/** The truth about a result: its file is read back from the disk, decoded and preprocessed as any user's, and only then judged. */
import type { Verdict } from '../../../../shared/methods/attack.ts';
import { marginOf, type Goal } from '../../attack/goal.ts';
import { normsOf, toLevels, type Levels } from '../../attack/lattice.ts';
import { decodeImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { classify, type ClassScore } from '../common/classify.ts';
import type { MethodContext } from '../common/context.ts';

/** Classes that a result lists. */
const TOP = 5;

/** The likeliest classes of a picture, and the logarithms of all probabilities: scores, but for a constant. */
export async function predict(
  context: MethodContext,
  picture: Pixels,
): Promise<{ top: ClassScore[]; scores: Float32Array }> {
  const classes = await classify(context, picture, Infinity);
  const scores = new Float32Array(classes.length);
  for (const { index, probability } of classes) scores[index] = Math.log(Math.max(probability, 1e-300));
  return { top: classes.slice(0, TOP), scores };
}

/** A network with its goal. */
export interface Judge {
  readonly context: MethodContext;
  readonly goal: Goal;
}

export interface Judged extends Verdict {
  /** What the first network sees. */
  readonly top: readonly ClassScore[];
  readonly picture: Pixels;
}

/**
 * Reads a file and shows it to every network: it is a success when all are fooled.
 *
 * @throws ReverieError as `decodeImage`
 */
export async function judgeFile(
  path: string,
  judges: readonly Judge[],
  original: Levels,
  signal?: AbortSignal,
): Promise<Judged> {
  const { pixels } = await decodeImage(path, { signal });
  const answers: Awaited<ReturnType<typeof predict>>[] = [];
  for (const { context } of judges) answers.push(await predict(context, pixels));
  const margins = judges.map(({ goal }, i) => marginOf(answers[i]?.scores ?? [], goal));
  const margin = Math.min(...margins);
  return {
    success: margin > 0,
    margin,
    norms: normsOf(toLevels(pixels.data), original),
    top: answers[0]?.top ?? [],
    picture: pixels,
  };
}
