/**
 * A network under attack, as a function of the user's own picture: its samples in, scores out, and gradients with respect to
 * those samples. Resizing, cropping and preprocessing are inside, so ε means the same for every network.
 */

/**
 * A function of the scores z whose gradient is wanted. `sign` −1 asks for the gradient of its negative.
 * - `cross-entropy`: log Σ exp z − z_label
 * - `margin`: max z_i over i ≠ label, minus z_label
 * - `linear`: Σ weights·z
 */
export type Loss =
  | { readonly kind: 'cross-entropy' | 'margin'; readonly label: number; readonly sign: 1 | -1 }
  | { readonly kind: 'linear'; readonly weights: Float32Array };

export interface LossGradient {
  /** Scores at the point itself. */
  readonly scores: Float32Array;
  /** One value for each sample of the picture; the next call may overwrite them. */
  readonly gradient: Float32Array;
}

export interface Classifier {
  /** The number of scores. */
  readonly classes: number;
  /** Scores (logits, any offset) of a picture: planar samples in [0, 1]. */
  scores(picture: Float32Array): Promise<Float32Array>;
  /** Scores, and the gradient of a loss of them with respect to the samples. */
  differentiate(picture: Float32Array, loss: Loss): Promise<LossGradient>;
}
