/** Jobs of every other kind than dreams over a device that fails, and the probe of a device that ends its engine. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineApi } from '../../shared/contract.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import { parseRequest, type RequestOf } from '../../shared/methods/request.ts';
import { faultyJobs, follow } from './testing/faulty-jobs.ts';

const jobs = faultyJobs();
const { folder, model, image } = jobs;

describe('a visualisation', () => {
  it.each([
    ['fourier', { target: ['channel:relu2/1', 'channel:relu2/4'], size: 32, steps: 12 }],
    ['maco', { target: ['channel:relu2/1'], param: 'maco', size: 40, steps: 8 }],
    ['images that are to differ', { target: ['channel:relu2/1'], diversity: 2, size: 32, steps: 8 }],
  ])('that is interrupted becomes the very picture it would have been: %s', async (_, settings) => {
    const undisturbed = jobs.visualize({ settings, device: 'cpu' });
    const expected = await follow(jobs.sound().visualize(undisturbed));
    const once = join(jobs.home(), 'once');
    const { engine } = jobs.open([{ device: 'cpu', how: 'SIGKILL', run: 6, once }]);
    const request = jobs.visualize({ settings, device: 'cpu' });
    const { told, steps, result } = await follow(engine.visualize(request));
    expect(told.join(' ')).toMatch(/SIGKILL.*The job goes on after step \d+ on the device "cpu"\./);
    expect(steps).toEqual(expected.steps);
    expect(readFileSync(request.out)).toEqual(readFileSync(undisturbed.out));
    expect(result).toMatchObject({
      images: (expected.result as { images: object[] }).images.map((row) => ({ ...row })),
    });
  });

  it('that is left goes on from where it was, with the same bytes', async () => {
    const engine = jobs.sound();
    const undisturbed = jobs.visualize({ device: 'cpu' });
    await follow(engine.visualize(undisturbed));
    const request = jobs.visualize({ device: 'cpu' });
    const path = request.checkpoint?.path ?? '';
    for await (const event of engine.visualize(request)) if (event.kind === 'step' && event.step === 5) break;
    expect(existsSync(request.out)).toBe(false);
    const { steps } = await follow(
      engine.visualize({ ...request, start: { octave: 1, step: 5, picture: path } }),
    );
    expect(steps[0]).toBe(6);
    expect(readFileSync(request.out)).toEqual(readFileSync(undisturbed.out));
  });

  it('with the checkpoint of another is refused in a sentence', async () => {
    const engine = jobs.sound();
    const request = jobs.visualize({ device: 'cpu' });
    await follow(engine.visualize(request));
    const other = jobs.visualize({ device: 'cpu', settings: { target: ['class:0'], size: 48, steps: 4 } });
    for (const picture of [request.checkpoint?.path ?? '', jobs.image, join(jobs.home(), 'none')])
      await expect(
        follow(engine.visualize({ ...other, start: { octave: 1, step: 1, picture } })),
      ).rejects.toMatchObject({
        code: 'image/unreadable',
        message: expect.stringMatching(/^The checkpoint ".*" is damaged\.$/),
      });
  });
});

describe('a film', () => {
  it('whose engine is killed becomes the very film it would have been', async () => {
    const settings = { frames: 6, steps: 1, octaves: 1, size: 48, layers: 'relu2' };
    const film = (): RequestOf<'film'> =>
      parseRequest('film', { image, model, out: jobs.place().replace('.png', ''), settings, device: 'cpu' });
    const undisturbed = film();
    await follow(jobs.sound().film(undisturbed));
    const once = join(jobs.home(), 'once');
    const { engine } = jobs.open([{ device: 'cpu', how: 'SIGKILL', run: 4, once }]);
    const request = film();
    const { told, steps } = await follow(engine.film(request));
    expect(told.join(' ')).toMatch(/SIGKILL.*The job goes on where it stopped on the device "cpu"\./);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
    const bytes = ({ out }: RequestOf<'film'>): Buffer[] =>
      readdirSync(out)
        .sort()
        .map((name) => readFileSync(join(out, name)));
    expect(bytes(request)).toEqual(bytes(undisturbed));
  });
});

describe('jobs of every other kind end as well', () => {
  it.each<[string, (api: EngineApi) => AsyncIterable<JobEvent<unknown>>, RegExp]>([
    [
      'atlas',
      (api) =>
        api.atlas(
          parseRequest('atlas', {
            model,
            settings: { layer: 'relu2', size: 32, steps: 3 },
            device: 'webgpu',
          }),
        ),
      /The job goes on where it stopped on the device "cpu"\.$/,
    ],
    [
      'explain',
      (api) =>
        api.explain(
          parseRequest('explain', {
            image,
            model,
            out: jobs.place(),
            settings: { method: ['gradient', 'smoothgrad'] },
            device: 'webgpu',
          }),
        ),
      /The job begins anew on the device "cpu"\.$/,
    ],
    [
      'attack',
      (api) =>
        api.attack(
          parseRequest('attack', {
            image,
            model,
            out: jobs.place(),
            settings: { method: 'pgd', steps: 5 },
            device: 'webgpu',
          }),
        ),
      /The job begins anew on the device "cpu"\.$/,
    ],
    [
      'examples',
      (api) =>
        api.examples(
          parseRequest('examples', {
            photos: [folder],
            model,
            settings: { target: ['channel:relu2/1'] },
            device: 'webgpu',
          }),
        ),
      /The job goes on where it stopped on the device "cpu"\.$/,
    ],
  ])('%s', async (_, begin, sentence) => {
    for (const fault of [
      { how: 'hang', run: 1 },
      { how: 'SIGSEGV', run: 2 },
    ] as const) {
      const { engine } = jobs.open([{ device: 'webgpu', ...fault }]);
      const { told, result } = await follow(begin(engine));
      expect(result).toBeDefined();
      // A single run may be all that it takes.
      if (fault.run === 1 || told.length > 0) expect(told.join(' ')).toMatch(sentence);
    }
  });

  it('a picture is classified', async () => {
    const { engine } = jobs.open([{ device: 'webgpu', how: 'hang', run: 1 }]);
    const { device, images } = await engine.classify({
      ...{ model, runtime: 'auto', device: 'webgpu' },
      images: [image],
      settings: { top: 1 },
      ...{ printed: false, straightened: null },
    });
    expect({ device, classes: images[0]?.classes.length }).toEqual({ device: 'cpu', classes: 1 });
  });
});

describe('a probe of devices', () => {
  it('that is killed leaves a row with the reason, and is not begun again by itself', async () => {
    const probes = jobs.hostWith((start) => (entry, variables) => {
      const probe = start(entry, variables);
      probe.onMessage(() => undefined);
      process.kill(probe.pid ?? 0, 'SIGKILL');
      return probe;
    });
    const { devices } = await probes.api.devices({ measure: false, device: null });
    expect(devices.find(({ device }) => device === 'webgpu')).toMatchObject({
      usable: false,
      untried: false,
      reason: expect.stringMatching(/^It cannot be tried: The engine ended unexpectedly \(SIGKILL\)/),
    });
    await probes.close();
  });
});
