/** Measures of linear networks, whose answers have closed forms, and imputation against a direct solution. */
import { describe, expect, it } from 'vitest';
import type { Measures } from '../../../../shared/methods/explain.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import {
  areaOf,
  composed,
  fidelityOf,
  roadOf,
  roadPictures,
  stepsFrom,
  STEPS,
  subsetPictures,
  subsets,
  SUBSETS,
  type Answer,
} from './faithfulness.ts';
import { areaUnder, correlation, gini } from './figures.ts';
import { impute } from './imputation.ts';
import { blurred, centreMap, edgeMap, randomMap, ranked, relevanceOf } from './relevance.ts';
import { verdictOf, winsOf } from './verdict.ts';

const [WIDTH, HEIGHT] = [10, 6];
const PLANE = WIDTH * HEIGHT;

function wavy(width = WIDTH, height = HEIGHT): Pixels {
  const picture = createPixels(width, height);
  picture.data.forEach((_, i) => (picture.data[i] = 0.5 + 0.5 * Math.sin(7.1 * i + 0.01 * i * i)));
  return picture;
}

/** A network that adds up its pixels with weights, as logits. */
const weights = Float32Array.from({ length: 3 * PLANE }, (_, i) => Math.cos(3.3 * i * i));
const linear = ({ data }: Pixels): Answer => ({
  logit: data.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0),
  probability: null,
});

/** What each pixel gives to the score, against black. */
function contributions({ data }: Pixels): Float32Array {
  return Float32Array.from({ length: PLANE }, (_, i) =>
    [0, 1, 2].reduce((sum, c) => sum + (data[c * PLANE + i] ?? 0) * (weights[c * PLANE + i] ?? 0), 0),
  );
}

const black = createPixels(WIDTH, HEIGHT);
const deletion = (picture: Pixels, order: Uint32Array): number =>
  areaOf(stepsFrom(picture, black, order).map(linear)).logit;

describe('deletion', () => {
  const picture = wavy();
  const parts = contributions(picture);

  it('by w·x of a linear network is the closed form, and the lowest of all', () => {
    const order = ranked(parts, 1);
    const sorted = Array.from(parts).sort((a, b) => b - a);
    const left = (count: number): number => sorted.slice(count).reduce((a, b) => a + b, 0);
    const areas = Array.from({ length: STEPS + 1 }, (_, step) => left((step * PLANE) / STEPS));
    expect(deletion(picture, order)).toBeCloseTo(areaUnder(areas), 4);
    for (let seed = 1; seed <= 30; seed++)
      expect(deletion(picture, ranked(randomMap(picture, seed), seed))).toBeGreaterThan(
        deletion(picture, order),
      );
  });

  it('in random order is, in the mean, half of the score', () => {
    const areas = Array.from({ length: 400 }, (_, seed) =>
      deletion(picture, ranked(randomMap(picture, seed), seed)),
    );
    const mean = areas.reduce((a, b) => a + b, 0) / areas.length;
    const spread = Math.sqrt(areas.reduce((sum, a) => sum + (a - mean) ** 2, 0) / areas.length / 400);
    expect(Math.abs(mean - linear(picture).logit / 2)).toBeLessThan(4 * spread);
  });

  it('and insertion are mirror images between the same two pictures', () => {
    const order = ranked(parts, 1);
    const insertion = areaOf(stepsFrom(black, picture, order).map(linear)).logit;
    expect(deletion(picture, order) + insertion).toBeCloseTo(linear(picture).logit, 4);
  });

  it('takes whole pixels, and keeps the probability where there is one', () => {
    const half = composed(black, picture, Uint32Array.of(3, 5), 1);
    [0, 1, 2].forEach((c) => {
      expect(half.data[c * PLANE + 3]).toBe(0);
      expect(half.data[c * PLANE + 5]).toBe(picture.data[c * PLANE + 5]);
    });
    expect(areaOf([1, 0].map((probability) => ({ logit: 2, probability })))).toEqual({
      logit: 2,
      probability: 0.5,
    });
  });
});

