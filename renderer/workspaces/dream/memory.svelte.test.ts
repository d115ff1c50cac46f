import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { MemoryEstimate } from '../../../shared/memory.ts';
import { dream } from '../../../shared/recipes/dream.ts';
import { defaultsOf } from '../../../shared/recipes/fields.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import { DreamMemory } from './memory.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const order = (size: number): Order<'dream'> => ({
  method: 'dream',
  picture: 'cat.png',
  model: null,
  runtime: 'auto',
  device: 'auto',
  settings: { ...defaultsOf(dream), size },
  branch: null,
  repeats: null,
});

it('is asked for once after the settings have come to rest, and an answer that is out of date is not shown', async () => {
  const asked: number[] = [];
  const answers: ((estimate: MemoryEstimate) => void)[] = [];
  const memory = new DreamMemory({
    estimateMemory: (request) => {
      asked.push((request as Order<'dream'>).settings.size ?? 0);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  let leave = memory.ask(order(100));
  for (const size of [101, 102, 103]) {
    leave();
    leave = memory.ask(order(size));
    vi.advanceTimersByTime(100);
  }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([103]);
  leave();
  memory.ask(order(104));
  answers[0]?.({ needed: 1, free: 2, tile: 512 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(memory.estimate).toBeUndefined();
  answers[1]?.({ needed: 3, free: 4, tile: 512 });
  await vi.advanceTimersByTimeAsync(1);
  expect(memory.estimate).toEqual({ needed: 3, free: 4, tile: 512 });
});

it('of what cannot be estimated is not told', async () => {
  const memory = new DreamMemory({ estimateMemory: () => Promise.reject(new Error('no')) });
  memory.estimate = { needed: 1, free: 2, tile: 512 };
  memory.ask(order(100));
  await vi.advanceTimersByTimeAsync(1000);
  expect(memory.estimate).toBeUndefined();
});
