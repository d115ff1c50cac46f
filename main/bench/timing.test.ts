import { expect, it } from 'vitest';
import { fastest } from './timing.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('lets the candidates take turns and keeps the fastest run of each', async () => {
  const order: string[] = [];
  const pauses = [300, 5, 200];
  const best = await fastest(
    {
      varying: async () => {
        order.push('varying');
        await sleep(pauses[order.length >> 1] ?? 0);
      },
      steady: async () => {
        order.push('steady');
        await sleep(15);
      },
    },
    { rounds: 3, seconds: 10 },
  );
  expect(order).toEqual(['varying', 'steady', 'varying', 'steady', 'varying', 'steady']);
  expect(best.varying).toBeGreaterThanOrEqual(4);
  expect(best.varying).toBeLessThan(200);
  expect(best.steady).toBeGreaterThanOrEqual(14);
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
