import { describe, expect, it } from 'vitest';
import type { Job } from '../../../shared/studio/jobs.ts';
import { jobOf, pictureOf } from '../../testing/items.ts';
import { shownOf } from './shown.ts';

const picture = pictureOf({ id: 'cat.jpg' });
const frames = { first: 1, last: 9 };
const branch = { job: 'parent', step: 4 };

describe('what is looked at', () => {
  it.each<[string, Job | undefined, number | null, string, string | null]>([
    ['the picture itself', undefined, null, '/picture/cat.jpg', null],
    ['a running dream', jobOf({}), null, '/run/job/source', 'job'],
    ['a running branch', jobOf({ order: { branch } }), null, '/run/parent/frames/4', 'job'],
    ['a step of a running dream', jobOf({ frames }), 3, '/run/job/frames/3', null],
    ['its beginning', jobOf({ frames }), 0, '/run/job/source', null],
    ['a step beyond the strip', jobOf({ frames }), 30, '/run/job/frames/9', null],
    ['a paused dream', jobOf({ state: 'paused', frames }), null, '/run/job/frames/9', null],
    ['a dream that waits', jobOf({ state: 'queued' }), null, '/run/job/source', null],
    ['a dream without its result', jobOf({ state: 'done', frames }), null, '/run/job/frames/9', null],
  ])('%s', (_name, job, step, address, live) => {
    const shown = shownOf(picture, job, step, undefined);
    expect(shown.address?.split('?')[0]).toBe(address);
    expect(shown.live).toBe(live);
  });

  it('is the result of a finished dream', () => {
    const result = pictureOf({ id: 'dream.png' });
    const shown = shownOf(picture, jobOf({ state: 'done', frames, result: 'dream.png' }), null, result);
    expect(shown.address).toMatch(/^\/picture\/dream\.png\?/);
  });
});
