/** Measures against published implementations, which `fixtures/reference.py` asked the same of the same network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRecord } from '../../../../shared/schema.ts';
import { createPixels, pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import { masked } from '../masked.ts';
import { fidelityOf, roadOf, roadPictures, stepsFrom, type Answer } from './faithfulness.ts';
import { gini } from './figures.ts';
import { ranked } from './relevance.ts';

interface Reference {
  readonly imputed: readonly number[];
  readonly road: number;
  readonly flipping: readonly number[];
  readonly subsets: readonly (readonly number[])[];
  readonly correlation: number;
  readonly sparseness: number;
}
const isReference = (value: unknown): value is Reference & Record<string, unknown> =>
  isRecord(value) && Array.isArray(value['imputed']) && Array.isArray(value['subsets']);
const reference: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/reference.json'), 'utf8'),
);
if (!isReference(reference)) throw new Error('reference.json has changed its form.');

const [WIDTH, HEIGHT, CLASS] = [20, 10, 1];
const PLANE = WIDTH * HEIGHT;
const wave = (count: number, factor: number, square: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(factor * i + square * i * i));

const picture = pixelsFrom(
  WIDTH,
  HEIGHT,
  Float32Array.from(wave(3 * PLANE, 0.71, 0.013), (value) => 0.5 + 0.5 * value),
);
const map = Float32Array.from(wave(PLANE, 1.7, 0.0041));
const weights = wave(9 * PLANE, 0.37, 0.0023).slice(CLASS * 3 * PLANE, (CLASS + 1) * 3 * PLANE);
const linear = ({ data }: Pixels): Answer => ({
  logit: data.reduce((sum, value, i) => sum + (value * (weights[i] ?? 0)) / 4, 0),
  probability: null,
});
const order = ranked(map, 1);

it('ROAD imputes and scores as pytorch-grad-cam does', () => {
  const pictures = roadPictures(picture, order, 1, 0);
  pictures[0]?.data.forEach((value, i) => {
    expect(Math.abs(value - (reference.imputed[i] ?? NaN))).toBeLessThan(1e-5);
  });
  expect(Math.abs(roadOf(pictures.map(linear)).logit - reference.road)).toBeLessThan(1e-3);
});

it("deletion is Quantus' pixel flipping", () => {
  const answers = stepsFrom(picture, createPixels(WIDTH, HEIGHT), order).map(linear);
  // It takes the colours of a pixel one after the other: every third of its steps ends with whole pixels.
  const whole = reference.flipping.filter((_, i) => i % 3 === 2);
  expect(whole).toHaveLength(answers.length - 1);
  whole.forEach((value, i) => {
    expect(Math.abs((answers[i + 1]?.logit ?? NaN) - value)).toBeLessThan(1e-3);
  });
});

it("μFidelity is Quantus' faithfulness correlation, of the same subsets", () => {
  const kept = reference.subsets.map((subset) => {
    const mask = new Float32Array(PLANE).fill(1);
    for (const i of subset) mask[i] = 0;
    return mask;
  });
  const answers = kept.map((mask) => linear({ ...picture, data: masked(picture, mask, [0, 0, 0]) }));
  const found = fidelityOf(map, kept, linear(picture), answers) ?? NaN;
  expect(Math.abs(found - reference.correlation)).toBeLessThan(1e-3);
});

it("sparseness is Quantus'", () => {
  expect(Math.abs(gini(map) - reference.sparseness)).toBeLessThan(1e-3);
});
