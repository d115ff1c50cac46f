import { describe, expect, it } from 'vitest';
import { amplitudes, fourierParametrisation } from './fourier-parametrisation.ts';
import { macoParametrisation, photoMagnitudes } from './maco.ts';
import { pixelParametrisation, type BatchShape, type Parametrisation } from './parametrisation.ts';
import { normal, random } from './random.ts';
import { frequencies } from './spectrum.ts';

const shape = (copies: readonly number[], width = 12, height = 10): BatchShape => ({ width, height, copies });

const kinds: [string, (batch: BatchShape) => Parametrisation][] = [
  ['pixels', (batch) => pixelParametrisation(batch, 7)],
  ['Fourier', (batch) => fourierParametrisation(batch, 7)],
  ['Fourier with shared waves', (batch) => fourierParametrisation(batch, 7, true)],
  ['MACO', (batch) => macoParametrisation(batch, 7)],
];

function imagesOf(parametrisation: Parametrisation, parameters: Float64Array, length: number): Float32Array {
  const images = new Float32Array(length);
  parametrisation.decode(parameters, images);
  return images;
}

describe.each(kinds)('%s', (_, make) => {
  it.each([
    [12, 10],
    [9, 11],
  ])('pulls gradients back to the parameters of %i×%i pixels', (width, height) => {
    const parametrisation = make(shape([0, 1], width, height));
    const length = 2 * 3 * width * height;
    const next = random(3);
    const direction = Float64Array.from({ length: parametrisation.size }, () => normal(next));
    const weights = Float32Array.from({ length }, () => normal(next));
    // Away from the start, where every image is nearly grey.
    const here = parametrisation.start().map((value, i) => value + 0.02 * (direction[i] ?? 0));
    const objective = (step: number): number => {
      const at = here.map((value, i) => value + step * (direction[i] ?? 0));
      return imagesOf(parametrisation, at, length).reduce(
        (sum, value, i) => sum + value * (weights[i] ?? 0),
        0,
      );
    };
    const step = 1e-3;
    const difference =
      (8 * (objective(step) - objective(-step)) - (objective(2 * step) - objective(-2 * step))) / (12 * step);
    const images = imagesOf(parametrisation, here, length);
    const ofParameters = new Float64Array(parametrisation.size).fill(NaN);
    parametrisation.pull(weights, images, ofParameters);
    const along = ofParameters.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0);
    // Along a random direction of unit deviation a derivative is about as large as the gradient is long.
    expect(Math.abs(along - difference)).toBeLessThan(1e-3 * Math.hypot(...ofParameters));
  });

  it('begins with the same image for the same seed and copy, and with another for another copy', () => {
    const each = 3 * 12 * 10;
    const three = make(shape([0, 1, 0]));
    const images = imagesOf(three, three.start(), 3 * each);
    const part = (i: number): number[] => [...images.subarray(i * each, (i + 1) * each)];
    expect(part(0)).toEqual(part(2));
    expect(part(0)).not.toEqual(part(1));
    expect(Math.min(...images)).toBeGreaterThan(0);
    expect(Math.max(...images)).toBeLessThan(1);
  });
});

describe('the waves of the Fourier parametrisation', () => {
  it('are scaled as lucid scales them', () => {
    const found = amplitudes(8, 6);
    const f = frequencies(8, 6);
    // scale = 1/max(f, 1/max(w, h)) · √(w·h), and the decoded plane is divided by 4.
    expect(found[0]).toBeCloseTo((8 * Math.sqrt(48)) / 4, 10);
    expect(found[7]).toBeCloseTo(Math.sqrt(48) / (f[7] ?? 0) / 4, 10);
  });
});

describe('the magnitudes of photos', () => {
  it('fall with the frequency by a power near 1.4 in every colour, at every size', () => {
    for (const side of [64, 256]) {
      const waves = frequencies(side, side);
      const magnitudes = photoMagnitudes(side, side);
      for (let c = 0; c < 3; c++) {
        const at = c * waves.length;
        const exponent = Math.log2((magnitudes[at + 8] ?? 0) / (magnitudes[at + 4] ?? 0));
        expect(exponent).toBeLessThan(-1.36);
        expect(exponent).toBeGreaterThan(-1.44);
      }
    }
  });

  it('are all that MACO keeps: only phases are parameters', () => {
    expect(macoParametrisation(shape([0]), 0).size).toBe(3 * 10 * 7);
  });
});
