import { describe, expect, it } from 'vitest';
import { random } from '../../ascent/random.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { brightnessOf, coloursOf, coloursToHold, holdColours } from './colours.ts';
import { quantised } from './frame-maker.ts';

function noise(seed: number, mean: number, spread: number): Pixels {
  const next = random(seed);
  const picture = createPixels(80, 60);
  picture.data.forEach(
    (_, i) => (picture.data[i] = Math.min(Math.max(mean + spread * (next() - 0.5), 0), 1)),
  );
  return picture;
}

describe('colours of a film', () => {
  it('stay those of the first frame, in mean and deviation of each channel, within the range', () => {
    const first = noise(1, 0.3, 0.5);
    const frame = noise(2, 0.55, 0.9);
    holdColours(frame, coloursToHold(first));
    quantised(frame);
    coloursOf(frame).forEach(({ mean, deviation }, channel) => {
      expect(Math.abs(mean - (coloursOf(first)[channel]?.mean ?? 0))).toBeLessThan(0.5 / 255);
      expect(Math.abs(deviation - (coloursOf(first)[channel]?.deviation ?? 0))).toBeLessThan(1 / 255);
    });
    for (const sample of frame.data) expect(sample >= 0 && sample <= 1).toBe(true);
  });

  it('do not drift over 500 frames that would darken', () => {
    const first = quantised(noise(3, 0.85, 0.6));
    const held = coloursToHold(first);
    let frame = first;
    for (let t = 0; t < 500; t++) {
      frame = { ...frame, data: frame.data.map((sample, i) => sample * 0.98 + 0.03 * Math.sin(i * t)) };
      holdColours(frame, held);
      quantised(frame);
    }
    expect(Math.abs(brightnessOf(frame) - brightnessOf(first))).toBeLessThan(1);
  });

  it('let a dream be seen on a flat picture, but do not make all of its noise', () => {
    const held = coloursToHold(createPixels(80, 60, 0.5));
    const frame = noise(4, 0.5, 0.002);
    const before = coloursOf(frame)[0]?.deviation ?? 0;
    holdColours(frame, held);
    const after = coloursOf(frame)[0]?.deviation ?? 0;
    expect(after).toBeGreaterThan(1.9 * before);
    expect(after).toBeLessThan(10 * before);
  });
});
