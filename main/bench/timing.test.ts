import { expect, it } from 'vitest';
import { fastest } from './timing.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('lets the candidates take turns of several runs and keeps the fastest of each', async () => {
  const order: string[] = [];
  const pauses = [100, 5, 60, 60, 60, 60];
  let varied = 0;
  const best = await fastest(
    {
      varying: async () => {
        order.push('varying');
        await sleep(pauses[varied++] ?? 0);
      },
      slow: async () => {
        order.push('slow');
        await sleep(300);
      },
    },
    { rounds: 2, seconds: 10 },
  );
  const turn = ['varying', 'varying', 'varying', 'slow'];
  expect(order).toEqual([...turn, ...turn]);
  expect(best.varying).toBeGreaterThanOrEqual(4);
  expect(best.varying).toBeLessThan(60);
  expect(best.slow).toBeGreaterThanOrEqual(299);
});

it('stops when its time is over', async () => {
  let runs = 0;
  const one = async (): Promise<void> => {
    runs++;
    await sleep(30);
  };
  await fastest({ one }, { rounds: 1000, seconds: 0.1 });
  expect(runs).toBeLessThan(10);
  expect(runs).toBeGreaterThan(0);
});
