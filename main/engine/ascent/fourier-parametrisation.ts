/**
 * Pictures as decorrelated colours in the Fourier domain (lucid's `fft_image`): steepest ascent is then taken in a space where
 * photos are white, so that coarse shapes grow as readily as fine ones and no high-frequency noise takes over.
 */
import { correlate, correlateAdjoint, logistic, logisticGradient } from './colour-decorrelation.ts';
import { START_DEVIATION, startNoise, type BatchShape, type Parametrisation } from './parametrisation.ts';
import { normal } from './random.ts';
import { frequencies, Spectrum } from './spectrum.ts';

/** Divides the decoded plane, so that the start is nearly grey (lucid). */
const CONTRAST = 4;

/** The start of the stream of what all images of a batch share. */
const SHARED_COPY = -1;

/** Images share frequencies up to this many waves across the picture (lucid's tensors of 8 and 16 pixels a side). */
const SHARED_WAVES = 8;

/** 1/f amplitudes, f at least one wave over the longer side, times √(W·H): lucid's `decay_power` 1. */
export function amplitudes(width: number, height: number): Float64Array {
  const least = 1 / Math.max(width, height);
  return frequencies(width, height).map((f) => Math.sqrt(width * height) / Math.max(f, least) / CONTRAST);
}

/**
 * @param shared whether all images have their coarsest waves in common, which keeps a row of interpolations aligned
 */
export function fourierParametrisation(
  { width, height, copies }: BatchShape,
  seed: number,
  shared = false,
): Parametrisation {
  const spectrum = new Spectrum(width, height);
  const plane = width * height;
  const scale = amplitudes(width, height);
  const waves = frequencies(width, height).map((f) => f * Math.max(width, height));
  const common = waves.map((f) => (shared && f <= SHARED_WAVES ? 1 : 0));
  const own = 3 * spectrum.size;
  const size = (copies.length + (shared ? 1 : 0)) * own;
  const half = new Float64Array(spectrum.size);
  const planes = new Float64Array(3 * plane);
  const sharedAt = copies.length * own;

  return {
    size,
    start() {
      const parameters = new Float64Array(size);
      [...copies, ...(shared ? [SHARED_COPY] : [])].forEach((copy, i) => {
        const next = startNoise(seed, copy);
        for (let j = i * own; j < (i + 1) * own; j++) parameters[j] = START_DEVIATION * normal(next);
      });
      return parameters;
    },

    decode(parameters, images) {
      for (let i = 0; i < copies.length; i++) {
        for (let c = 0; c < 3; c++) {
          const at = i * own + c * spectrum.size;
          const other = sharedAt + c * spectrum.size;
          for (let j = 0; j < spectrum.size; j++) {
            const both =
              (parameters[at + j] ?? 0) + (shared ? (common[j >> 1] ?? 0) * (parameters[other + j] ?? 0) : 0);
            half[j] = (scale[j >> 1] ?? 0) * both;
          }
          spectrum.toPlane(half, 0, planes, c * plane);
        }
        correlate(planes, 0, plane);
        logistic(planes, 0, 3 * plane, images, 3 * i * plane);
      }
    },

    pull(gradient, images, into) {
      into.fill(0, sharedAt);
      for (let i = 0; i < copies.length; i++) {
        logisticGradient(gradient, images, 3 * i * plane, 3 * plane, planes, 0);
        correlateAdjoint(planes, 0, plane);
        for (let c = 0; c < 3; c++) {
          const at = i * own + c * spectrum.size;
          spectrum.toHalf(planes, c * plane, into, at);
          for (let j = 0; j < spectrum.size; j++) into[at + j] = (into[at + j] ?? 0) * (scale[j >> 1] ?? 0);
          if (!shared) continue;
          const other = sharedAt + c * spectrum.size;
          for (let j = 0; j < spectrum.size; j++) {
            into[other + j] = (into[other + j] ?? 0) + (common[j >> 1] ?? 0) * (into[at + j] ?? 0);
          }
        }
      }
    },
  };
}
