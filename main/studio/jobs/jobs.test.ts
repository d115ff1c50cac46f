import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReverieError } from '../../../shared/errors.ts';
import type { Job } from '../../../shared/studio/jobs.ts';
import { carryOn } from './carry-on.ts';
import { openStudio } from '../studio.ts';
import { orderFor, temporaryStudio, type TemporaryStudio } from '../testing/temporary-studio.ts';

let t: TemporaryStudio;
beforeEach(async () => {
  t = await temporaryStudio();
});
afterEach(() => t.close());

const start = async (name = 'cat.png', settings = {}): Promise<Job> =>
  t.studio.service.start(orderFor((await t.picture(name)).id, settings));
const run = (id: string, ...path: string[]): string => join(t.home, 'runs', id, ...path);

describe('a dream', () => {
  it('becomes a picture of the gallery, with a film strip and a curve', async () => {
    const { id } = await start();
    const job = await t.until(id, 'done');
    expect(job).toMatchObject({
      result: 'cat-dream.png',
      notes: ['A note.'],
      device: 'cpu',
      frames: { first: 1, last: 10 },
      progress: { step: 10, of: 10, stage: { octave: 2 }, secondsLeft: 0 },
      error: null,
    });
    expect(await readdir(run(id, 'frames'))).toHaveLength(10);
    expect(existsSync(join(t.home, 'gallery', 'cat-dream.png'))).toBe(true);
    expect(existsSync(run(id, 'checkpoint.bin'))).toBe(false);
    const curve = await t.studio.service.curve({ job: id, after: 8 });
    expect(curve).toEqual([
      { step: 9, octave: 2, objective: 0.9, ms: 1 },
      { step: 10, octave: 2, objective: 1, ms: 1 },
    ]);
    await expect(t.studio.service.recipeOf({ picture: 'cat-dream.png' })).resolves.toMatchObject({
      source: 'cat.png',
      model: 'dreamnet',
    });
  });

  it('works from files of its own: what was deleted meanwhile does not matter', async () => {
    t.engine.msPerStep = 20;
    const mask = await t.picture('mask.png');
    const { id } = await start('cat.png', { mask: mask.id });
    const second = await t.studio.service.start(orderFor('cat.png', { mask: mask.id }));
    await t.studio.service.removePictures({ pictures: ['cat.png', mask.id] });
    await t.until(id, 'done');
    await t.until(second.id, 'done');
    expect(t.engine.requests[1]).toMatchObject({ image: run(second.id, 'inputs', 'source', 'cat.png') });
    expect(t.engine.requests[1]?.settings.mask).toBe(run(second.id, 'inputs', 'mask', 'mask.png'));
  });

  it('is repeated with the output of the network that its recipe was about, unless another one is named', async () => {
    const { id: picture } = await t.picture('cat.png');
    const order = { ...orderFor(picture), model: 'dreamnet' };
    const { id } = await t.studio.service.start({ ...order, output: 'embedding' });
    const { result } = await t.until(id, 'done');
    expect(await t.studio.service.recipeOf({ picture: result ?? '' })).toMatchObject({ output: 'embedding' });
    for (const output of [null, 'prob']) {
      const again = await t.studio.service.start({ ...order, repeats: result, output });
      await t.until(again.id, 'done');
    }
    expect(t.engine.requests.map(({ output }) => output)).toEqual(['embedding', 'embedding', 'prob']);
  });

  it.each([
    ['a picture that is not there', { picture: 'none.png' }, 'image/missing'],
    ['a path', { picture: '../settings.json' }, 'image/missing'],
    ['a network that is not installed', { model: '/etc/passwd' }, 'model/missing'],
    ['a branch of nothing', { branch: { job: 'none', step: 1 } }, 'job/unknown'],
  ])('is refused for %s and leaves nothing behind', async (_name, change, code) => {
    const { id } = await t.picture('cat.png');
    const order = { ...orderFor(id), ...change };
    await expect(t.studio.service.start(order)).rejects.toMatchObject({ code });
    expect(await readdir(join(t.home, 'runs'))).toEqual([]);
  });

  it('that fails says why, and the next one starts', async () => {
    t.engine.failure = new ReverieError('layer/unknown', 'There is no layer "x".');
    const { id } = await start();
    const next = await start('dog.png');
    const failed = await t.until(id, 'failed');
    expect(failed.error).toEqual({ code: 'layer/unknown', message: 'There is no layer "x".' });
    await t.until(next.id, 'done');
  });
});

