/** Printed sheets, photographed askew, in bad light, blurred and noisy, come back to the picture on them. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../ascent/random.ts';
import { Warp } from '../../ascent/warp.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import { homography, mapPoint, type Point, type Quad } from '../eot/homography.ts';
import { findMarkers } from './markers.ts';
import { rectify } from './rectify.ts';
import { printSheet } from './sheet.ts';

/** Smooth, with different corners. */
const scene = createPixels(120, 90);
scene.data.forEach((_, i) => {
  const [x, y, c] = [i % 120, Math.floor(i / 120) % 90, Math.floor(i / 10800)];
  scene.data[i] = 0.5 + 0.3 * Math.sin(x / 17 + c) * Math.cos(y / 13 - c) + (x - y) / 600;
});
const sheet = printSheet(scene);

interface Shot {
  /** Where the corners of the sheet lie in a photo of 900 × 700 pixels. */
  readonly corners: Quad;
  readonly light?: (x: number, y: number) => number;
  readonly noise?: number;
}

function photograph({ corners, light = () => 1, noise = 0 }: Shot): Pixels {
  const photo = createPixels(900, 700);
  const { width, height } = sheet;
  const back = homography(corners, [
    [0, 0],
    [width - 1, 0],
    [width - 1, height - 1],
    [0, height - 1],
  ]);
  if (back === null) throw new Error('no photo');
  new Warp(sheet, photo).look(back).apply(sheet.data, 0, photo.data, 0);
  const next = random(3);
  photo.data.forEach((value, i) => {
    const [x, y] = [i % 900, Math.floor(i / 900) % 700];
    photo.data[i] = value * light(x / 900, y / 700) + noise * normal(next);
  });
  return photo;
}

const STRAIGHT: Quad = [
  [100, 60],
  [800, 60],
  [800, 620],
  [100, 620],
];
const SHOTS: Readonly<Record<string, Shot>> = {
  straight: { corners: STRAIGHT },
  turned: {
    corners: [
      [160, 30],
      [840, 130],
      [760, 660],
      [60, 560],
    ],
  },
  'from the side': {
    corners: [
      [120, 60],
      [780, 120],
      [800, 560],
      [90, 660],
    ],
  },
  'in uneven light': { corners: STRAIGHT, light: (x, y) => 0.35 + 0.5 * x + 0.15 * y },
  'with a noisy sensor': {
    corners: [
      [120, 60],
      [780, 100],
      [790, 580],
      [90, 640],
    ],
    noise: 0.04,
  },
};

describe('a photo of a printed sheet', () => {
  it.each(Object.keys(SHOTS))('%s is brought back to the picture', (name) => {
    const shot = SHOTS[name] ?? { corners: STRAIGHT };
    const found = rectify(photograph(shot));
    const small = found === null ? createPixels(120, 90) : resize(found.picture, 120, 90, 'area');
    const { light = () => 1 } = shot;
    let error = 0;
    scene.data.forEach((value, i) => {
      const [x, y] = [(i % 120) / 120, (Math.floor(i / 120) % 90) / 90];
      // Where the light is uneven, the picture stays as it was lit: the sheet lies in the middle of the photo.
      const lit = name === 'in uneven light' ? light(0.22 + 0.56 * x, 0.2 + 0.6 * y) : 1;
      error += Math.abs((small.data[i] ?? 0) - value * lit) / scene.data.length;
    });
    expect(found).not.toBeNull();
    expect(error).toBeLessThan(0.03);
  });

  it('has its markers where the sheet has them, to a pixel', () => {
    const shot = SHOTS['from the side'] ?? { corners: STRAIGHT };
    const there = homography(
      [
        [0, 0],
        [sheet.width - 1, 0],
        [sheet.width - 1, sheet.height - 1],
        [0, sheet.height - 1],
      ],
      shot.corners,
    );
    const edge = Math.ceil(5.5 * Math.floor(45 / 5.5)) - 0.5;
    const corner: Point = there === null ? [0, 0] : mapPoint(there, [edge, edge]);
    const [first] = findMarkers(photograph(shot)) ?? [];
    expect(Math.hypot((first?.[0] ?? 0) - corner[0], (first?.[1] ?? 0) - corner[1])).toBeLessThan(1.5);
  });

  it('without all four markers is none', () => {
    expect(rectify(scene)).toBeNull();
    const photo = photograph({ corners: STRAIGHT });
    for (let y = 60; y < 200; y++)
      for (let x = 100; x < 250; x++) for (let c = 0; c < 3; c++) photo.data[(c * 700 + y) * 900 + x] = 0.5;
    expect(rectify(photo)).toBeNull();
  });
});
