import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import type { Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { countingRuntime } from '../../testing/counting-runtime.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { runDream } from './job.ts';
import { rehearse } from './rehearsal.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-rehearsal-'));
const PICTURE = { width: 120, height: 90 };
let model: Model;
beforeAll(async () => {
  writeTinyModel(join(folder, 'tiny.onnx'), { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
  model = await loadModel(join(folder, 'tiny.onnx'));
  await saveImage(createPixels(PICTURE.width, PICTURE.height, 0.5), join(folder, 'photo.png'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const request = parseRequest('dream', {
  image: join(folder, 'photo.png'),
  out: join(folder, 'dream.png'),
  settings: { octaves: 2, steps: 1 },
});

const contextOn = (runtime: Runtime) => ({ model, runtime, programs: new ProgramCache(2 ** 28) });

describe('a rehearsed dream', () => {
  it('begins with the program of the rehearsal', async () => {
    const runtime = countingRuntime(() => undefined);
    const context = contextOn(runtime);
    expect(await rehearse(context, request.settings, PICTURE)).toBe(true);
    expect([runtime.alive, runtime.runs]).toEqual([1, 1]);
    for await (const { kind } of runDream(context, request)) if (kind === 'step') break;
    expect([runtime.alive, runtime.runs]).toEqual([1, 2]);
  });

  it('is none on a graphics card, which is not to be lost for it', async () => {
    const runtime = countingRuntime(() => undefined);
    const card: Runtime = {
      name: runtime.name,
      device: 'webgpu',
      compile: (graph) => runtime.compile(graph),
    };
    expect(await rehearse(contextOn(card), request.settings, PICTURE)).toBe(false);
    expect(runtime.alive).toBe(0);
  });

  it('is none where it would take long', async () => {
    const runtime = countingRuntime(() => undefined);
    const large = { width: 16_000, height: 16_000 };
    expect(await rehearse(contextOn(runtime), { ...request.settings, size: 16_000 }, large)).toBe(false);
    expect(runtime.alive).toBe(0);
  });
});
