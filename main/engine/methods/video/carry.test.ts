import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pixels } from '../../imaging/pixels.ts';
import { calm, carried, isCut, motionOf, withDream } from './carry.ts';
import { greyOf, OpticalFlow } from './optical-flow.ts';
import { sceneAt } from './testing/scene.ts';

const size = { width: 160, height: 120 };
let flow: OpticalFlow;
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
const handlers = (): unknown => EVENTS.map((event) => process.listeners(event as 'uncaughtException'));
const before = handlers();
beforeAll(async () => {
  flow = await OpticalFlow.of(size);
});
afterAll(() => flow.dispose());

const motion = (now: Pixels, before: Pixels): ReturnType<typeof motionOf> =>
  motionOf(size, flow.between(greyOf(now), greyOf(before)), flow.between(greyOf(before), greyOf(now)));

const share = (agreed: Uint8Array): number => agreed.reduce((sum, one) => sum + one, 0) / agreed.length;

describe('optical flow', () => {
  it.each([
    [1, 0],
    [3.4, -2.2],
    [-6.5, 4.25],
  ])('finds a pan of (%f, %f) pixels to half a pixel', (x, y) => {
    const { back } = motion(sceneAt(size, x, y), sceneAt(size, 0, 0));
    let error = 0;
    let counted = 0;
    for (let v = 12; v < size.height - 12; v++) {
      for (let u = 12; u < size.width - 12; u++, counted++) {
        const i = 2 * (v * size.width + u);
        error += Math.hypot((back[i] ?? 0) - x, (back[i + 1] ?? 0) - y);
      }
    }
    expect(error / counted).toBeLessThan(0.5);
  });

  it('leaves the handlers of the process as they were', () => {
    expect(handlers()).toEqual(before);
  });
});

describe('a motion', () => {
  it('is sure where the same is seen, and not where something comes into sight', () => {
    const { agreed } = motion(sceneAt(size, 8, 0), sceneAt(size, 0, 0));
    expect(share(agreed)).toBeGreaterThan(0.85);
    // The last eight columns were not there before.
    for (let v = 0; v < size.height; v++)
      for (let u = size.width - 7; u < size.width; u++) expect(agreed[v * size.width + u]).toBe(0);
  });

  it('is told from a cut', () => {
    const pictures = [sceneAt(size, 0, 0), sceneAt(size, 4, 2), sceneAt(size, 0, 0, 5)] as const;
    const cut = (now: Pixels, before: Pixels): boolean =>
      isCut(size, motion(now, before), greyOf(now), greyOf(before));
    expect(cut(pictures[1], pictures[0])).toBe(false);
    expect(cut(pictures[0], pictures[0])).toBe(false);
    expect(cut(pictures[2], pictures[0])).toBe(true);
    // Darkness is another scene, too.
    expect(cut({ ...size, data: new Float32Array(pictures[0].data.length) }, pictures[0])).toBe(true);
  });
});

describe('a dream that is carried along', () => {
  it('lies where its content lies, weaker by the blend', () => {
    const before = sceneAt(size, 0, 0);
    const frame = sceneAt(size, 3, 2);
    const plane = size.width * size.height;
    const dreamed = { ...size, data: before.data.slice() };
    const at = (x: number, y: number): number => y * size.width + x;
    for (let y = 50; y < 60; y++)
      for (let x = 60; x < 70; x++) dreamed.data[at(x, y)] = (before.data[at(x, y)] ?? 0) + 0.2;
    const back = Float32Array.from({ length: 2 * plane }, (_, i) => (i % 2 === 0 ? 3 : 2));
    const agreed = new Uint8Array(plane).fill(1);
    agreed[at(60, 50)] = 0;
    const motion = { back, agreed };
    const moved = carried(dreamed, before, motion);
    const view = withDream(frame, moved, 0.9);
    const added = (x: number, y: number): number => (view.data[at(x, y)] ?? 0) - (frame.data[at(x, y)] ?? 0);
    expect(added(62, 53)).toBeCloseTo(0.18, 5);
    expect(added(60, 50)).toBe(0);
    expect(added(80, 80)).toBeCloseTo(0, 6);
    // Where it is sure, half of what changes is taken; elsewhere all of it.
    const changed = withDream(frame, { ...size, data: new Float32Array(3 * plane).fill(0.1) }, 1);
    calm(changed, frame, motion);
    const change = (x: number, y: number): number =>
      (changed.data[at(x, y)] ?? 0) - (frame.data[at(x, y)] ?? 0);
    expect(change(62, 53)).toBeCloseTo(0.05, 5);
    expect(change(60, 50)).toBeCloseTo(0.1, 5);
    // Red alone was dreamed on.
    expect(view.data[plane + at(62, 53)]).toBeCloseTo(frame.data[plane + at(62, 53)] ?? 0, 6);
  });
});