describe('the queue', () => {
  it('runs one job at a time, in order, and tells each its position', async () => {
    t.engine.msPerStep = 5;
    const names = Array.from({ length: 6 }, (_, index) => `p${index}.png`);
    const jobs = [];
    for (const name of names) {
      const { id } = await t.picture(name);
      jobs.push(await t.studio.service.start(orderFor(id, { steps: 2 })));
    }
    expect(jobs.slice(0, 3).map(({ state, position }) => [state, position])).toEqual([
      ['running', null],
      ['queued', 0],
      ['queued', 1],
    ]);
    for (const { id } of jobs) await t.until(id, 'done');
    expect(t.engine.running.most).toBe(1);
    expect(t.engine.requests.map(({ image }) => image.split('/').at(-1))).toEqual(names);
    const results = await Promise.all(jobs.map(({ id }) => t.job(id)));
    expect(results.map(({ result }) => result)).toEqual(
      names.map((name) => name.replace('.png', '-dream.png')),
    );
  });

  it('keeps fifty orders that come at once', async () => {
    const { id } = await t.picture('cat.png');
    const jobs = await Promise.all(
      Array.from({ length: 50 }, () => t.studio.service.start(orderFor(id, { steps: 1 }))),
    );
    for (const job of jobs) await t.until(job.id, 'done');
    const results = await Promise.all(jobs.map(async (job) => (await t.job(job.id)).result));
    expect(new Set(results).size).toBe(50);
  });
});

describe('pause and resume', () => {
  it('go on at the very step, with the same film strip in the end', async () => {
    t.engine.msPerStep = 10;
    const { id } = await start();
    await t.until(id, 'running', 4);
    const paused = await t.studio.service.pauseJob({ job: id });
    expect(paused.state).toBe('paused');
    const step = paused.progress?.step ?? 0;
    expect(t.engine.running.now).toBe(0);
    await t.studio.service.resumeJob({ job: id });
    const done = await t.until(id, 'done');
    const first = (await t.studio.service.curve({ job: id, after: 0 })).map((point) => point.step);
    expect(first).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(t.engine.requests[1]?.start).toMatchObject({ picture: run(id, 'checkpoint.bin') });
    expect(t.engine.requests[1]?.start?.step).toBeGreaterThanOrEqual(step);
    expect(done.frames).toEqual({ first: 1, last: 10 });
  });

  it('hold the queue until somebody asks for more', async () => {
    t.engine.msPerStep = 5;
    const one = await start();
    const two = await start('dog.png');
    await t.until(one.id, 'running', 1);
    await t.studio.service.pauseJob({ job: one.id });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await t.job(two.id)).state).toBe('queued');
    await t.studio.service.continueQueue();
    await t.until(two.id, 'done');
    expect((await t.job(one.id)).state).toBe('paused');
    await t.studio.service.resumeJob({ job: one.id });
    await t.until(one.id, 'done');
  });

  it('put a resumed job before those that wait', async () => {
    t.engine.msPerStep = 5;
    const one = await start();
    const two = await start('dog.png');
    const three = await start('owl.png');
    await t.until(one.id, 'running', 1);
    await t.studio.service.pauseJob({ job: one.id });
    await t.studio.service.continueQueue();
    await t.studio.service.resumeJob({ job: one.id });
    for (const { id } of [one, two, three]) await t.until(id, 'done');
    expect(t.engine.requests.map(({ image }) => image.split('/').at(-1))).toEqual([
      'cat.png',
      'dog.png',
      'cat.png',
      'owl.png',
    ]);
  });

  it.each(['done', 'cancelled'] as const)('are refused for a job that is %s', async (state) => {
    const { id } = await start();
    if (state === 'cancelled') await t.studio.service.cancelJob({ job: id });
    await t.until(id, state);
    await expect(t.studio.service.pauseJob({ job: id })).rejects.toMatchObject({ code: 'job/state' });
    await expect(t.studio.service.resumeJob({ job: id })).rejects.toMatchObject({ code: 'job/state' });
  });
});

