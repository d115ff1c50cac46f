/** State folders that earlier versions wrote, opened by this one: everything is there, goes on where it was, and can be repeated. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job, JobState, Order } from '../shared/studio/jobs.ts';
import { createEngineHost, type EngineHost } from './studio/engine/host.ts';
import { forkEngine } from './studio/engine/process.ts';
import { carryOn } from './studio/jobs/carry-on.ts';
import { openStudio, type Studio } from './studio/studio.ts';

const program = resolve(import.meta.dirname, '../scripts/reverie.mjs');
const engine = resolve(import.meta.dirname, '../dist/main/engine.js');
const states = resolve(import.meta.dirname, 'studio/testing');

describe('the state of version 0.1.0', () => {
  const stored = join(states, 'state-0.1.0');
  const home = mkdtempSync(join(tmpdir(), 'reverie-earlier-'));
  const reverie = (...words: string[]): { code: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, REVERIE_HOME: home },
    });
    return { code: status, stdout, stderr };
  };
  let host: EngineHost;
  let studio: Studio;

  beforeAll(async () => {
    // Builds the engine where it is older than its sources.
    expect(reverie('--version').code).toBe(0);
    cpSync(join(stored, 'home'), home, { recursive: true });
    host = createEngineHost(engine, {
      start: (entry, variables) => forkEngine(entry, { ...variables, REVERIE_HOME: home }),
    });
    studio = await openStudio({ home, engine: carryOn(host) });
  });
  afterAll(async () => {
    await studio.close();
    await host.close(500);
    rmSync(home, { recursive: true, force: true });
  });

  const jobs = (): Promise<readonly Job[]> => first(studio.service.jobs(), ({ changed }) => changed);
  const jobIn = async (state: JobState, method: Job['order']['method']): Promise<Job> => {
    const job = (await jobs()).find(
      (candidate) => candidate.state === state && candidate.order.method === method,
    );
    if (job === undefined) throw new Error(`There is no ${method} that is ${state}.`);
    return job;
  };
  const finished = (id: string): Promise<Job> =>
    first(studio.service.jobs(), ({ changed }) =>
      changed.find((job) => job.id === id && (job.state === 'done' || job.state === 'failed')),
    );

  it('keeps its settings', async () => {
    expect(await first(studio.service.settings(), (settings) => settings)).toMatchObject({
      theme: 'light',
      model: 'tiny',
      previewSide: 256,
      keepRuns: 20,
      quiet: true,
    });
  });

  it('keeps its network as it was corrected, and can use it', async () => {
    const models = await first(studio.service.models(), ({ changed }) => changed);
    expect(models.find(({ id }) => id === 'tiny')).toMatchObject({ title: 'Tiny, renamed', default: true });
    const { card, input } = await studio.service.inspectModel({ model: 'tiny', size: null });
    expect(input).toMatchObject({ mean: [120, 121, 122], width: 48, height: 48 });
    expect(card).toMatchObject({ labels: 'tiny.labels.txt', licence: 'MIT', certainty: 'stated' });
    const { images } = await studio.service.classify({ picture: 'photo.png', model: 'tiny', top: 3 });
    expect(images[0]?.classes.map(({ label }) => label).sort()).toEqual(['spots', 'stripes', 'waves']);
  });

  it('keeps every picture, and the recipe of each', async () => {
    const pictures = await first(studio.service.pictures(), ({ changed }) => changed);
    expect(new Map(pictures.map(({ id, method }) => [id, method]))).toEqual(
      new Map([
        ['channel-relu2-1.png', 'visualize'],
        ['filters.png', 'filters'],
        ['guide.png', null],
        ['photo-attack.png', 'attack'],
        ['photo-dream 2.png', 'dream'],
        ['photo-dream 3.png', 'dream'],
        ['photo-dream.png', 'dream'],
        ['photo-explain.png', 'explain'],
        ['photo.png', null],
      ]),
    );
    for (const { id, method } of pictures) {
      if (method === null) continue;
      const { recipe, source, model } = await studio.service.recipeOf({ picture: id });
      expect([id, recipe.method, model]).toEqual([id, method, 'tiny']);
      expect(source).toBe(method === 'visualize' || method === 'filters' ? null : 'photo.png');
    }
    const { recipe, files } = await studio.service.recipeOf({ picture: 'photo-dream.png' });
    expect(recipe.settings).toMatchObject({ steps: 4, octaves: 2, seed: 7, jitter: 4, guide: 'guide.png' });
    expect(files).toEqual({ guide: 'guide.png' });
  });

  it('keeps every job with what it became', async () => {
    const kept = (await jobs()).map(({ order, state, result }) => `${order.method} ${state} ${result ?? ''}`);
    expect(kept.map((line) => line.trimEnd()).sort()).toEqual([
      'atlas done',
      'attack done photo-attack.png',
      'attack failed',
      'dream cancelled',
      'dream done photo-dream 2.png',
      'dream done photo-dream 3.png',
      'dream done photo-dream.png',
      'dream paused',
      'dream queued',
      'visualize done channel-relu2-1.png',
      'visualize interrupted',
    ]);
    const { id } = await jobIn('done', 'attack');
    const curve = await studio.service.curve({ job: id, after: 0 });
    expect(curve.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect((await jobIn('failed', 'attack')).error?.message).toBe('The network has no class called "lions".');
    expect((await jobIn('interrupted', 'visualize')).error?.message).toContain('goes on after step 3 of 60');
    const page = await studio.service.layerPage({ model: 'tiny', layer: 'relu2' });
    expect(page.channels).toBe(6);
  });

  it('keeps what has come of a download', async () => {
    const downloads = await first(studio.service.downloads(), ({ changed }) => changed);
    expect(downloads).toMatchObject([{ id: 'squeezenet1.1', bytes: 500, state: 'paused' }]);
  });

  it.each([
    ['paused', 'dream', 'paused-dream.png'],
    ['interrupted', 'visualize', 'interrupted-visualisation.png'],
  ] as const)(
    'goes on with the %s %s, to the very picture that it would have become',
    async (state, method, file) => {
      const { id } = await jobIn(state, method);
      const done = await studio.service.curve({ job: id, after: 0 });
      await studio.service.resumeJob({ job: id });
      const job = await finished(id);
      expect(job).toMatchObject({ error: null, frames: { first: 1, last: job.progress?.of } });
      // With their times: the steps before it was stopped were not taken again.
      expect((await studio.service.curve({ job: id, after: 0 })).slice(0, 3)).toEqual(done);
      await expectAlike(join(home, 'gallery', job.result ?? ''), join(stored, 'expected', file));
    },
  );

  it('runs what waited in its queue', async () => {
    const waiting = (await jobs()).find(
      ({ order }) => order.method === 'dream' && order.settings.seed === 13,
    );
    expect((await finished(waiting?.id ?? '')).result).toBe('guide-dream.png');
  });

  it('branches from a step of a finished dream', async () => {
    const dreams = (await jobs()).filter(({ result }) => result === 'photo-dream.png');
    const order = dreams[0]?.order as Order<'dream'>;
    const { id } = await studio.service.start({ ...order, branch: { job: dreams[0]?.id ?? '', step: 5 } });
    expect(await finished(id)).toMatchObject({ state: 'done', frames: { first: 5, last: 8 } });
  });

  it.each(['photo-dream.png', 'channel-relu2-1.png', 'photo-attack.png', 'photo-explain.png', 'filters.png'])(
    'repeats the recipe of %s, and makes the same picture of it',
    async (name) => {
      const out = join(home, `again-${name}`);
      const picture = join(home, 'gallery', name);
      const run = reverie('run', picture, '--out', out, '--json');
      expect(run, run.stderr).toMatchObject({ code: 0 });
      await expectAlike(out, picture);
    },
  );
});

/** The first thing that is found in a stream. */
async function first<Value, Found>(
  stream: AsyncIterable<Value>,
  find: (value: Value) => Found | undefined,
): Promise<Found> {
  for await (const value of stream) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  throw new Error('The stream ended first.');
}

/** The same picture, but for what another processor may round another way: a level, or the sign of next to nothing. */
async function expectAlike(made: string, wanted: string): Promise<void> {
  const [a, b] = await Promise.all([made, wanted].map((path) => sharp(path).raw().toBuffer()));
  expect(a?.length).toBe(b?.length);
  const different = a?.filter((level, i) => level !== b?.[i]).length ?? NaN;
  expect(different / (b?.length ?? 0)).toBeLessThan(0.01);
}
