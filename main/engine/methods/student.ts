/** A substitute: a small network trained here, on a sealed victim's labels, by the gradients of the engine itself. */
import { Adam } from '../ascent/adam.ts';
import { normal, random, uniformInteger } from '../ascent/random.ts';
import {
  BATCH,
  LABELS,
  STUDENT_IMAGE,
  STUDENT_SIDE,
  attackedGraph,
  studentWeights,
  trainingGraph,
} from '../attack/black-box/student-graph.ts';
import type { Eye } from '../attack/eot/expectation.ts';
import { argmax } from '../attack/goal.ts';
import { feedsFor } from '../attack/logit-gradient.ts';
import type { Loss, Oracle, Slope } from '../attack/oracle.ts';
import { forms } from '../gradient/forms.ts';
import { float32, sizeOf, type FloatTensor } from '../graph/tensor.ts';
import { pixelsFrom } from '../imaging/pixels.ts';
import { resize, resizeAdjoint } from '../imaging/resample.ts';
import type { Program, Runtime } from '../runtime/runtime.ts';

const RATE = 0.003;

/** Samples around mid-grey with about unit deviation. */
const centred = (x: Float32Array): Float32Array => x.map((value) => 4 * (value - 0.5));
const CENTRED_SLOPE = 4;

export interface Lesson {
  /** What the student sees of a picture: 3 × 64 × 64 samples. */
  readonly seen: Float32Array;
  /** What the victim called it. */
  readonly label: number;
}

/** What a student sees of squares of `side` pixels. */
export const studentView = (square: Float32Array, side: number): Float32Array =>
  resize(pixelsFrom(side, side, square), STUDENT_SIDE, STUDENT_SIDE, 'linear').data;

export class Student {
  readonly #classes: number;
  readonly #training: Program;
  readonly #attacked: Program;
  readonly #weights: { readonly tensor: FloatTensor; readonly name: string; readonly values: Float64Array }[];
  readonly #optimisers: readonly Adam[];

  private constructor(classes: number, training: Program, attacked: Program, seed: number) {
    this.#classes = classes;
    this.#training = training;
    this.#attacked = attacked;
    const next = random(seed, 0x57);
    this.#weights = studentWeights(classes).map(({ name, dims, fanIn }) => {
      const scale = fanIn === 0 ? 0 : Math.sqrt(2 / fanIn);
      const values = Float64Array.from({ length: sizeOf(dims) }, () => scale * normal(next));
      return { name, values, tensor: float32(Float32Array.from(values), dims) };
    });
    this.#optimisers = this.#weights.map(({ values }) => new Adam(values.length, RATE));
  }

  static async create(runtime: Runtime, classes: number, seed: number): Promise<Student> {
    const rules = forms[runtime.device];
    const training = await runtime.compile(trainingGraph(classes, rules));
    return new Student(classes, training, await runtime.compile(attackedGraph(classes, rules)), seed);
  }

  async dispose(): Promise<void> {
    await this.#training.dispose();
    await this.#attacked.dispose();
  }

  /** So many steps on lessons drawn at random, each as likely. */
  async learn(lessons: readonly Lesson[], steps: number, seed: number): Promise<void> {
    const next = random(seed, lessons.length);
    const size = 3 * STUDENT_SIDE * STUDENT_SIDE;
    for (let step = 0; step < steps; step++) {
      const images = new Float32Array(BATCH * size);
      const labels = new Float32Array(BATCH * this.#classes);
      for (let i = 0; i < BATCH; i++) {
        const lesson = lessons[uniformInteger(next, 0, lessons.length - 1)];
        if (lesson === undefined) continue;
        images.set(centred(lesson.seen), i * size);
        labels[i * this.#classes + lesson.label] = 1;
      }
      const values = await this.#training.run({
        ...this.#feeds(),
        [STUDENT_IMAGE]: float32(images, [BATCH, 3, STUDENT_SIDE, STUDENT_SIDE]),
        [LABELS]: float32(labels, [BATCH, this.#classes]),
      });
      const [, ...slopes] = this.#training.outputs;
      this.#weights.forEach(({ values: weights, tensor }, i) => {
        const slope = values[slopes[i] ?? '']?.data ?? new Float32Array();
        this.#optimisers[i]?.ascend(
          weights,
          Float64Array.from(slope, (s) => -s),
        );
        tensor.data.set(weights);
      });
    }
  }

  /** Its own label of what it sees. */
  async label(seen: Float32Array): Promise<number> {
    return argmax((await this.#slope(seen, { kind: 'cross-entropy', label: 0, sign: 1 })).scores);
  }

  /** How it sees pictures through an eye: what is attacked in the victim's place. */
  through(eye: Eye): Oracle {
    const see = (picture: Float32Array): Float32Array => studentView(eye.see(picture), eye.side);
    const slope = async (picture: Float32Array, loss: Loss): Promise<Slope> => {
      const { scores, gradient } = await this.#slope(see(picture), loss);
      const small = pixelsFrom(STUDENT_SIDE, STUDENT_SIDE, gradient);
      return { scores, gradient: eye.back(resizeAdjoint(small, eye.side, eye.side, 'linear').data) };
    };
    return {
      classes: this.#classes,
      slope,
      scores: async (picture) => (await slope(picture, { kind: 'cross-entropy', label: 0, sign: 1 })).scores,
    };
  }

  #feeds(): Record<string, FloatTensor> {
    return Object.fromEntries(this.#weights.map(({ name, tensor }) => [name, tensor]));
  }

  async #slope(seen: Float32Array, loss: Loss): Promise<Slope> {
    const values = await this.#attacked.run({
      ...this.#feeds(),
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