/** The imputed values by Gaussian elimination, one colour. */
function direct({ width, height, data }: Pixels, removed: Uint8Array): Float64Array {
  const unknowns = Array.from(removed.keys()).filter((i) => removed[i] === 1);
  const rows = unknowns.map((i) => {
    const row = new Float64Array(unknowns.length + 1);
    for (const [dx, dy] of [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [x, y] as const))) {
      const [x, y] = [(i % width) + dx, Math.floor(i / width) + dy];
      if ((dx === 0 && dy === 0) || x < 0 || y < 0 || x >= width || y >= height) continue;
      const weight = dx !== 0 && dy !== 0 ? 1 / 12 : 1 / 6;
      const j = y * width + x;
      row[unknowns.indexOf(i)] = (row[unknowns.indexOf(i)] ?? 0) + weight;
      if (removed[j] === 1) row[unknowns.indexOf(j)] = -weight;
      else row[unknowns.length] = (row[unknowns.length] ?? 0) + weight * (data[j] ?? 0);
    }
    return row;
  });
  rows.forEach((pivot, k) => {
    const scale = pivot[k] ?? 1;
    pivot.forEach((value, c) => (pivot[c] = value / scale));
    rows.forEach((row, r) => {
      const factor = row[k] ?? 0;
      if (r !== k && factor !== 0) pivot.forEach((value, c) => (row[c] = (row[c] ?? 0) - factor * value));
    });
  });
  return Float64Array.from(rows, (row) => row[unknowns.length] ?? NaN);
}

describe('imputation', () => {
  const masks: [string, number, number, (x: number, y: number) => boolean][] = [
    ['a hole', 20, 15, (x, y) => Math.hypot(x - 10, y - 7) < 6],
    ['all but a spot', 20, 15, (x, y) => Math.hypot(x - 4, y - 11) > 2],
    ['half of it, up to the border', 17, 12, (x) => x < 12],
    ['scattered pixels', 16, 16, (x, y) => (x * 7 + y * 13) % 5 < 3],
    ['all but one pixel', 11, 7, (x, y) => x !== 5 || y !== 3],
    ['a line', 30, 1, (x) => x % 4 !== 0],
  ];
  it.each(masks)('of %s is the direct solution', (_, width, height, gone) => {
    const picture = wavy(width, height);
    const plane = width * height;
    const removed = Uint8Array.from({ length: plane }, (_unused, i) =>
      gone(i % width, Math.floor(i / width)) ? 1 : 0,
    );
    const found = impute(picture, removed, 0, 1);
    const unknowns = Array.from(removed.keys()).filter((i) => removed[i] === 1);
    for (let c = 0; c < 3; c++) {
      const own = { ...picture, data: picture.data.subarray(c * plane, (c + 1) * plane) };
      const wanted = direct(own, removed);
      unknowns.forEach((i, k) => {
        expect(Math.abs((found.data[c * plane + i] ?? NaN) - (wanted[k] ?? NaN))).toBeLessThan(1e-6);
      });
      removed.forEach((out, i) => {
        if (out === 0) expect(found.data[c * plane + i]).toBe(picture.data[c * plane + i]);
      });
    }
  });

  it('adds noise of the deviation that is asked for, the same for the same seed', () => {
    const picture = createPixels(60, 60, 0.5);
    const removed = new Uint8Array(3600).fill(1, 60);
    const found = impute(picture, removed, 0.01, 4);
    const noise = Array.from(found.data.subarray(60, 3600), (value) => value - 0.5);
    const deviation = Math.sqrt(noise.reduce((sum, v) => sum + v * v, 0) / noise.length);
    expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(0.05);
    expect(impute(picture, removed, 0.01, 4)).toEqual(found);
    expect(impute(picture, removed, 0.01, 5)).not.toEqual(found);
  });
});

describe('ROAD', () => {
  it('is high for what a network goes by, and the opposite for the opposite', () => {
    const picture = wavy(20, 20);
    const spot = (x: number, y: number): number => (Math.hypot(x - 6, y - 6) < 3 ? 1 : 0);
    const relevance = Float32Array.from({ length: 400 }, (_, i) => spot(i % 20, Math.floor(i / 20)));
    // The contrast within the spot is gone when it is imputed.
    const contrast = ({ data }: Pixels): Answer => ({
      logit: relevance.reduce((sum, r, i) => sum + r * ((data[i] ?? 0) - 0.5) ** 2, 0),
      probability: null,
    });
    const road = (map: Float32Array): number =>
      roadOf(roadPictures(picture, ranked(map, 1), 1, 0).map(contrast)).logit;
    expect(road(relevance)).toBeGreaterThan(0.3);
    // Of the background, ties are drawn by lot, so that the opposite is not quite the same.
    expect(road(relevance.map((r) => -r))).toBeLessThan(-0.3);
  });
});

