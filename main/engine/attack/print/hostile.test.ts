/** Photos of printed sheets that people really take: steep, half in shadow, shaken, squeezed into small files, on full tables. */
import { describe, expect, it } from 'vitest';
import { random } from '../../ascent/random.ts';
import { Warp } from '../../ascent/warp.ts';
import { decodeImage, encodeJpeg } from '../../imaging/codec.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import type { Quad } from '../eot/homography.ts';
import { backToSheet, scene, sheet } from '../testing/printed-scene.ts';
import { rectify } from './rectify.ts';

const [WIDTH, HEIGHT] = [1000, 760];

const LEVEL: Quad = [
  [150, 90],
  [850, 110],
  [840, 680],
  [140, 660],
];

interface Shot {
  readonly corners?: Quad;
  /** What the sheet lies on; grey without it. */
  readonly table?: (x: number, y: number) => number;
  /** Factor at a place, in shares of the photo. */
  readonly light?: (x: number, y: number) => number;
  readonly then?: (photo: Pixels) => Pixels | Promise<Pixels>;
}

async function photograph({ corners = LEVEL, table, light, then }: Shot): Promise<Pixels> {
  const photo = createPixels(WIDTH, HEIGHT);
  const cover = createPixels(WIDTH, HEIGHT);
  const warp = new Warp(sheet, photo, 0).look(backToSheet(corners));
  warp.apply(sheet.data, 0, photo.data, 0);
  warp.apply(new Float32Array(sheet.data.length).fill(1), 0, cover.data, 0);
  photo.data.forEach((value, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH) % HEIGHT];
    const under = table?.(x, y) ?? 0.45;
    photo.data[i] = (value + (1 - (cover.data[i] ?? 0)) * under) * (light?.(x / WIDTH, y / HEIGHT) ?? 1);
  });
  return (await then?.(photo)) ?? photo;
}

/** A shaken hand: the mean over a line. */
function shaken(photo: Pixels, length: number): Pixels {
  const out = createPixels(WIDTH, HEIGHT);
  out.data.forEach((_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH) % HEIGHT];
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const [u, v] = [Math.min(x + k, WIDTH - 1), Math.min(y + (k >> 1), HEIGHT - 1)];
      sum += photo.data[i - x - y * WIDTH + v * WIDTH + u] ?? 0;
    }
    out.data[i] = sum / length;
  });
  return out;
}

/** Tiles, frames inside of frames, and the squares of a board. */
function clutter(): (x: number, y: number) => number {
  const next = random(12);
  const squares = Array.from({ length: 60 }, () => ({
    x: next() * WIDTH,
    y: next() * HEIGHT,
    half: 12 + next() * 45,
    rings: 1 + Math.floor(next() * 3),
    shade: next() * 0.5,
  }));
  return (x, y) => {
    for (const { x: u, y: v, half, rings, shade } of squares) {
      const away = Math.max(Math.abs(x - u), Math.abs(y - v)) / half;
      if (away < 1) return Math.floor(away * rings * 2) % 2 === 0 ? shade : 0.9;
    }
    return (Math.floor(x / 40) + Math.floor(y / 40)) % 2 === 0 ? 0.25 : 0.8;
  };
}

const STEEP: Quad = [
  [300, 120],
  [700, 120],
  [930, 700],
  [70, 700],
];
/** The far side is hardly more than half as long as the near one. */
const FROM_THE_SIDE: Quad = [
  [110, 40],
  [780, 160],
  [785, 590],
  [90, 720],
];

/** How far the picture may be off, on average; where light or shaking change it, its place is what counts. */
const SHOTS: Readonly<Record<string, Shot & { readonly off?: number }>> = {
  'taken steeply from below': { corners: STEEP },
  'taken from far to the side': { corners: FROM_THE_SIDE },
  'with a shadow over half a marker': { light: (x, y) => (x + 0.6 * y < 0.34 ? 0.4 : 1), off: 0.06 },
  'with the lamp in one corner': { light: (x, y) => 1.1 - 0.9 * Math.hypot(x - 0.05, y - 0.1), off: 0.3 },
  'as a JPEG of quality 40': {
    then: async (photo) => (await decodeImage(await encodeJpeg(photo, { quality: 40 }))).pixels,
  },
  shaken: { then: (photo) => shaken(photo, 6), off: 0.06 },
  'on a table full of squares': { table: clutter() },
  'steep, on a table full of squares, shaken, as a JPEG of quality 40': {
    corners: STEEP,
    table: clutter(),
    then: async (photo) => (await decodeImage(await encodeJpeg(shaken(photo, 4), { quality: 40 }))).pixels,
    off: 0.06,
  },
};

describe('a photo of a print', () => {
  it.each(Object.keys(SHOTS))('%s is brought back to the picture', async (name) => {
    const { off = 0.04, ...shot } = SHOTS[name] ?? {};
    const found = rectify(await photograph(shot));
    expect(found).not.toBeNull();
    const small = found === null ? createPixels(120, 90) : resize(found.picture, 120, 90, 'area');
    let error = 0;
    scene.data.forEach((value, i) => {
      error += Math.abs((small.data[i] ?? 0) - value) / scene.data.length;
    });
    expect(error).toBeLessThan(off);
  });

  it('of a table full of squares without a sheet is none', () => {
    const photo = createPixels(WIDTH, HEIGHT);
    const table = clutter();
    photo.data.forEach((_, i) => (photo.data[i] = table(i % WIDTH, Math.floor(i / WIDTH) % HEIGHT)));
    expect(rectify(photo)).toBeNull();
  });
});
