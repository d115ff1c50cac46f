/** The small substitute: a network that is trained from nothing, for when no other network is at hand. */
import { normal, random } from '../../../ascent/random.ts';
import {
  STUDENT_IMAGE,
  STUDENT_SIDE,
  attackedGraph,
  studentWeights,
  trainingGraph,
} from '../../../attack/black-box/student-graph.ts';
import type { Eye } from '../../../attack/eot/expectation.ts';
import { argmax } from '../../../attack/goal.ts';
import { feedsFor } from '../../../attack/logit-gradient.ts';
import type { Loss, Oracle, Slope } from '../../../attack/oracle.ts';
import { forms } from '../../../gradient/forms.ts';
import { float32, sizeOf } from '../../../graph/tensor.ts';
import { pixelsFrom } from '../../../imaging/pixels.ts';
import { resize, resizeAdjoint } from '../../../imaging/resample.ts';
import { Leases, draftOf } from '../../../runtime/cache.ts';
import type { Program } from '../../../runtime/runtime.ts';
import type { Workbench } from '../../common/workbench.ts';
import { ANY_LOSS, BATCH, LABELS, Weights, oracleOf, type Lesson, type Substitute } from './surrogate.ts';

const RATE = 0.003;

/** Samples around mid-grey with about unit deviation. */
const centred = (x: Float32Array): Float32Array => x.map((value) => 4 * (value - 0.5));
const CENTRED_SLOPE = 4;

export class Student implements Substitute {
  readonly weights: Weights;
  readonly #classes: number;
  readonly #training: Program;
  readonly #attacked: Program;
  readonly #leases: Leases;

  private constructor(classes: number, training: Program, attacked: Program, leases: Leases, seed: number) {
    this.#classes = classes;
    this.#training = training;
    this.#attacked = attacked;
    this.#leases = leases;
    const next = random(seed, 0x57);
    const weights = studentWeights(classes).map(({ name, dims, fanIn }) => {
      const scale = fanIn === 0 ? 0 : Math.sqrt(2 / fanIn);
      return { name, dims, values: Float64Array.from({ length: sizeOf(dims) }, () => scale * normal(next)) };
    });
    this.weights = new Weights(weights, RATE);
  }

  static create(
    { runtime, programs }: Pick<Workbench, 'runtime' | 'programs'>,
    classes: number,
    seed: number,
  ): Promise<Student> {
    const rules = forms[runtime.device];
    const key = [runtime.device, 'student', classes].join(' ');
    return Leases.for(programs, async (leases) => {
      const training = await leases.program(`${key} training`, () => {
        const { g, outputs } = trainingGraph(classes, BATCH, LABELS, rules);
        return draftOf(runtime, g, outputs);
      });
      const attacked = await leases.program(`${key} attacked`, () => {
        const { g, outputs } = attackedGraph(classes, rules);
        return draftOf(runtime, g, outputs);
      });
      return new Student(classes, training, attacked, leases, seed);
    });
  }

  release(): Promise<void> {
    return this.#leases.release();
  }

  /** 3 × 64 × 64 samples. */
  view(square: Float32Array): Promise<Float32Array> {
    return Promise.resolve(reduced(square));
  }

  learn(lessons: readonly Lesson[], steps: number, seed: number): Promise<void> {
    const size = 3 * STUDENT_SIDE * STUDENT_SIDE;
    const inputs = (batch: readonly Float32Array[]) => {
      const images = float32(new Float32Array(BATCH * size), [BATCH, 3, STUDENT_SIDE, STUDENT_SIDE]);
      for (const [i, seen] of batch.entries()) images.data.set(centred(seen), i * size);
      return { [STUDENT_IMAGE]: images };
    };
    return this.weights.learn(this.#training, this.#classes, lessons, inputs, steps, seed);
  }

  async label(seen: Float32Array): Promise<number> {
    return argmax((await this.#slope(seen, ANY_LOSS)).scores);
  }

  through(eye: Eye): Oracle {
    const slope = async (picture: Float32Array, loss: Loss): Promise<Slope> => {
      const { scores, gradient } = await this.#slope(reduced(eye.see(picture)), loss);
      const small = pixelsFrom(STUDENT_SIDE, STUDENT_SIDE, gradient);
      return { scores, gradient: eye.back(resizeAdjoint(small, eye.side, eye.side, 'linear').data) };
    };
    return oracleOf(this.#classes, slope);
  }

  async #slope(seen: Float32Array, loss: Loss): Promise<Slope> {
    const values = await this.#attacked.run({
      ...this.weights.feeds(),
      ...feedsFor(loss, [1, this.#classes]),
      [STUDENT_IMAGE]: float32(centred(seen), [1, 3, STUDENT_SIDE, STUDENT_SIDE]),
    });
    const [scores = '', gradient = ''] = this.#attacked.outputs;
    return {
      scores: values[scores]?.data ?? new Float32Array(),
      gradient: (values[gradient]?.data ?? new Float32Array()).map((g) => CENTRED_SLOPE * g),
    };
  }
}

/** A square as the student sees it. */
function reduced(square: Float32Array): Float32Array {
  const side = Math.sqrt(square.length / 3);
  return resize(pixelsFrom(side, side, square), STUDENT_SIDE, STUDENT_SIDE, 'linear').data;
}
