/** Adam (Kingma & Ba 2015) and its variant with Nesterov's momentum, NAdam (Dozat 2016), upwards: they maximise. */

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Everything that a later step depends on. */
export interface AdamState {
  readonly mean: Float64Array;
  readonly square: Float64Array;
  readonly steps: number;
}

export class Adam {
  readonly #rate: number;
  readonly #nesterov: boolean;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #steps = 0;

  /**
   * @param size how many parameters there are
   * @param rate about the change of a parameter in a step
   */
  constructor(size: number, rate: number, { nesterov = false }: { nesterov?: boolean } = {}) {
    this.#rate = rate;
    this.#nesterov = nesterov;
    this.#mean = new Float64Array(size);
    this.#square = new Float64Array(size);
  }

  /** The live buffers, valid until the next step. */
  get state(): AdamState {
    return { mean: this.#mean, square: this.#square, steps: this.#steps };
  }

  /** Goes on from a state of as many parameters. */
  restore({ mean, square, steps }: AdamState): void {
    this.#mean.set(mean);
    this.#square.set(square);
    this.#steps = steps;
  }

  /** A step uphill, in place. */
  ascend(parameters: Float64Array, gradient: Float64Array | Float32Array): void {
    const t = ++this.#steps;
    const [m, v] = [this.#mean, this.#square];
    const unbias = 1 / (1 - BETA1 ** t);
    // NAdam looks one step ahead: the momentum of the next step, and this step's gradient.
    const ofMean = this.#nesterov ? BETA1 / (1 - BETA1 ** (t + 1)) : unbias;
    const ofGradient = this.#nesterov ? (1 - BETA1) * unbias : 0;
    const unbiasSquare = 1 / (1 - BETA2 ** t);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i] ?? 0;
      const mean = BETA1 * (m[i] ?? 0) + (1 - BETA1) * g;
      const square = BETA2 * (v[i] ?? 0) + (1 - BETA2) * g * g;
      m[i] = mean;
      v[i] = square;
      const direction = ofMean * mean + ofGradient * g;
      parameters[i] =
        (parameters[i] ?? 0) + (this.#rate * direction) / (Math.sqrt(unbiasSquare * square) + EPSILON);
    }
  }
}
