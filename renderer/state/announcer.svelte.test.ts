import { expect, it } from 'vitest';
import { jobOf, progressOf } from '../testing/items.ts';
import { Announcer } from './announcer.svelte.ts';

it('tells the beginning, each quarter once, and the end', () => {
  const announcer = new Announcer();
  const told: string[] = [];
  const tell = (): void => {
    if (announcer.message !== '' && announcer.message !== told.at(-1)) told.push(announcer.message);
  };
  for (let step = 0; step <= 40; step++) {
    announcer.follow(jobOf({ progress: step === 0 ? null : progressOf({ step }) }));
    tell();
  }
  announcer.follow(jobOf({ state: 'done', progress: progressOf({ step: 40 }) }));
  tell();
  expect(told).toEqual([
    'Dream started.',
    'Dream 25 percent done.',
    'Dream 50 percent done.',
    'Dream 75 percent done.',
    'Dream finished.',
  ]);
});

it('says nothing of what was over before it was seen', () => {
  const announcer = new Announcer();
  announcer.follow(jobOf({ state: 'done' }));
  expect(announcer.message).toBe('');
});
