/**
 * MACO (Fel et al. 2023): the magnitudes of the spectrum are those of photos and stay, only the phases are optimised, so that
 * nothing but an arrangement of natural frequencies can excite a unit. It needs no transforms other than crops.
 */
import { correlate, correlateAdjoint, logistic, logisticGradient } from './colour-decorrelation.ts';
import { startNoise, type BatchShape, type Parametrisation } from './parametrisation.ts';
import { normal } from './random.ts';
import { frequencies, Spectrum } from './spectrum.ts';

/**
 * How the magnitudes of photos of {@link FITTED_SIDE} pixels fall with the frequency f in cycles per pixel, in the three
 * decorrelated colours: a·fᵖ. Fitted to the mean spectrum of ImageNet that xplique's MACO works with, between 0.002 and 0.3.
 */
const FALL = [
  { amplitude: 21.4, power: -1.38 },
  { amplitude: 17.2, power: -1.43 },
  { amplitude: 18.7, power: -1.37 },
] as const;

/** A picture of another size shows the same things: the same waves across it, of as many cycles per pixel more or fewer. */
const FITTED_SIDE = 512;

/** Of the mean, which no wave has. */
const MEANS = [2.55e5, 2.7e5, 2.28e5] as const;

/** Photos have almost nothing beyond the highest frequency of a row or a column. */
const HIGHEST = 0.5;

/** Magnitudes of a photo's decorrelated colours: three half spectra, [3, H, ⌊W/2⌋+1], up to a common factor. */
export function photoMagnitudes(width: number, height: number): Float64Array {
  const waves = frequencies(width, height);
  const magnitudes = new Float64Array(3 * waves.length);
  FALL.forEach(({ amplitude, power }, c) => {
    waves.forEach((f, i) => {
      const wave = f > HIGHEST ? 0 : amplitude * ((f * Math.max(width, height)) / FITTED_SIDE) ** power;
      magnitudes[c * waves.length + i] = f === 0 ? (MEANS[c] ?? 0) : wave;
    });
  });
  return magnitudes;
}

/** Subtracts the mean and divides by the deviation, which it returns, of `count` numbers from `at` on; in place. */
function standardise(data: Float64Array, at: number, count: number): number {
  let sum = 0;
  for (let i = at; i < at + count; i++) sum += data[i] ?? 0;
  const mean = sum / count;
  let squares = 0;
  for (let i = at; i < at + count; i++) squares += ((data[i] ?? 0) - mean) ** 2;
  const deviation = Math.sqrt(squares / count) + 1e-12;
  for (let i = at; i < at + count; i++) data[i] = ((data[i] ?? 0) - mean) / deviation;
  return deviation;
}

/** The gradient before {@link standardise} from the one after it, in place; `values` are its results. */
function standardiseAdjoint(
  gradient: Float64Array,
  at: number,
  values: Float64Array,
  from: number,
  count: number,
  deviation: number,
): void {
  let [mean, along] = [0, 0];
  for (let i = 0; i < count; i++) {
    mean += (gradient[at + i] ?? 0) / count;
    along += ((gradient[at + i] ?? 0) * (values[from + i] ?? 0)) / count;
  }
  for (let i = 0; i < count; i++) {
    gradient[at + i] = ((gradient[at + i] ?? 0) - mean - along * (values[from + i] ?? 0)) / deviation;
  }
}

/** @param magnitudes three half spectra of the size of the images */
export function macoParametrisation(
  { width, height, copies }: BatchShape,
  seed: number,
  magnitudes: Float64Array = photoMagnitudes(width, height),
): Parametrisation {
  const spectrum = new Spectrum(width, height);
  const plane = width * height;
  const own = magnitudes.length;
  const each = own / 3;
  const size = copies.length * own;
  const half = new Float64Array(spectrum.size);
  const gradientHalf = new Float64Array(spectrum.size);
  /** Standardised phases and planes of the last decoding, with the deviations they were divided by. */
  const phases = new Float64Array(size);
  const planes = new Float64Array(copies.length * 3 * plane);
  const deviations = copies.map(() => ({ phase: 1, plane: 1 }));
  const scratch = new Float64Array(3 * plane);

  return {
    size,

    start() {
      const parameters = new Float64Array(size);
      copies.forEach((copy, i) => {
        const next = startNoise(seed, copy);
        for (let j = i * own; j < (i + 1) * own; j++) parameters[j] = normal(next);
      });
      return parameters;
    },

    decode(parameters, images) {
      phases.set(parameters);
      deviations.forEach((deviation, i) => {
        deviation.phase = standardise(phases, i * own, own);
        const at = 3 * i * plane;
        for (let c = 0; c < 3; c++) {
          for (let j = 0; j < each; j++) {
            const [phase, magnitude] = [phases[i * own + c * each + j] ?? 0, magnitudes[c * each + j] ?? 0];
            half[2 * j] = magnitude * Math.cos(phase);
            half[2 * j + 1] = magnitude * Math.sin(phase);
          }
          spectrum.toPlane(half, 0, planes, at + c * plane);
        }
        deviation.plane = standardise(planes, at, 3 * plane);
        scratch.set(planes.subarray(at, at + 3 * plane));
        correlate(scratch, 0, plane);
        logistic(scratch, 0, 3 * plane, images, at);
      });
    },

    pull(gradient, images, into) {
      deviations.forEach((deviation, i) => {
        const at = 3 * i * plane;
        logisticGradient(gradient, images, at, 3 * plane, scratch, 0);
        correlateAdjoint(scratch, 0, plane);
        standardiseAdjoint(scratch, 0, planes, at, 3 * plane, deviation.plane);
        for (let c = 0; c < 3; c++) {
          spectrum.toHalf(scratch, c * plane, gradientHalf, 0);
          for (let j = 0; j < each; j++) {
            const k = i * own + c * each + j;
            const [phase, magnitude] = [phases[k] ?? 0, magnitudes[c * each + j] ?? 0];
            into[k] =
              magnitude *
              ((gradientHalf[2 * j + 1] ?? 0) * Math.cos(phase) -
                (gradientHalf[2 * j] ?? 0) * Math.sin(phase));
          }
        }
        standardiseAdjoint(into, i * own, phases, i * own, own, deviation.phase);
      });
    },
  };
}