describe('cancelling', () => {
  it('ends a running job without a picture and lets the next one start', async () => {
    t.engine.msPerStep = 10;
    const { id } = await start();
    const next = await start('dog.png');
    await t.until(id, 'running', 2);
    expect((await t.studio.service.cancelJob({ job: id })).state).toBe('cancelled');
    expect(existsSync(run(id, 'checkpoint.bin'))).toBe(false);
    expect(existsSync(join(t.home, 'gallery', 'cat-dream.png'))).toBe(false);
    await t.until(next.id, 'done');
  });

  it('takes a queued job out of the queue; removing forgets it', async () => {
    t.engine.msPerStep = 10;
    const one = await start();
    const two = await start('dog.png');
    await t.studio.service.cancelJob({ job: two.id });
    await expect(t.studio.service.removeJob({ job: one.id })).rejects.toMatchObject({ code: 'job/state' });
    await t.studio.service.removeJob({ job: two.id });
    await expect(t.studio.service.curve({ job: two.id, after: 0 })).rejects.toMatchObject({
      code: 'job/unknown',
    });
    expect(existsSync(run(two.id))).toBe(false);
    await t.until(one.id, 'done');
    expect(t.engine.requests).toHaveLength(1);
  });
});

describe('a crash of the engine', () => {
  it('interrupts the job with a sentence, goes on with the queue, and resumes from the checkpoint', async () => {
    t.engine.msPerStep = 10;
    const { id } = await start();
    const next = await start('dog.png');
    await t.until(id, 'running', 4);
    t.engine.failure = new ReverieError('engine/crashed', 'The engine ended unexpectedly (SIGKILL).');
    const job = await t.until(id, 'interrupted');
    expect(job.error).toEqual({
      code: 'engine/crashed',
      message: 'The engine ended unexpectedly (SIGKILL). Resume goes on after step 3 of 10.',
    });
    await t.until(next.id, 'done');
    await t.studio.service.resumeJob({ job: id });
    await t.until(id, 'done');
    expect(t.engine.requests[2]?.start).toMatchObject({ octave: 1, step: 3 });
  });

  it('lets a job go on by itself where it can, and says so', async () => {
    await t.studio.close();
    t.studio = await openStudio({ home: t.home, engine: carryOn({ api: t.engine, givenUp: [] }) });
    t.engine.msPerStep = 10;
    const { id } = await start();
    await t.until(id, 'running', 4);
    t.engine.failure = new ReverieError('engine/crashed', 'The engine ended unexpectedly (SIGSEGV).');
    const job = await t.until(id, 'done');
    expect(t.engine.requests[1]?.start).toMatchObject({ step: 3, picture: run(id, 'checkpoint.bin') });
    expect(job).toMatchObject({ device: 'cpu', error: null, frames: { first: 1, last: 10 } });
    expect(job.notes).toEqual([
      'A note.',
      'The engine ended unexpectedly (SIGSEGV). The job goes on after step 3 on the device "cpu".',
    ]);
    const curve = await t.studio.service.curve({ job: id, after: 0 });
    expect(curve.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('before the first checkpoint begins anew', async () => {
    t.engine.failure = new ReverieError('engine/crashed', 'Gone.');
    const { id } = await start();
    const job = await t.until(id, 'interrupted');
    expect(job.error?.message).toBe('Gone. Resume begins it anew.');
    await t.studio.service.resumeJob({ job: id });
    await t.until(id, 'done');
    expect(t.engine.requests[1]?.start).toBeNull();
  });
});

describe('the end of the program', () => {
  it('in good order keeps the latest step, and nothing starts by itself afterwards', async () => {
    t.engine.msPerStep = 10;
    const one = await start();
    const two = await start('dog.png');
    await t.until(one.id, 'running', 4);
    await t.studio.close();
    await t.reopen();
    const job = await t.job(one.id);
    expect(job).toMatchObject({ state: 'interrupted', error: { code: 'job/interrupted' } });
    expect(job.error?.message).toMatch(/^Reverie was closed .* Resume goes on after step \d of 10\.$/);
    expect(await t.job(two.id)).toMatchObject({ state: 'queued', position: 0 });
    expect(t.engine.running.now).toBe(0);
    await t.studio.service.resumeJob({ job: one.id });
    await t.until(one.id, 'done');
    await t.until(two.id, 'done');
    expect(t.engine.requests[1]?.start?.step).toBeGreaterThanOrEqual(4);
  });

  it('without a word leaves an interrupted job with its checkpoint', async () => {
    t.engine.msPerStep = 40;
    const { id } = await start();
    await t.until(id, 'running', 4);
    const dead = t.studio;
    await t.reopen(); // Beside the old one, which writes nothing more before the next step.
    expect(await t.job(id)).toMatchObject({ state: 'interrupted', error: { code: 'job/interrupted' } });
    await dead.close();
    t.engine.msPerStep = 1;
    await t.studio.service.resumeJob({ job: id });
    await t.until(id, 'done');
    expect(t.engine.requests[1]?.start?.step).toBeGreaterThanOrEqual(3);
  });

  it('keeps a paused job paused, and passes over folders that are no runs of ours', async () => {
    t.engine.msPerStep = 10;
    const { id } = await start();
    await t.until(id, 'running', 2);
    await t.studio.service.pauseJob({ job: id });
    await t.studio.close();
    await mkdir(run('strange'));
    await writeFile(run('strange', 'job.json'), '{"format": 99}');
    await t.reopen();
    expect((await t.job(id)).state).toBe('paused');
    await expect(t.studio.service.curve({ job: 'strange', after: 0 })).rejects.toMatchObject({
      code: 'job/unknown',
    });
    await t.studio.service.resumeJob({ job: id });
    await t.until(id, 'done');
  });
});

describe('a branch', () => {
  it('begins with the picture of a step, and keeps that picture with it', async () => {
    const parent = await start();
    await t.until(parent.id, 'done');
    const order = { ...orderFor('cat.png', { rate: 3 }), branch: { job: parent.id, step: 7 } };
    const branch = await t.studio.service.start(order);
    await t.studio.service.removeJob({ job: parent.id });
    const done = await t.until(branch.id, 'done');
    const picture = run(branch.id, 'frames', '0007.png');
    expect(t.engine.requests[1]?.start).toEqual({ octave: 2, step: 7, picture });
    expect(done.frames).toEqual({ first: 7, last: 10 });
    expect((await readFile(picture)).length).toBeGreaterThan(0);
  });

  it('with more steps in each octave counts its step anew; of a branch it works as well', async () => {
    const parent = await start();
    await t.until(parent.id, 'done');
    const longer = { ...orderFor('cat.png', { steps: 20 }), branch: { job: parent.id, step: 7 } };
    const branch = await t.studio.service.start(longer);
    await t.until(branch.id, 'done');
    expect(t.engine.requests[1]?.start).toMatchObject({ octave: 2, step: 22 });
    const again = { ...longer, branch: { job: branch.id, step: 22 } };
    const second = await t.studio.service.start(again);
    await t.until(second.id, 'done');
    expect(t.engine.requests[2]?.start).toMatchObject({ octave: 2, step: 22 });
  });

  it('from a step that is not there is refused', async () => {
    const parent = await start();
    await t.until(parent.id, 'done');
    const order = { ...orderFor('cat.png'), branch: { job: parent.id, step: 11 } };
    await expect(t.studio.service.start(order)).rejects.toMatchObject({
      code: 'job/state',
      message: 'There is no step 11 to branch from; this job has steps 1 to 10.',
    });
  });
});

describe('what windows look on', () => {
  it('the live picture: the newest frame, and an end with the run', async () => {
    t.engine.msPerStep = 5;
    const { id } = await start();
    const steps: number[] = [];
    for await (const { step, rgba } of t.studio.service.frames({ job: id })) {
      expect([...rgba]).toEqual([255 - step, 255 - step, 255 - step, 255]);
      steps.push(step);
      await new Promise((resolve) => setTimeout(resolve, 100)); // A slow reader.
    }
    expect(steps.at(-1)).toBe(10);
    expect(steps.length).toBeLessThan(10);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    await expect(t.until(id, 'done')).resolves.toBeDefined();
  });

  it('no frames, where windows get them from the engine itself: it is told under which name', async () => {
    await t.close();
    t = await temporaryStudio({ directFrames: true });
    const { id } = await start();
    await t.until(id, 'done');
    expect(t.engine.requests[0]?.preview).toMatchObject({ channel: id });
  });

  it('a step that is kept becomes a picture of its own', async () => {
    const { id } = await start();
    await t.until(id, 'done');
    expect(await t.studio.service.keepStep({ job: id, step: 4 })).toMatchObject({
      id: 'cat-step-0004.png',
      width: 4,
      made: false,
    });
    await expect(t.studio.service.keepStep({ job: id, step: 99 })).rejects.toMatchObject({
      code: 'image/missing',
    });
  });

  it('old film strips make room', async () => {
    await t.studio.service.changeSettings({ keepRuns: 1 });
    const one = await start();
    await t.until(one.id, 'done');
    const two = await start('dog.png');
    await t.until(two.id, 'done');
    await expect.poll(() => existsSync(run(one.id))).toBe(false);
    expect(existsSync(join(t.home, 'gallery', 'cat-dream.png'))).toBe(true);
  });
});
