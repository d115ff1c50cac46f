/**
 * A network as an attack sees it: samples of the user's own picture in, scores out, and gradients that come back to those
 * samples. Resizing, cropping and preprocessing are inside, so ε means the same for every network.
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

export interface Slope {
  /** Scores at the point itself. */
  readonly scores: Float32Array;
  /** As many values as the picture has samples; the next call may overwrite them. */
  readonly gradient: Float32Array;
}

export interface Oracle {
  /** How many scores it gives. */
  readonly classes: number;
  /** Scores (logits, any offset) of a picture: planar samples in [0, 1]. */
  scores(picture: Float32Array): Promise<Float32Array>;
  /** Scores, and the gradient of a loss of them with respect to the samples. */
  slope(picture: Float32Array, loss: Loss): Promise<Slope>;
}
