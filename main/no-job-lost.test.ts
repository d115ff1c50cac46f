/** Jobs over an engine whose devices fail, each in a process of its own: none is lost, and what it becomes does not depend on it. */
import { parseRequest, type RequestOf } from '../shared/methods/request.ts';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineApi } from '../shared/contract.ts';
import type { JobEvent } from '../shared/jobs.ts';
import type { Fault } from './engine/process/testing/faulty-device.ts';
import { writeTinyModel } from './engine/testing/tiny-model.ts';
import { carryOn } from './studio/jobs/carry-on.ts';
import { createEngineHost, type EngineHost } from './studio/engine/host.ts';
import { forkEngine } from './studio/engine/process.ts';
import type { Timeouts } from './studio/engine/watchdog.ts';

const ROOT = join(import.meta.dirname, '..');
/** Beside the packages that it needs. */
const built = mkdtempSync(join(ROOT, 'node_modules', '.faulty-'));
const folder = mkdtempSync(join(tmpdir(), 'reverie-lost-'));
// Short for a driver, long enough for machines that do ten other things.
const timeouts: Timeouts = { run: 1000, times: 20, first: 4000, own: 5000, every: 50 };
const STEPS = 6;

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    ssr: { noExternal: ['@tensorflow/tfjs-core', 'valibot'] },
    build: {
      ssr: join(ROOT, 'main/engine/process/testing/faulty-engine.ts'),
      outDir: built,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'engine.mjs' } },
    },
  });
  writeTinyModel(join(folder, 'tiny.onnx'), { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
  const noise = Uint8Array.from({ length: 3 * 90 * 60 }, (_, i) => (i * 37 + (i >> 4) * 11) % 256);
  await sharp(noise, { raw: { width: 90, height: 60, channels: 3 } })
    .png()
    .toFile(join(folder, 'photo.png'));
});
afterAll(() => {
  rmSync(built, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

let host: EngineHost;
let engine: EngineApi;
let home = '';
let count = 0;

/** An engine with these faults; `probed` are devices with their milliseconds. */
function open(faults: readonly Fault[], probed: readonly [string, number][] = []): void {
  host = createEngineHost(join(built, 'engine.mjs'), {
    timeouts,
    start: (entry, variables) =>
      forkEngine(entry, {
        ...variables,
        REVERIE_HOME: home,
        REVERIE_FAULTS: JSON.stringify(faults),
        REVERIE_PROBED: JSON.stringify(probed),
      }),
  });
  engine = carryOn(host);
}

beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'));
});
afterEach(() => host.close(500));

const model = join(folder, 'tiny.onnx');
const image = join(folder, 'photo.png');
const place = (): string => join(mkdtempSync(join(folder, 'out-')), `${count++}.png`);

const dreamOf = (rest: object = {}): RequestOf<'dream'> =>
  parseRequest('dream', {
    image,
    model,
    out: place(),
    settings: { steps: STEPS, octaves: 2, normalise: 'mean' },
    device: 'webgpu',
    // Every step, so that it is known where it goes on.
    checkpoint: { path: join(home, 'checkpoint.bin'), everyMs: 0 },
    ...rest,
  });

const visualizeOf = (rest: object = {}): RequestOf<'visualize'> =>
  parseRequest('visualize', {
    model,
    out: place(),
    settings: { target: ['channel:relu2/1', 'channel:relu2/4'], size: 32, steps: 12 },
    device: 'webgpu',
    checkpoint: { path: join(home, 'checkpoint.bin'), everyMs: 0 },
    ...rest,
  });

interface Followed {
  readonly steps: readonly number[];
  readonly told: readonly string[];
  readonly device: string;
  readonly beginnings: number;
  readonly result: unknown;
}

async function follow(events: AsyncIterable<JobEvent<unknown>>): Promise<Followed> {
  const steps: number[] = [];
  const told: string[] = [];
  let [device, beginnings, result]: [string, number, unknown] = ['', 0, undefined];
  const iterator = events[Symbol.asyncIterator]();
  for (;;) {
    const pulled = await iterator.next();
    if (pulled.done === true) break;
    const event = pulled.value;
    if (event.kind === 'started') {
      beginnings++;
      ({ device } = event);
      told.push(...event.notes);
    } else if (event.kind === 'step') {
      steps.push(event.step);
      if (event.note !== undefined) told.push(event.note);
      device = event.device ?? device;
    } else {
      ({ result } = event);
      // As a command does, which has all it needs and leaves nothing to be cleaned up.
      break;
    }
  }
  return { steps, told, device, beginnings, result };
}

const whole = Array.from({ length: 2 * STEPS }, (_, i) => i + 1);

describe('a dream goes on, told in a sentence', () => {
  it.each<[string, Fault, RegExp]>([
    [
      'when the device is silent in a step',
      { device: 'webgpu', how: 'hang', run: 4 },
      /^The device "webgpu" has not answered for \d+ seconds, where a step took [\d.]+ seconds at most\. The job goes on after step 3 on the device "cpu"\.$/,
    ],
    [
      'when the driver turns in circles',
      { device: 'webgpu', how: 'spin', run: 4 },
      /has not answered .* The job goes on after step 3 on the device "cpu"\.$/,
    ],
    [
      'when it is silent from the very first step',
      { device: 'webgpu', how: 'hang', run: 1 },
      /has not answered for \d+ seconds, while it was made ready\. The job begins anew on the device "cpu"\.$/,
    ],
    [
      'when a driver ends the process',
      { device: 'webgpu', how: 'SIGSEGV', run: 5 },
      /\(SIGSEGV\): a native library touched .* The job goes on after step 4 on the device "cpu"\.$/,
    ],
    [
      'when the process is killed',
      { device: 'webgpu', how: 'SIGKILL', run: 5 },
      /\(SIGKILL\): it was killed, .* The job goes on after step 4 on the device "cpu"\.$/,
    ],
    [
      'when the device is lost',
      { device: 'webgpu', how: 'lost', run: 5 },
      /lost\. The job goes on with the device "cpu"\.$/,
    ],
    [
      'when its numbers are none from a step on',
      { device: 'webgpu', how: 'nan', run: 5 },
      /computed numbers that are not finite\. The job goes on with the device "cpu"\.$/,
    ],
    [
      'when there is no driver at all',
      { device: 'webgpu', how: 'none', run: 1 },
      /cannot be used: no adapter\. The job goes on with the device "cpu"\.$/,
    ],
  ])('%s', async (_, fault, sentence) => {
    open([fault]);
    const request = dreamOf();
    const { steps, told, device, beginnings } = await follow(engine.dream(request));
    expect(told).toEqual([expect.stringMatching(sentence)]);
    expect({ steps, device, beginnings }).toEqual({ steps: whole, device: 'cpu', beginnings: 1 });
    expect(existsSync(request.out)).toBe(true);
  });

  it('through every device in turn', async () => {
    const faults: Fault[] = [
      { device: 'webgpu', how: 'hang', run: 3 },
      { device: 'tensorflow', how: 'SIGSEGV', run: 3 },
    ];
    open(faults, [
      ['cpu', 90],
      ['webgpu', 1],
      ['tensorflow', 9],
    ]);
    const { steps, told, device } = await follow(engine.dream(dreamOf({ device: 'auto' })));
    expect(told).toEqual([
      expect.stringMatching(/"webgpu" has not .* after step 2 on the device "tensorflow"\.$/),
      expect.stringMatching(/SIGSEGV.* after step 4 on the device "cpu"\.$/),
    ]);
    expect({ steps, device }).toEqual({ steps: whole, device: 'cpu' });
    expect(host.givenUp).toEqual(['webgpu', 'tensorflow']);
  });

  it('and the next one does not try the device again', async () => {
    open([{ device: 'webgpu', how: 'SIGKILL', run: 2 }]);
    await follow(engine.dream(dreamOf()));
    const { told, device, steps } = await follow(engine.dream(dreamOf()));
    expect(told).toEqual([
      'The device "webgpu" failed before, so "cpu" computes until Reverie is started again.',
    ]);
    expect({ steps, device }).toEqual({ steps: whole, device: 'cpu' });
  });
});

describe('on the processor', () => {
  const cpu = { device: 'cpu' } as const;

  it.each<Fault['how']>(['SIGKILL', 'SIGSEGV', 'hang'])(
    'a dream survives one %s, and becomes the very picture it would have been',
    async (how) => {
      open([]);
      const undisturbed = dreamOf(cpu);
      await follow(engine.dream(undisturbed));
      await host.close();
      open([{ device: 'cpu', how, run: 8, once: join(home, 'once') }]);
      // As from a terminal, which keeps no checkpoint: the job keeps its own, and leaves nothing of it.
      const request = dreamOf({ ...cpu, checkpoint: null });
      const { told, steps, beginnings } = await follow(engine.dream(request));
      expect(told).toEqual([
        expect.stringMatching(/The job (begins anew|goes on after step \d+) on the device "cpu"\.$/),
      ]);
      expect({ last: steps.at(-1), beginnings }).toEqual({ last: 2 * STEPS, beginnings: 1 });
      expect(readFileSync(request.out)).toEqual(readFileSync(undisturbed.out));
      expect(readdirSync(join(request.out, '..'))).toHaveLength(1);
    },
  );

  it('a second end is told to the caller: nothing goes round for ever', async () => {
    open([{ device: 'cpu', how: 'SIGKILL', run: 3 }]);
    const request = dreamOf({ ...cpu, checkpoint: null });
    await expect(follow(engine.dream(request))).rejects.toMatchObject({ code: 'engine/crashed' });
    expect(readdirSync(join(request.out, '..'))).toEqual([]);
  });

  it('work that is slow is not taken for a hang', async () => {
    open([{ device: 'cpu', how: 'spin', run: 3 }]);
    const events = engine.dream(dreamOf(cpu))[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) await events.next();
    const pid = host.pid;
    const silence = new Promise((resolve) => setTimeout(() => resolve('still at it'), 3 * timeouts.own));
    const next = events.next();
    next.catch(() => undefined);
    expect(await Promise.race([next, silence])).toBe('still at it');
    expect(host.pid).toBe(pid);
  });

  it('leaving a job does not wait for a step that never ends', async () => {
    open([{ device: 'webgpu', how: 'hang', run: 3 }]);
    const events = engine.dream(dreamOf())[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) await events.next();
    const next = events.next();
    await events.return?.();
    expect((await next).done).toBe(true);
    expect((await events.next()).done).toBe(true);
  });
});

describe('a visualisation', () => {
  it.each([
    ['fourier', { target: ['channel:relu2/1', 'channel:relu2/4'], size: 32, steps: 12 }],
    ['maco', { target: ['channel:relu2/1'], param: 'maco', size: 40, steps: 8 }],
    ['images that are to differ', { target: ['channel:relu2/1'], diversity: 2, size: 32, steps: 8 }],
  ])('that is interrupted becomes the very picture it would have been: %s', async (_, settings) => {
    open([]);
    const undisturbed = visualizeOf({ settings, device: 'cpu' });
    const expected = await follow(engine.visualize(undisturbed));
    await host.close();
    open([{ device: 'cpu', how: 'SIGKILL', run: 6, once: join(home, 'once') }]);
    const request = visualizeOf({ settings, device: 'cpu' });
    const { told, steps, result } = await follow(engine.visualize(request));
    expect(told.join(' ')).toMatch(/SIGKILL.*The job goes on after step \d+ on the device "cpu"\./);
    expect(steps).toEqual(expected.steps);
    expect(readFileSync(request.out)).toEqual(readFileSync(undisturbed.out));
    expect(result).toMatchObject({
      images: (expected.result as { images: object[] }).images.map((row) => ({ ...row })),
    });
  });

  it('that is left goes on from where it was, with the same bytes', async () => {
    open([]);
    const undisturbed = visualizeOf({ device: 'cpu' });
    await follow(engine.visualize(undisturbed));
    const request = visualizeOf({ device: 'cpu' });
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
    open([]);
    const request = visualizeOf({ device: 'cpu' });
    await follow(engine.visualize(request));
    const other = visualizeOf({ device: 'cpu', settings: { target: ['class:0'], size: 48, steps: 4 } });
    for (const picture of [request.checkpoint?.path ?? '', image, join(home, 'none')])
      await expect(
        follow(engine.visualize({ ...other, start: { octave: 1, step: 1, picture } })),
      ).rejects.toMatchObject({
        code: 'image/unreadable',
        message: expect.stringMatching(/^The checkpoint ".*" is damaged\.$/),
      });
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
            out: place(),
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
            out: place(),
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
      open([{ device: 'webgpu', ...fault }]);
      const { told, result } = await follow(begin(engine));
      expect(result).toBeDefined();
      // A single run may be all that it takes.
      if (fault.run === 1 || told.length > 0) expect(told.join(' ')).toMatch(sentence);
      await host.close();
    }
  });

  it('a picture is classified', async () => {
    open([{ device: 'webgpu', how: 'hang', run: 1 }]);
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
    open([]);
    const probes = createEngineHost(join(built, 'engine.mjs'), {
      start: (entry, variables) => forkEngine(entry, { ...variables, REVERIE_HOME: home }),
      startProbe(entry, variables) {
        const probe = forkEngine(entry, { ...variables, REVERIE_HOME: home });
        probe.onMessage(() => undefined);
        process.kill(probe.pid ?? 0, 'SIGKILL');
        return probe;
      },
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
