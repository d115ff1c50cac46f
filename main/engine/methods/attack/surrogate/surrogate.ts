/** What stands in for a sealed network, whatever it is: it learns from the network's labels, and is attacked in its place. */
import { Adam } from '../../../ascent/adam.ts';
import { uniformInteger, random } from '../../../ascent/random.ts';
import type { Eye } from '../../../attack/eot/expectation.ts';
import type { Loss, Oracle, Slope } from '../../../attack/oracle.ts';
import { float32, sizeOf, type FloatTensor } from '../../../graph/tensor.ts';
import type { Name } from '../../../graph/graph.ts';
import type { Program } from '../../../runtime/runtime.ts';

/** Pictures in a step of training. */
export const BATCH = 32;

/** Input of a training program: a row for each picture, 1 at its label. */
export const LABELS: Name = 'labels';

export interface Lesson {
  /** What the substitute sees of a picture. */
  readonly seen: Float32Array;
  /** What the victim called it. */
  readonly label: number;
}

export interface Substitute {
  /** What it sees of a square that is what the victim sees. */
  view(square: Float32Array): Promise<Float32Array>;
  /** So many steps on lessons drawn at random, each as likely. */
  learn(lessons: readonly Lesson[], steps: number, seed: number): Promise<void>;
  /** Its own label of what it sees. */
  label(seen: Float32Array): Promise<number>;
  /** How it sees pictures through the victim's eye: what is attacked. */
  through(eye: Eye): Oracle;
  /** Those that are trained. */
  readonly weights: Weights;
  release(): Promise<void>;
}

/** For scores alone, any will do. */
export const ANY_LOSS: Loss = { kind: 'cross-entropy', label: 0, sign: 1 };

/** What has one program, for scores and slopes together. */
export const oracleOf = (
  classes: number,
  slope: (picture: Float32Array, loss: Loss) => Promise<Slope>,
): Oracle => ({
  classes,
  slope,
  scores: async (picture) => (await slope(picture, ANY_LOSS)).scores,
});

interface Weight {
  readonly name: Name;
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

interface Trained extends Weight {
  readonly tensor: FloatTensor;
  readonly optimiser: Adam;
}

/** Weights that are inputs of a program, and what trains them: Adam on the program's own gradients of them. */
export class Weights {
  readonly #weights: readonly Trained[];

  constructor(weights: readonly Weight[], rate: number) {
    this.#weights = weights.map((weight) => ({
      ...weight,
      tensor: float32(Float32Array.from(weight.values), weight.dims),
      optimiser: new Adam(sizeOf(weight.dims), rate),
    }));
  }

  /** The weights as inputs of a program. */
  feeds(): Record<Name, FloatTensor> {
    return Object.fromEntries(this.#weights.map(({ name, tensor }) => [name, tensor]));
  }

  /** How many there are. */
  get count(): number {
    return this.#weights.reduce((sum, { values }) => sum + values.length, 0);
  }

  /** As they are now, to be brought back by `recall`. */
  remember(): Float32Array[] {
    return this.#weights.map(({ tensor }) => tensor.data.slice());
  }

  recall(weights: readonly Float32Array[]): void {
    for (const [i, { tensor, values }] of this.#weights.entries()) {
      values.set(weights[i] ?? []);
      tensor.data.set(weights[i] ?? []);
    }
  }

  /**
   * @param training outputs the scores of a batch and, for each weight in order, the way uphill
   * @param inputs of the program, made of the lessons of a batch
   */
  async learn(
    training: Program,
    classes: number,
    lessons: readonly Lesson[],
    inputs: (batch: readonly Float32Array[]) => Record<Name, FloatTensor>,
    steps: number,
    seed: number,
  ): Promise<void> {
    const next = random(seed, lessons.length);
    const [, ...slopes] = training.outputs;
    for (let step = 0; step < steps; step++) {
      const labels = float32(new Float32Array(BATCH * classes), [BATCH, classes]);
      const batch: Float32Array[] = [];
      for (let i = 0; i < BATCH; i++) {
        const lesson = lessons[uniformInteger(next, 0, lessons.length - 1)];
        if (lesson === undefined) return;
        batch.push(lesson.seen);
        labels.data[i * classes + lesson.label] = 1;
      }
      const values = await training.run({ ...this.feeds(), ...inputs(batch), [LABELS]: labels });
      for (const [i, { values: weights, tensor, optimiser }] of this.#weights.entries()) {
        optimiser.ascend(weights, values[slopes[i] ?? '']?.data ?? new Float32Array());
        tensor.data.set(weights);
      }
    }
  }
}
