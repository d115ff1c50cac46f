/** The small surrogate: a network that is trained from nothing, for when no other network is at hand. */
import { normal, random } from '../../../ascent/random.ts';
import {
  SURROGATE_IMAGE,
  SURROGATE_SIDE,
  gradientGraph,
  surrogateWeights,
  trainingGraph,
} from '../../../attack/black-box/surrogate-graph.ts';
import type { Preprocessing } from '../../../attack/eot/expectation.ts';
import { argmax } from '../../../attack/goal.ts';
import { feedsFor } from '../../../attack/logit-gradient.ts';
import type { Loss, Classifier, LossGradient } from '../../../attack/classifier.ts';
import { forms } from '../../../gradient/forms.ts';
import { float32, sizeOf } from '../../../graph/tensor.ts';
import { pixelsFrom, type Pixels } from '../../../imaging/pixels.ts';
import { resize, resizeAdjoint } from '../../../imaging/resample.ts';
import { Leases, draftOf } from '../../../runtime/cache.ts';
import type { Program } from '../../../runtime/runtime.ts';
import type { MethodContext } from '../../common/context.ts';
import {
  ANY_LOSS,
  BATCH,
  LABELS,
  Weights,
  classifierOf,
  type Surrogate,
  type TrainingSample,
} from './surrogate.ts';

const RATE = 0.003;

/** Samples around mid-grey with about unit deviation. */
const centred = (x: Float32Array): Float32Array => x.map((value) => 4 * (value - 0.5));
const CENTRED_FACTOR = 4;

export class SmallSurrogate implements Surrogate {
  readonly weights: Weights;
  readonly #classes: number;
  readonly #training: Program;
  readonly #gradient: Program;
  readonly #leases: Leases;

  private constructor(classes: number, training: Program, gradient: Program, leases: Leases, seed: number) {
    this.#classes = classes;
    this.#training = training;
    this.#gradient = gradient;
    this.#leases = leases;
    const next = random(seed, 0x57);
    const weights = surrogateWeights(classes).map(({ name, dims, fanIn }) => {
      const scale = fanIn === 0 ? 0 : Math.sqrt(2 / fanIn);
      return { name, dims, values: Float64Array.from({ length: sizeOf(dims) }, () => scale * normal(next)) };
    });
    this.weights = new Weights(weights, RATE);
  }

  static create(
    { runtime, programs }: Pick<MethodContext, 'runtime' | 'programs'>,
    classes: number,
    seed: number,
  ): Promise<SmallSurrogate> {
    const rules = forms[runtime.device];
    const key = [runtime.device, 'small surrogate', classes].join(' ');
    return Leases.for(programs, async (leases) => {
      const training = await leases.program(`${key} training`, () => {
        const { g, outputs } = trainingGraph(classes, BATCH, LABELS, rules);
        return draftOf(runtime, g, outputs);
      });
      const gradient = await leases.program(`${key} gradient`, () => {
        const { g, outputs } = gradientGraph(classes, rules);
        return draftOf(runtime, g, outputs);
      });
      return new SmallSurrogate(classes, training, gradient, leases, seed);
    });
  }

  release(): Promise<void> {
    return this.#leases.release();
  }

  /** 3 × 64 × 64 samples. */
  input(seen: Pixels): Promise<Float32Array> {
    return Promise.resolve(reduced(seen));
  }

  train(samples: readonly TrainingSample[], steps: number, seed: number): Promise<void> {
    const size = 3 * SURROGATE_SIDE * SURROGATE_SIDE;
    const inputs = (batch: readonly Float32Array[]) => {
      const images = float32(new Float32Array(BATCH * size), [BATCH, 3, SURROGATE_SIDE, SURROGATE_SIDE]);
      for (const [i, input] of batch.entries()) images.data.set(centred(input), i * size);
      return { [SURROGATE_IMAGE]: images };
    };
    return this.weights.train(this.#training, this.#classes, samples, inputs, steps, seed);
  }

  async label(input: Float32Array): Promise<number> {
    return argmax((await this.#differentiate(input, ANY_LOSS)).scores);
  }

  behind(preprocessing: Preprocessing): Classifier {
    const { width, height } = preprocessing.shape;
    return classifierOf(this.#classes, async (picture, loss) => {
      const input = reduced(pixelsFrom(width, height, preprocessing.apply(picture)));
      const { scores, gradient } = await this.#differentiate(input, loss);
      const small = pixelsFrom(SURROGATE_SIDE, SURROGATE_SIDE, gradient);
      return { scores, gradient: preprocessing.adjoint(resizeAdjoint(small, width, height, 'linear').data) };
    });
  }

  async #differentiate(input: Float32Array, loss: Loss): Promise<LossGradient> {
    const values = await this.#gradient.run({
      ...this.weights.feeds(),
      ...feedsFor(loss, [1, this.#classes]),
      [SURROGATE_IMAGE]: float32(centred(input), [1, 3, SURROGATE_SIDE, SURROGATE_SIDE]),
    });
    const [scores = '', gradient = ''] = this.#gradient.outputs;
    return {
      scores: values[scores]?.data ?? new Float32Array(),
      gradient: (values[gradient]?.data ?? new Float32Array()).map((g) => CENTRED_FACTOR * g),
    };
  }
}

/** A picture at the surrogate's own size. */
const reduced = (seen: Pixels): Float32Array => resize(seen, SURROGATE_SIDE, SURROGATE_SIDE, 'linear').data;
