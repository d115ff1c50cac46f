/** A linear classifier whose attacks have solutions on paper. */
import type { Loss, Classifier, LossGradient } from '../classifier.ts';

/** Scores W·x + b; counts how often it was asked. */
export class LinearClassifier implements Classifier {
  readonly rows: readonly Float32Array[];
  readonly bias: readonly number[];
  calls = 0;

  constructor(rows: readonly (readonly number[])[], bias: readonly number[] = rows.map(() => 0)) {
    this.rows = rows.map((row) => Float32Array.from(row));
    this.bias = bias;
  }

  get classes(): number {
    return this.rows.length;
  }

  scores(picture: Float32Array): Promise<Float32Array> {
    this.calls++;
    const scores = this.rows.map((row, k) =>
      row.reduce((sum, w, i) => sum + w * (picture[i] ?? 0), this.bias[k] ?? 0),
    );
    return Promise.resolve(Float32Array.from(scores));
  }

  async differentiate(picture: Float32Array, loss: Loss): Promise<LossGradient> {
    const scores = await this.scores(picture);
    const seed = seedOf(scores, loss);
    const gradient = picture.map((_, i) =>
      this.rows.reduce((sum, row, k) => sum + (seed[k] ?? 0) * (row[i] ?? 0), 0),
    );
    return { scores, gradient };
  }
}

/** The gradient of a loss with respect to the scores, straight from its definition. */
export function seedOf(scores: Float32Array, loss: Loss): number[] {
  if (loss.kind === 'linear') return [...loss.weights];
  const { kind, label, sign } = loss;
  const top = Math.max(...scores);
  const total = scores.reduce((sum, z) => sum + Math.exp(z - top), 0);
  const rivals = [...scores].map((z, k) => (k === label ? -Infinity : z));
  const winner = rivals.indexOf(Math.max(...rivals));
  return [...scores].map((z, k) => {
    const raised = kind === 'margin' ? Number(k === winner) : Math.exp(z - top) / total;
    return sign * (raised - Number(k === label));
  });
}
