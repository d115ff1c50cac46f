/** What the methods ask about a network: its score at some points, and the gradient there. A point is a flat array of inputs. */

/** A score that can be asked for at several points at once. */
export interface Scored {
  /** How many points one pass takes at most. */
  readonly batch: number;
  /** The score at each of at most `batch` points. */
  values(points: readonly Float32Array[]): Promise<readonly number[]>;
}

/** A score with its gradient. */
export interface Differentiable {
  readonly batch: number;
  /** Score and gradient at each of at most `batch` points; the gradients are valid until the next call. */
  gradients(points: readonly Float32Array[]): Promise<Gradients>;
}

export interface Gradients {
  readonly values: readonly number[];
  /** One for each point, of its length. */
  readonly gradients: readonly Float32Array[];
}

/** A method at work: yields after each pass through the network, and returns what it found. */
export type Passes<Found> = AsyncGenerator<void, Found, undefined>;

/** How many passes `count` points take. */
export const passesFor = (count: number, batch: number): number => Math.ceil(count / batch);

/** The items in groups of at most `size`. */
export function* groups<T>(items: readonly T[], size: number): Generator<readonly T[], void, undefined> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
