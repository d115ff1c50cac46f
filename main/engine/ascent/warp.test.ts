import { describe, expect, it } from 'vitest';
import { chain, rotation, shift, stretch, type Affine } from './affine.ts';
import { normal, random } from './random.ts';
import { centred, drawTransform, VIEW_MARGIN } from './transforms.ts';
import { Viewer, crops, transformed } from './viewing.ts';
import { BACKGROUND, Warp } from './warp.ts';

const picture = { width: 11, height: 9 };
const view = { width: 14, height: 12 };

const noise = (length: number, seed: number): Float32Array => {
  const next = random(seed);
  return Float32Array.from({ length }, () => normal(next));
};
const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

const maps: [string, Affine][] = [
  ['jitter', centred(picture, view, 1, shift(2.5, -1))],
  ['scale', centred(picture, view, 1, stretch(1 / 1.1))],
  ['rotate', centred(picture, view, 1, rotation(10))],
  ['pad', centred(picture, view)],
  ['magnify', centred(picture, view, 1.75)],
  ['all of them', centred(picture, view, 1.2, drawTransform(random(0, 1)))],
  ['so far away that nothing is seen', shift(500, 0)],
];

describe.each(maps)('%s', (_, map) => {
  it('is linear about its background, with an exact adjoint', () => {
    const [n, m] = [3 * 11 * 9, 3 * 14 * 12];
    const warp = new Warp(picture, view).look(map);
    const [x, y] = [noise(n, 1), noise(m, 2)];
    const [seen, background, back] = [new Float32Array(m), new Float32Array(m), new Float32Array(n)];
    warp.apply(x, 0, seen, 0);
    warp.apply(new Float32Array(n), 0, background, 0);
    warp.applyAdjoint(y, 0, back, 0);
    const linear = seen.map((value, i) => value - (background[i] ?? 0));
    expect(Math.abs(dot(linear, y) - dot(x, back))).toBeLessThan(1e-4);
  });
});

describe('a view', () => {
  const look = (map: Affine, from = picture): Float32Array => {
    const seen = new Float32Array(3 * 14 * 12);
    const data = noise(3 * from.width * from.height, 3);
    new Warp(from, view).look(map).apply(data, 0, seen, 0);
    return seen;
  };

  it('copies pixels where the map meets them, and is grey around the picture', () => {
    const data = noise(3 * 11 * 9, 3);
    const seen = look(shift(-1, -2));
    expect(seen[0]).toBe(BACKGROUND);
    expect(seen[2 * 14 + 1]).toBe(data[0]);
    expect(seen[14 * 12 + 4 * 14 + 3]).toBe(data[99 + 2 * 11 + 2]);
    expect(seen[2 * 14 + 13]).toBe(BACKGROUND);
  });

  it('puts centre on centre', () => {
    const { x, y, xu } = centred(picture, view, 2);
    expect([xu * 6.5 + x, xu * 5.5 + y]).toEqual([5, 4]);
  });

  it('chains maps in the order they are named', () => {
    const map = chain(shift(1, 0), rotation(90), stretch(2));
    expect(map.x).toBeCloseTo(0, 12);
    expect(map.y).toBeCloseTo(2, 12);
  });
});

describe("lucid's transforms", () => {
  it('stay within the published ranges and reach their ends', () => {
    const drawn = Array.from({ length: 4000 }, (_, i) => drawTransform(random(1, i)));
    const sizes = drawn.map(({ xu, yu }) => 1 / Math.hypot(xu, yu));
    const angles = drawn.map(({ xu, yu }) => Math.round((Math.atan2(yu, xu) * 180) / Math.PI));
    expect(Math.min(...sizes)).toBeCloseTo(0.9, 9);
    expect(Math.max(...sizes)).toBeCloseTo(1.1, 9);
    expect([Math.min(...angles), Math.max(...angles)]).toEqual([-10, 10]);
    const upright = angles.filter((angle) => angle === 0).length / angles.length;
    expect(upright).toBeGreaterThan(6 / 26 - 0.03);
    expect(upright).toBeLessThan(6 / 26 + 0.03);
    expect(VIEW_MARGIN).toBe(12);
  });
});

describe.each([
  ['one transformed view', transformed(picture, 1, true)],
  ['an untransformed view', transformed(picture, 1, false)],
  ['crops', crops(picture, 8, 3, 10)],
])('%s of a batch', (_, viewing) => {
  it('come back by the adjoint of how they were seen', () => {
    const n = 2 * 3 * 11 * 9;
    const viewer = new Viewer(picture, 2, viewing);
    const [x, zero] = [noise(n, 1), new Float32Array(n)];
    viewer.look(zero, 5, 4);
    const background = viewer.views.slice();
    viewer.look(x, 5, 4);
    const seen = viewer.views.map((value, i) => value - (background[i] ?? 0));
    const y = noise(seen.length, 2);
    viewer.pull(y);
    // An image's gradient is the mean over its views.
    expect(Math.abs(dot(seen, y) / viewing.count - dot(x, viewer.gradient))).toBeLessThan(1e-4);
  });

  it('are drawn from the seed and the step alone', () => {
    const image = noise(2 * 3 * 11 * 9, 1);
    const after = (steps: readonly number[], seed = 5): number[] => {
      const viewer = new Viewer(picture, 2, viewing);
      for (const step of steps) viewer.look(image, seed, step);
      return [...viewer.views];
    };
    expect(after([1, 2, 3])).toEqual(after([3]));
    if (viewing.view.width !== picture.width) expect(after([3])).not.toEqual(after([4]));
  });
});

describe("MACO's crops", () => {
  it('lie inside the picture and shrink from a half to a twentieth', () => {
    const image = { width: 200, height: 200 };
    const viewing = crops(image, 50, 400, 100);
    const shares = [1, 100].map((step) => {
      const maps = viewing.draw(random(1, step), step);
      for (const { xu, x, y } of maps) {
        for (const at of [x, y]) {
          expect(at).toBeGreaterThan(-1);
          expect(at + 49 * xu).toBeLessThan(200);
        }
      }
      return maps.reduce((sum, { xu }) => sum + (50 * xu) / 200 / maps.length, 0);
    });
    expect(shares[0]).toBeCloseTo(0.5, 1);
    expect(shares[1]).toBeGreaterThan(0.05);
    expect(shares[1]).toBeLessThan(0.1);
  });
});
