import { describe, expect, it } from 'vitest';
import { normal, random } from './random.ts';
import { frequencies, Spectrum } from './spectrum.ts';

const noise = (length: number, seed: number): Float64Array => {
  const next = random(seed);
  return Float64Array.from({ length }, () => normal(next));
};

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('frequencies', () => {
  it('are those of numpy, fftfreq down and rfftfreq across', () => {
    const found = frequencies(4, 5);
    const down = [0, 0.2, 0.4, -0.4, -0.2];
    const across = [0, 0.25, 0.5];
    const expected = down.flatMap((fy) => across.map((fx) => Math.hypot(fx, fy)));
    expect([...found]).toEqual(expected);
    expect([...frequencies(3, 1)]).toEqual([0, 1 / 3]);
    expect(frequencies(2, 4)[4]).toBe(0.5);
  });
});

describe.each([
  [8, 8],
  [9, 8],
  [8, 9],
  [7, 5],
  [1, 4],
  [6, 1],
  [32, 20],
])('planes of %i×%i', (width, height) => {
  const spectrum = new Spectrum(width, height);

  it('are sums of waves, as irfft2 of numpy makes them', () => {
    const half = noise(spectrum.size, 3);
    const plane = new Float64Array(width * height);
    spectrum.toPlane(half, 0, plane, 0);
    const expected = Array.from(plane, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      let sum = 0;
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < spectrum.columns; u++) {
          const angle = 2 * Math.PI * ((u * x) / width + (v * y) / height);
          const at = 2 * (v * spectrum.columns + u);
          const [re, im] = [half[at] ?? 0, half[at + 1] ?? 0];
          // Where a column is its own conjugate, the sum over the rows already is; its imaginary part is dropped.
          const weight = u === 0 || 2 * u === width ? 1 : 2;
          sum += weight * (re * Math.cos(angle) - im * Math.sin(angle));
        }
      }
      return sum / (width * height);
    });
    plane.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 10));
  });

  it('have an exact adjoint', () => {
    const [half, plane] = [noise(spectrum.size, 4), noise(width * height, 5)];
    const [made, back] = [new Float64Array(width * height), new Float64Array(spectrum.size)];
    spectrum.toPlane(half, 0, made, 0);
    spectrum.toHalf(plane, 0, back, 0);
    expect(dot(made, plane)).toBeCloseTo(dot(half, back), 10);
  });
});
