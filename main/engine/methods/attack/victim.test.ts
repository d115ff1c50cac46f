/** What attacks know of a network: the scores of a picture, and their gradient. */
import { describe, expect, it } from 'vitest';
import { random } from '../../ascent/random.ts';
import { tinyVictims } from './testing/tiny-victims.ts';
import { Victim } from './victim.ts';

const { tiny, original } = await tinyVictims();

describe('the victim', () => {
  it('has the gradient of the scores in the samples of the picture, through resizing and cropping', async () => {
    const victim = await Victim.create(tiny);
    const classifier = victim.at({ width: 50, height: 44 });
    const noise = random(9);
    const x = Float32Array.from(original, () => noise());
    const weights = Float32Array.of(0.7, -1, 0.4);
    const value = async (at: Float32Array): Promise<number> =>
      (await classifier.scores(at)).reduce((sum, score, k) => sum + score * (weights[k] ?? 0), 0);
    const gradient = (await classifier.differentiate(x, { kind: 'linear', weights })).gradient.slice();
    const next = random(4);
    const errors: number[] = [];
    for (let trial = 0; trial < 7; trial++) {
      const direction = x.map(() => next() - 0.5);
      const h = 5e-4;
      const ahead = await value(x.map((sample, i) => sample + h * (direction[i] ?? 0)));
      const behind = await value(x.map((sample, i) => sample - h * (direction[i] ?? 0)));
      const measured = (ahead - behind) / (2 * h);
      const expected = gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
      errors.push(Math.abs(measured - expected) / Math.max(Math.abs(expected), 1e-3));
    }
    await victim.release();
    // A single direction may cross a kink of a ReLU.
    expect(errors.sort((a, b) => a - b)[3]).toBeLessThan(1e-2);
  });
});
