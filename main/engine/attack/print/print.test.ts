/** Printed sheets, photographed askew, in bad light, blurred and noisy, come back to the picture on them. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../ascent/random.ts';
import { Warp } from '../../ascent/warp.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { resize } from '../../imaging/resample.ts';
import { mapPoint, type Quad } from '../eot/homography.ts';
import { backToSheet, intoPhoto, scene, sheet } from '../testing/printed-scene.ts';
import { findMarkers } from './markers.ts';
import { rectify } from './rectify.ts';

interface Shot {
  /** Where the corners of the sheet lie in a photo of 900 × 700 pixels. */
  readonly corners: Quad;
  readonly light?: (x: number, y: number) => number;
  readonly noise?: number;
}

function photograph({ corners, light = () => 1, noise = 0 }: Shot): Pixels {
  const photo = createPixels(900, 700);
  new Warp(sheet, photo).look(backToSheet(corners)).apply(sheet.data, 0, photo.data, 0);
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
    const edge = Math.ceil(5.5 * Math.floor(45 / 5.5)) - 0.5;
    const corner = mapPoint(intoPhoto(shot.corners), [edge, edge]);
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
