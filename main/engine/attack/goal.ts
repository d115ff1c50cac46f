/** What an attack wants of a network's scores, and how far it is from it. */

/** Away from a class (`untargeted`, the true one), or towards one (`targeted`). */
export interface Goal {
  readonly kind: 'untargeted' | 'targeted';
  /** Index of the class to leave, or to reach. */
  readonly label: number;
}

/** Index of the largest score, the first of equals; -1 for none. */
export function argmax(scores: ArrayLike<number>, except = -1): number {
  let best = -1;
  let top = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? -Infinity;
    if (i === except || !(score > top)) continue;
    top = score;
    best = i;
  }
  return best;
}

/** Indices of the best `count` scores, best first, of equals those before others; fewer where there are fewer. */
export function likeliest(scores: ArrayLike<number>, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? -Infinity;
    let place = found.length;
    while (place > 0 && score > (scores[found[place - 1] ?? 0] ?? -Infinity)) place--;
    if (place >= count) continue;
    found.splice(place, 0, i);
    found.length = Math.min(found.length, count);
  }
  return found;
}

/** Index of the smallest score, the first of equals. */
export function argmin(scores: ArrayLike<number>): number {
  return argmax(Array.from(scores, (score) => -score));
}

/**
 * How far the goal is reached, in logits: positive when it is, by how much the winner leads. Untargeted
 * max z_i − z_y over i ≠ y, targeted z_t − max z_i over i ≠ t (Carlini and Wagner 2017, f₆, with the sign turned).
 * Scores that are no numbers count as not reached.
 */
export function marginOf(scores: ArrayLike<number>, { kind, label }: Goal): number {
  const rival = scores[argmax(scores, label)] ?? -Infinity;
  const lead = rival - (scores[label] ?? NaN);
  if (Number.isNaN(lead)) return -Infinity;
  return kind === 'untargeted' ? lead : -lead;
}

/** log Σ exp z, stable for large scores. */
function logSumExp(scores: ArrayLike<number>): number {
  const top = scores[argmax(scores)] ?? 0;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp((scores[i] ?? 0) - top);
  return top + Math.log(sum);
}

/** Cross-entropy of a class, −log p in nats. */
export function crossEntropy(scores: ArrayLike<number>, label: number): number {
  return logSumExp(scores) - (scores[label] ?? 0);
}
