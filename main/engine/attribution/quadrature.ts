/** Gauss–Legendre quadrature on [0, 1]: n nodes integrate every polynomial of degree 2n − 1 exactly. */

interface QuadratureNode {
  readonly at: number;
  /** All of them sum to 1. */
  readonly weight: number;
}

/** Newton's method doubles the correct digits of a root in each step, from a first guess of about three. */
const NEWTON_STEPS = 8;

/** Value and derivative of the Legendre polynomial of degree `n` at −1 < x < 1, by its three-term recurrence. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}

/** The `count` ≥ 1 nodes in ascending order. */
export function gaussLegendre(count: number): QuadratureNode[] {
  return Array.from({ length: count }, (_, i) => {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const { value, derivative } = legendre(count, x);
      x -= value / derivative;
    }
    const { derivative } = legendre(count, x);
    return { at: (x + 1) / 2, weight: 1 / ((1 - x * x) * derivative * derivative) };
  });
}
