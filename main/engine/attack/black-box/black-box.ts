/**
 * A network as a black box: it answers what it sees in a picture, and counts how often it was asked. There is no way from here
 * to its gradients, its features or its weights.
 */
import type { Classifier } from '../classifier.ts';
import { argmax, crossEntropy } from '../goal.ts';

export class BlackBox {
  readonly #ask: (picture: Float32Array) => Promise<Float32Array>;
  #queries = 0;

  constructor(classifier: Pick<Classifier, 'scores'>) {
    this.#ask = (picture) => classifier.scores(picture);
  }

  /** How many pictures it has been shown. */
  get queries(): number {
    return this.#queries;
  }

  /** The logarithms of all probabilities of a picture: planar samples in [0, 1]. Costs one query. */
  async classify(picture: Float32Array): Promise<Float32Array> {
    this.#queries++;
    const scores = await this.#ask(picture);
    const norm = crossEntropy(scores, 0) + (scores[0] ?? 0);
    return scores.map((score) => score - norm);
  }

  /** The likeliest class alone, for attacks that are told no more. Costs one query. */
  async label(picture: Float32Array): Promise<number> {
    this.#queries++;
    return argmax(await this.#ask(picture));
  }
}