describe('μFidelity', () => {
  const picture = wavy(18, 12);
  const kept = subsets(picture, 3);

  it('takes out a fifth of a grid, each time another one', () => {
    expect(kept).toHaveLength(SUBSETS);
    const shares = kept.map((mask) => 1 - mask.reduce((a, b) => a + b, 0) / mask.length);
    expect(shares.reduce((a, b) => a + b, 0) / SUBSETS).toBeCloseTo(0.2, 1);
    expect(new Set(kept.map((mask) => mask.join(''))).size).toBe(SUBSETS);
  });

  it('is 1 for what a linear network adds up, −1 for the opposite, and none for an even map', () => {
    const plane = 18 * 12;
    const sum = ({ data }: Pixels): Answer => ({
      logit: data.reduce((total, value, i) => total + value * Math.sin(i), 0),
      probability: null,
    });
    const parts = Float32Array.from({ length: plane }, (_, i) =>
      [0, 1, 2].reduce((t, c) => t + (picture.data[c * plane + i] ?? 0) * Math.sin(c * plane + i), 0),
    );
    const answers = subsetPictures(picture, kept, [0, 0, 0]).map(sum);
    expect(fidelityOf(parts, kept, sum(picture), answers)).toBeCloseTo(1, 5);
    expect(
      fidelityOf(
        parts.map((v) => -v),
        kept,
        sum(picture),
        answers,
      ),
    ).toBeCloseTo(-1, 5);
    expect(fidelityOf(new Float32Array(plane), kept, sum(picture), answers)).toBeNull();
  });
});

describe('figures', () => {
  it('Gini is 0 for what is even and almost 1 for a single pixel', () => {
    expect(gini(new Float32Array(50).fill(-3))).toBeCloseTo(0, 6);
    expect(gini(Float32Array.of(0, 0, 0, -8))).toBe(0.75);
    expect(gini(Float32Array.of(1, 2, 3, 4))).toBeCloseTo(0.25, 6);
    expect(gini(new Float32Array(4))).toBe(0);
  });

  it('areas are those of trapezoids, correlations those of Pearson', () => {
    expect(areaUnder([1, 0, 1])).toBe(0.5);
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 10);
    expect(correlation([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 10);
    expect(correlation([1, 1], [0, 2])).toBeNull();
  });
});

describe('maps that know nothing of the network', () => {
  it('are noise, edges, and the centre', () => {
    const picture = createPixels(8, 6);
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 6; y++) picture.data.fill(1, c * 48 + y * 8 + 4, c * 48 + y * 8 + 8);
    const edges = edgeMap(picture);
    edges.forEach((value, i) => {
      expect(value).toBe(i % 8 === 3 || i % 8 === 4 ? 4 : 0);
    });
    const centre = centreMap(picture);
    const most = Math.max(...centre);
    expect([2 * 8 + 3, 2 * 8 + 4, 3 * 8 + 3, 3 * 8 + 4].every((i) => centre[i] === most)).toBe(true);
    expect(new Set(randomMap(picture, 1)).size).toBeGreaterThan(45);
    const soft = blurred(picture, 1.5);
    expect(soft.data[3]).toBeGreaterThan(0.2);
    expect(soft.data.reduce((a, b) => a + b, 0)).toBeCloseTo(72, 0);
  });

  it('order pixels by what they count, ties by lot', () => {
    expect([...ranked(Float32Array.of(1, 5, -2, 3), 1)]).toEqual([1, 3, 0, 2]);
    const ties = ranked(new Float32Array(100), 1);
    expect([...ties].sort((a, b) => a - b)).toEqual([...ties.keys()]);
    expect([...ties]).not.toEqual([...ties.keys()]);
    const map = { channels: 3, width: 1, height: 1, data: Float32Array.of(2, -3, 1) } as const;
    expect([...relevanceOf(map, 'signed'), ...relevanceOf(map, 'colour')]).toEqual([0, 6]);
  });
});

describe('a verdict', () => {
  const of = (deletion: number, insertion: number, road: number, fidelity: number | null): Measures => ({
    deletion: { logit: deletion, probability: null },
    insertion: { logit: insertion, probability: null },
    road: { logit: road, probability: null },
    ...{ fidelity, sparseness: 0 },
  });

  it('counts the measures in which a map is better', () => {
    expect(winsOf(of(1, 5, 2, 0.5), of(2, 4, 1, 0.2))).toBe(4);
    expect(winsOf(of(2, 4, 1, 0.2), of(1, 5, 2, 0.5))).toBe(0);
    expect(winsOf(of(1, 5, 2, null), of(1, 4, 3, -0.5))).toBe(1);
  });

  it.each([
    [
      { random: 4, edges: 3, centre: 3 },
      'Better in this picture than random pixels (4 of 4 measures), edges (3 of 4 measures) and the centre (3 of 4 measures).',
    ],
    [
      { random: 4, edges: 1, centre: 3 },
      'No better in this picture than edges (1 of 4 measures), but better than random pixels (4 of 4 measures) and the centre (3 of 4 measures).',
    ],
    [
      { random: 0, edges: 1, centre: 2 },
      'No better in this picture than random pixels (0 of 4 measures), edges (1 of 4 measures) and the centre (2 of 4 measures).',
    ],
  ])('says of %j', (wins, words) => {
    expect(verdictOf(wins, 'in this picture')).toBe(words);
  });
});
