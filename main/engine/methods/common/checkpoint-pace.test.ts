import { describe, expect, it } from 'vitest';
import { CheckpointPace } from './checkpoint-pace.ts';

/** The times in ms at which states are written, by a job that takes a step in every `step` ms. */
async function written(
  everyMs: number,
  { step, cost, until }: { step: number; cost: number; until: number },
): Promise<number[]> {
  let now = 0;
  const pace = new CheckpointPace(everyMs, () => now);
  const times: number[] = [];
  while (now < until) {
    now += step;
    if (!pace.due) continue;
    times.push(now);
    await pace.write(() => {
      now += cost;
      return Promise.resolve();
    });
  }
  return times;
}

describe('the state of a job', () => {
  it('is written as often as was asked for where it is small', async () => {
    expect(await written(1000, { step: 100, cost: 10, until: 4000 })).toEqual([1000, 2010, 3010 + 10, 4030]);
  });

  it('is written in a tenth of the time at most where it is large', async () => {
    const cost = 2000;
    const times = await written(1000, { step: 100, cost, until: 100_000 });
    expect((times.length * cost) / 100_000).toBeLessThanOrEqual(0.12);
    expect(times.slice(0, 3)).toEqual([1000, 1000 + cost + 9 * cost, 1000 + 2 * (cost + 9 * cost)]);
  });

  it('is written after each step where that was asked for, whatever it costs', async () => {
    expect(await written(0, { step: 10, cost: 50, until: 200 })).toEqual([10, 70, 130, 190]);
  });
});
