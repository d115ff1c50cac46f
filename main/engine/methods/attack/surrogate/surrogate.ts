/** What is trained on a black box's labels and attacked in its place, whatever kind of network it is. */
import { Adam } from '../../../ascent/adam.ts';
import { uniformInteger, random } from '../../../ascent/random.ts';
import type { Classifier, Loss, LossGradient } from '../../../attack/classifier.ts';
import type { Preprocessing } from '../../../attack/eot/expectation.ts';
import { float32, sizeOf, type FloatTensor } from '../../../graph/tensor.ts';
import type { Name } from '../../../graph/graph.ts';
import type { Pixels } from '../../../imaging/pixels.ts';
import type { Program } from '../../../runtime/runtime.ts';

/** Pictures in a step of training. */
export const BATCH = 32;

/** Input of a training program: a row for each picture, 1 at its label. */
export const LABELS: Name = '~labels';

/** What a surrogate is trained on. */
export interface TrainingSample {
  /** The surrogate's own input. */
  readonly input: Float32Array;
  /** The class that the black box gave it. */
  readonly label: number;
}

export interface Surrogate {
  /** Its input for what the network under attack computes on. */
  input(seen: Pixels): Promise<Float32Array>;
  /** Takes a number of steps on samples drawn at random, each as likely. */
  train(samples: readonly TrainingSample[], steps: number, seed: number): Promise<void>;
  /** Its own label of an input. */
  label(input: Float32Array): Promise<number>;
  /** The surrogate behind the preprocessing of the network under attack: what is attacked in its place. */
  behind(preprocessing: Preprocessing): Classifier;
  /** What is trained. */
  readonly weights: Weights;
  release(): Promise<void>;
}

/** For scores alone, any will do. */
export const ANY_LOSS: Loss = { kind: 'cross-entropy', label: 0, sign: 1 };

/** A classifier with one program, for scores and gradients together. */
export const classifierOf = (
  classes: number,
  differentiate: (picture: Float32Array, loss: Loss) => Promise<LossGradient>,
): Classifier => ({
  classes,
  differentiate,
  scores: async (picture) => (await differentiate(picture, ANY_LOSS)).scores,
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

  /** As they are now, to be brought back by `restore`. */
  snapshot(): Float32Array[] {
    return this.#weights.map(({ tensor }) => tensor.data.slice());
  }

  restore(weights: readonly Float32Array[]): void {
    for (const [i, { tensor, values }] of this.#weights.entries()) {
      values.set(weights[i] ?? []);
      tensor.data.set(weights[i] ?? []);
    }
  }

  /**
   * @param training outputs the scores of a batch and, for each weight in order, the gradient that is ascended
   * @param inputs of the program, made of those of a batch
   */
  async train(
    training: Program,
    classes: number,
    samples: readonly TrainingSample[],
    inputs: (batch: readonly Float32Array[]) => Record<Name, FloatTensor>,
    steps: number,
    seed: number,
  ): Promise<void> {
    const next = random(seed, samples.length);
    const [, ...gradients] = training.outputs;
    for (let step = 0; step < steps; step++) {
      const labels = float32(new Float32Array(BATCH * classes), [BATCH, classes]);
      const batch: Float32Array[] = [];
      for (let i = 0; i < BATCH; i++) {
        const sample = samples[uniformInteger(next, 0, samples.length - 1)];
        if (sample === undefined) return;
        batch.push(sample.input);
        labels.data[i * classes + sample.label] = 1;
      }
      const values = await training.run({ ...this.feeds(), ...inputs(batch), [LABELS]: labels });
      for (const [i, { values: weights, tensor, optimiser }] of this.#weights.entries()) {
        optimiser.ascend(weights, values[gradients[i] ?? '']?.data ?? new Float32Array());
        tensor.data.set(weights);
      }
    }
  }
}
