/** Measures over several photos: the table, what is passed over, and the page. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { MeasureSetResult } from '../../../../shared/methods/measure-set.ts';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { isRecord } from '../../../../shared/schema.ts';
import { saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { runMeasureSet } from './measure-set.ts';
import { refused, tinyExplanations } from './testing/tiny-explanations.ts';

const { folder, tiny, place } = await tinyExplanations();
const photos = join(folder, 'photos');
await mkdir(photos);
const HOSTILE = `a&b'"c.png`;
for (const [k, name] of ['one.png', 'two.png', HOSTILE].entries()) {
  const picture = createPixels(40, 36);
  picture.data.forEach((_, i) => (picture.data[i] = 0.5 + 0.4 * Math.sin(i * (0.1 + 0.07 * k))));
  await saveImage(picture, join(photos, name));
}
await writeFile(join(photos, 'broken.png'), 'no picture');

async function measured(rest: object = {}): Promise<JobEvent<MeasureSetResult>[]> {
  const settings = { method: 'gradient,grad-cam', target: 'class:a' };
  const request = parseRequest('measureSet', { images: [photos], settings, ...rest });
  const events: JobEvent<MeasureSetResult>[] = [];
  for await (const event of runMeasureSet(tiny, request)) events.push(event);
  return events;
}

const report = place('.html');
const events = await measured({ report });
const resultIn = (told: readonly JobEvent<MeasureSetResult>[]): MeasureSetResult => {
  const last = told.at(-1);
  if (last?.kind !== 'done') throw new Error('no result');
  return last.result;
};
const { methods, dummies, photos: rows, failed } = resultIn(events);

describe('measures over a folder', () => {
  it('are means of those of each photo, with intervals around them', () => {
    expect(rows).toHaveLength(3);
    expect(dummies.map(({ dummy }) => dummy)).toEqual(['random', 'edges', 'centre']);
    for (const [i, { means, verdict }] of methods.entries()) {
      expect(verdict).toMatch(/^(Better|No better) in this network than .*\(\d of 4 measures\)/);
      const own = rows.map((row) => row.methods[i]?.measures.insertion.logit ?? NaN);
      const { mean, interval } = means.insertion.logit;
      expect(mean).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 6);
      expect(interval[0]).toBeLessThan(mean);
      expect(interval[1]).toBeGreaterThan(mean);
      expect(interval[0]).toBeGreaterThanOrEqual(Math.min(...own) - 1e-9);
      expect(interval[1]).toBeLessThanOrEqual(Math.max(...own) + 1e-9);
    }
  });

  it('pass over what is broken, and tell it', () => {
    const reason = expect.stringContaining('broken.png') as string;
    expect(failed).toEqual([{ path: join(photos, 'broken.png'), reason }]);
  });

  it('are the same for the same seed', async () => {
    expect(resultIn(await measured()).methods).toEqual(methods);
  });

  it('tell what they cost before they begin, and take the steps that they announce', () => {
    const [started] = events;
    if (started?.kind !== 'started') throw new Error('not started');
    expect(started.notes[0]).toMatch(
      /^The network is shown each of 3 photos in about \d+ .* about \d+ seconds/,
    );
    expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(started.steps);
  });

  it('become one page in which nothing comes from elsewhere, and numbers beside it', async () => {
    const page = await readFile(report, 'utf8');
    expect(page).toContain('a&amp;b&#39;&quot;c.png');
    expect(page).not.toContain(HOSTILE);
    expect(page).not.toContain(folder);
    expect(page.match(/<img /g)).toHaveLength(9);
    expect(page.match(/(src|href)="(?!data:image\/jpeg;base64,)/g)).toBeNull();
    for (const { verdict } of methods) expect(page).toContain(verdict);
    const text = await readFile(report.replace('.html', '.json'), 'utf8');
    expect(text).not.toContain(folder);
    const json: unknown = JSON.parse(text);
    expect(isRecord(json) && json['methods']).toEqual(methods);
    const lines = (await readFile(report.replace('.html', '.csv'), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + 3 * 5);
  });

  it('refuse a report that is no page before the work', async () => {
    expect(await refused(measured({ report: place('.pdf') }))).toMatchObject({ code: 'usage/option' });
  });
});
