/**
 * Jobs over engines whose devices fail, each engine in a process of its own. `faultyJobs` registers what prepares them and clears
 * them away; the tests of one file share its folder, its network and its photo.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { EngineApi } from '../../../shared/contract.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import { parseRequest, type RequestOf } from '../../../shared/methods/request.ts';
import type { Fault } from '../../engine/process/testing/faulty-device.ts';
import { writeTinyModel } from '../../engine/testing/tiny-model.ts';
import { createEngineHost, type EngineHost } from '../../studio/engine/host.ts';
import { forkEngine, type StartEngine } from '../../studio/engine/process.ts';
import type { Timeouts } from '../../studio/engine/watchdog.ts';
import { carryOn } from '../../studio/jobs/carry-on.ts';

const ROOT = join(import.meta.dirname, '../../..');
// Short for a driver, long enough for machines that do ten other things.
export const timeouts: Timeouts = { run: 600, times: 20, first: 2000, own: 2000, every: 50 };
export const STEPS = 6;
/** The steps of an undisturbed `dream`. */
export const whole = Array.from({ length: 2 * STEPS }, (_, i) => i + 1);

/** What a job told until its result. */
export interface Followed {
  readonly steps: readonly number[];
  readonly told: readonly string[];
  readonly device: string;
  readonly beginnings: number;
  readonly result: unknown;
}

export interface FaultyJobs {
  /** With nothing else than the photo and the network in it, as far as pictures and networks go. */
  readonly folder: string;
  readonly model: string;
  readonly image: string;
  /** A folder of the test's own, which the engines of `open` keep their state in. */
  home(): string;
  /** A free path for a result, in a folder of its own. */
  place(): string;
  /** An engine with these faults; `probed` are devices with their milliseconds. It is closed after the test. */
  open(
    faults: readonly Fault[],
    probed?: readonly [string, number][],
  ): { host: EngineHost; engine: EngineApi };
  /** A host of engines without faults that are started in this way. The test closes it. */
  hostWith(startProbe: (start: StartEngine) => StartEngine): EngineHost;
  /** An engine without faults. All tests of the file have the same. */
  sound(): EngineApi;
  dream(rest?: object): RequestOf<'dream'>;
  visualize(rest?: object): RequestOf<'visualize'>;
}

export function faultyJobs(): FaultyJobs {
  // Beside the packages that the engine needs.
  const built = mkdtempSync(join(ROOT, 'node_modules', '.faulty-'));
  const folder = mkdtempSync(join(tmpdir(), 'reverie-lost-'));
  const model = join(folder, 'tiny.onnx');
  const image = join(folder, 'photo.png');
  const opened: EngineHost[] = [];
  let [entry, home, count] = ['', '', 0];
  let soundHost: EngineHost | undefined;

  beforeAll(async () => {
    entry = await buildEngine(built);
    writeTinyModel(model, { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
    const noise = Uint8Array.from({ length: 3 * 90 * 60 }, (_, i) => (i * 37 + (i >> 4) * 11) % 256);
    await sharp(noise, { raw: { width: 90, height: 60, channels: 3 } })
      .png()
      .toFile(image);
  });
  beforeEach(() => {
    home = mkdtempSync(join(folder, 'home-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((host) => host.close(500)));
  });
  afterAll(async () => {
    await soundHost?.close(500);
    for (const path of [built, folder]) rmSync(path, { recursive: true, force: true });
  });

  const starting =
    (variables: Readonly<Record<string, string>>): StartEngine =>
    (path, others) =>
      forkEngine(path, { ...others, ...variables });
  const place = (): string => join(mkdtempSync(join(folder, 'out-')), `${count++}.png`);
  // Every step, so that it is known where a job goes on.
  const shared = () => ({
    ...{ model, out: place(), device: 'webgpu' },
    checkpoint: { path: join(home, 'checkpoint.bin'), everyMs: 0 },
  });

  return {
    folder,
    model,
    image,
    home: () => home,
    place,
    open(faults, probed = []) {
      const host = createEngineHost(entry, {
        timeouts,
        start: starting({
          REVERIE_HOME: home,
          REVERIE_FAULTS: JSON.stringify(faults),
          REVERIE_PROBED: JSON.stringify(probed),
        }),
      });
      opened.push(host);
      return { host, engine: carryOn(host) };
    },
    hostWith(startProbe) {
      const start = starting({ REVERIE_HOME: home });
      return createEngineHost(entry, { start, startProbe: startProbe(start) });
    },
    sound() {
      soundHost ??= createEngineHost(entry, { start: starting({ REVERIE_HOME: folder }) });
      return carryOn(soundHost);
    },
    dream: (rest = {}) =>
      parseRequest('dream', {
        ...shared(),
        image,
        settings: { steps: STEPS, octaves: 2, normalise: 'mean' },
        ...rest,
      }),
    visualize: (rest = {}) =>
      parseRequest('visualize', {
        ...shared(),
        settings: { target: ['channel:relu2/1', 'channel:relu2/4'], size: 32, steps: 12 },
        ...rest,
      }),
  };
}

/** Follows a job to its result as a command does, which has then all it needs and leaves nothing to be cleaned up. */
export async function follow(events: AsyncIterable<JobEvent<unknown>>): Promise<Followed> {
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
      break;
    }
  }
  return { steps, told, device, beginnings, result };
}

/** Builds the engine with faults into a folder, and tells its path. */
async function buildEngine(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    ssr: { noExternal: ['@tensorflow/tfjs-core', 'valibot'] },
    build: {
      ssr: join(ROOT, 'main/engine/process/testing/faulty-engine.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'engine.mjs' } },
    },
  });
  return join(folder, 'engine.mjs');
}
