/**
 * The rescue of units that are silent. On noise many are: behind their ReLU there is no gradient, and the image would stay
 * grey. As in the literature, the gradient of such a unit is then redirected through closed gates for the first steps (lucid),
 * and a unit that stays silent is maximised before its ReLU (TensorFlow's tutorial). What is done is told.
 */
import type { Name } from '../../graph/graph.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { beforeGate } from './pre-gate.ts';
import type { Goal } from './unit-goals.ts';
import { UnitGradient, type ValuesAndGradient, type ViewBatch } from './unit-gradient.ts';
import type { MethodContext } from '../common/context.ts';

/** Steps in which closed gates let gradients through (lucid). */
const REDIRECTED_STEPS = 16;

export interface RescueOptions {
  /** The layer whose textures are to differ between the images; `null` where they need not. */
  readonly diverse: Name | null;
  readonly cosinePower: number;
  readonly smoothedPooling: boolean;
  /** Whether silent units are first helped by redirecting their gradient. */
  readonly redirect: boolean;
}

/** What a gradient has found out about the units on the way, as far as later steps depend on it. */
export interface RescueState {
  /** Images whose units are maximised before their gates. */
  readonly opened: readonly number[];
  readonly awake: readonly number[];
  readonly notes: readonly string[];
}

export class RescuingGradient {
  /** What had to be done, as sentences; grows while steps are taken. */
  readonly notes: string[] = [];
  readonly #context: MethodContext;
  readonly #view: ViewBatch;
  readonly #options: RescueOptions;
  /** One for each image. */
  readonly #goals: Goal[];
  /** Images that have had a gradient of their own: from then on, a step without one is a matter of the step's transform. */
  readonly #awake = new Set<number>();
  readonly #opened = new Set<number>();
  #plain: UnitGradient | undefined;
  #redirected: UnitGradient | undefined;

  /**
   * @param goals one for each image
   * @param view `batch` is a multiple of the number of images: the views of each, together
   */
  constructor(context: MethodContext, goals: readonly Goal[], view: ViewBatch, options: RescueOptions) {
    this.#context = context;
    this.#goals = [...goals];
    this.#view = view;
    this.#options = options;
  }

  get state(): RescueState {
    return { opened: [...this.#opened], awake: [...this.#awake], notes: this.notes };
  }

  /** Goes on from a state of the same goals, before the first gradient. */
  restore({ opened, awake, notes }: RescueState): void {
    for (const image of opened) this.#lower(image);
    for (const image of awake) this.#awake.add(image);
    this.notes.push(...notes);
  }

  /**
   * @param views [batch, 3, H, W]
   * @param step counted from 1
   * @param diversity weight of the diversity term
   * @throws ReverieError `layer/unusable` for a unit that no picture can excite
   */
  async at(views: Float32Array, step: number, diversity: number): Promise<ValuesAndGradient> {
    this.#plain ??= await this.#create(false);
    if (step > REDIRECTED_STEPS) await this.#dropRedirected();
    const found = await this.#plain.at(views, diversity);
    const silent = this.#silentOf(found.gradient);
    for (let i = 0; i < this.#goals.length; i++) if (!silent.includes(i)) this.#awake.add(i);
    let asleep = silent.filter((image) => !this.#awake.has(image));
    if (asleep.length > 0 && this.#options.redirect && step <= REDIRECTED_STEPS) {
      this.#redirected ??= await this.#create(true);
      const redirected = await this.#redirected.at(views, diversity);
      for (const image of asleep) copyShare(redirected.gradient, found.gradient, image, this.#goals.length);
      if (step === 1) {
        this.notes.push(
          `On noise no gradient comes from ${this.#names(asleep)}, so it is led through closed ReLUs for up to ${REDIRECTED_STEPS} steps.`,
        );
      }
      const still = this.#silentOf(found.gradient);
      asleep = asleep.filter((image) => still.includes(image));
    }
    if (asleep.length === 0) return found;
    return this.#openUp(asleep, views, diversity);
  }

  async release(): Promise<void> {
    await this.#plain?.release();
    this.#plain = undefined;
    await this.#dropRedirected();
  }

  async #dropRedirected(): Promise<void> {
    await this.#redirected?.release();
    this.#redirected = undefined;
  }

  /** Maximises the units of some images before their gates from now on. */
  async #openUp(
    images: readonly number[],
    views: Float32Array,
    diversity: number,
  ): Promise<ValuesAndGradient> {
    for (const image of images) this.#lower(image);
    await this.release();
    this.#plain = await this.#create(false);
    const found = await this.#plain.at(views, diversity);
    const silent = this.#silentOf(found.gradient).filter((image) => images.includes(image));
    if (silent.length > 0) {
      throw new ReverieError(
        'layer/unusable',
        `${this.#names(silent)} has no gradient on noise, not even before its ReLU, so nothing can be optimised; choose another unit.`,
      );
    }
    this.notes.push(
      `No gradient came from ${this.#names(images)} behind the ReLU, so the value before it is maximised instead.`,
    );
    for (const image of images) this.#awake.add(image);
    return found;
  }

  /** An image's units, from behind their gates to before them. */
  #lower(image: number): void {
    const { model } = this.#context;
    const axes = model.axes();
    this.#goals[image] = (this.#goals[image] ?? []).map(
      (term) => beforeGate(model.graph, term, axes) ?? term,
    );
    this.#opened.add(image);
  }

  #create(redirected: boolean): Promise<UnitGradient> {
    const { diverse, cosinePower, smoothedPooling } = this.#options;
    const count = this.#view.batch / this.#goals.length;
    const goals = this.#goals.flatMap((goal) => Array.from({ length: count }, () => goal));
    return UnitGradient.create(this.#context, goals, this.#view, {
      diverse,
      cosinePower,
      smoothedPooling,
      redirected,
    });
  }

  /** Images without any gradient. */
  #silentOf(gradient: Float32Array): number[] {
    const share = gradient.length / this.#goals.length;
    return this.#goals.flatMap((_, image) => {
      for (let i = image * share; i < (image + 1) * share; i++) if (gradient[i] !== 0) return [];
      return [image];
    });
  }

  #names(images: readonly number[]): string {
    const names = images.map((image) => (this.#goals[image] ?? []).map(({ text }) => text).join(' '));
    return [...new Set(names)].map((name) => `"${name}"`).join(', ');
  }
}

/** Copies one image's share of a batch. */
function copyShare(from: Float32Array, to: Float32Array, image: number, images: number): void {
  const share = from.length / images;
  to.set(from.subarray(image * share, (image + 1) * share), image * share);
}
