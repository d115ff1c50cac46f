/**
 * Colours as an optimiser should see them: the three directions in which the colours of photos vary, independent of each other
 * (lucid, "color decorrelation"), and the logistic function that keeps every value a colour.
 */

/** Square root of the covariance of ImageNet's colours; rows R, G, B (lucid). */
const CORRELATION = [
  [0.26, 0.09, 0.02],
  [0.27, 0.0, -0.05],
  [0.27, -0.09, 0.03],
] as const;

const largestNorm = Math.max(...[0, 1, 2].map((j) => Math.hypot(...CORRELATION.map((row) => row[j] ?? 0))));

/** lucid's matrix divided by its largest column norm, row-major: rgb = M·t. */
export const COLOURS: readonly number[] = CORRELATION.flatMap((row) =>
  row.map((value) => value / largestNorm),
);

/** In place, rgb = M·t for the three planes of `plane` numbers each from `at` on. */
export function correlate(data: Float64Array, at: number, plane: number): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, k = 0] = COLOURS;
  for (let i = at; i < at + plane; i++) {
    const x = data[i] ?? 0;
    const y = data[i + plane] ?? 0;
    const z = data[i + 2 * plane] ?? 0;
    data[i] = a * x + b * y + c * z;
    data[i + plane] = d * x + e * y + f * z;
    data[i + 2 * plane] = g * x + h * y + k * z;
  }
}

/** The adjoint of {@link correlate}, in place: t = Mᵀ·rgb. */
export function correlateAdjoint(data: Float64Array, at: number, plane: number): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, k = 0] = COLOURS;
  for (let i = at; i < at + plane; i++) {
    const x = data[i] ?? 0;
    const y = data[i + plane] ?? 0;
    const z = data[i + 2 * plane] ?? 0;
    data[i] = a * x + d * y + g * z;
    data[i + plane] = b * x + e * y + h * z;
    data[i + 2 * plane] = c * x + f * y + k * z;
  }
}

/** 1/(1+e⁻ˣ) of `count` numbers from `at` on, into a picture. */
export function logistic(
  from: Float64Array,
  at: number,
  count: number,
  into: Float32Array,
  to: number,
): void {
  for (let i = 0; i < count; i++) into[to + i] = 1 / (1 + Math.exp(-(from[at + i] ?? 0)));
}

/** The gradient before {@link logistic} from the one after it and its values there: dx = dy·y·(1−y). */
export function logisticGradient(
  gradient: Float32Array,
  values: Float32Array,
  at: number,
  count: number,
  into: Float64Array,
  to: number,
): void {
  for (let i = 0; i < count; i++) {
    const y = values[at + i] ?? 0;
    into[to + i] = (gradient[at + i] ?? 0) * y * (1 - y);
  }
}
