/** An attack is a generator: of its steps, and at the end of what it found. */
import type { Evaluation } from './objective.ts';

/** A step of any attack. */
export interface Iteration extends Omit<Evaluation, 'probability'> {
  /** Of the class of the loss; null where labels are all that is known. */
  readonly probability: number | null;
  /** Counted from 1, at most up to `of`. */
  readonly step: number;
  readonly of: number;
  /** What is evaluated; valid until the next iteration is asked for. */
  readonly picture: Float32Array;
}

/** What an attack has found, before it is rounded to whole levels. */
export interface Found {
  readonly picture: Float32Array;
  /** Of that picture; positive when the goal is reached. */
  readonly margin: number;
  /** Steps at which the gradient was zero or no number: a sign that the network hides it. */
  readonly flat: number;
}

/** An attack while it runs. */
export type Steps<Result = Found> = AsyncGenerator<Iteration, Result, undefined>;

/** What it found when all its steps have been pulled. */
export async function outcome<Result>(steps: AsyncGenerator<unknown, Result, undefined>): Promise<Result> {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

/**
 * Attempts one after the other, until one reaches the goal: what the best of them found.
 *
 * @param attempts each begins when the one before it has failed; of as many steps as the others
 */
export async function* inTurn(attempts: readonly (() => Steps)[]): Steps {
  let best: Found | undefined;
  let flat = 0;
  let told = 0;
  for (const attempt of attempts) {
    const before = told;
    const found: Found = yield* mapSteps(attempt(), (iteration) => {
      told = before + iteration.step;
      return { ...iteration, step: told, of: iteration.of * attempts.length };
    });
    flat += found.flat;
    if (best === undefined || found.margin > best.margin) best = found;
    if (best.margin > 0) break;
  }
  if (best === undefined) throw new Error('There is nothing to attempt.');
  return { ...best, flat };
}

/** The same with each step told in another way. @param tell is also given the milliseconds that the step took */
export async function* mapSteps<From, To, Result>(
  steps: AsyncGenerator<From, Result, undefined>,
  tell: (step: From, ms: number) => To | Promise<To>,
): AsyncGenerator<To, Result, undefined> {
  try {
    for (;;) {
      const since = performance.now();
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield await tell(next.value, performance.now() - since);
    }
  } finally {
    // A reader that leaves early leaves the source, too, so that it gives back what it holds.
    await steps.return(undefined as never);
  }
}
