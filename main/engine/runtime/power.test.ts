import { expect, it } from 'vitest';
import { QUIET, THREADS } from '../../../shared/power.ts';
import { powerFrom } from './power.ts';

it.each([
  [{}, 8, { threads: 0, quiet: false }],
  [{ [THREADS]: '3' }, 8, { threads: 3, quiet: false }],
  [{ [THREADS]: 'many' }, 8, { threads: 0, quiet: false }],
  [{ [QUIET]: '1' }, 8, { threads: 4, quiet: true }],
  [{ [QUIET]: '1' }, 1, { threads: 1, quiet: true }],
  [{ [QUIET]: '1', [THREADS]: '2' }, 8, { threads: 2, quiet: true }],
])('%j on %d processors', (environment, processors, power) => {
  expect(powerFrom(environment, processors)).toEqual(power);
});
