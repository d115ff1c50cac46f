import { parseRequest, type RequestOf } from '../../../../shared/methods/request.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PictureResult } from '../../../../shared/contract/result.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { FallbackRuntime } from '../../runtime/fallback.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import type { Device, Runtime } from '../../runtime/runtime.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { runDream } from './job.ts';
import { planTiles } from './tiled-gradient.ts';
import { smallerSide, Tiling } from './tiling.ts';

describe('the next smaller tiles', () => {
  it.each([
    // A picture in one tile needs a side that really cuts it.
    [{ width: 300, height: 200 }, 512, 32, 128],
    [{ width: 2000, height: 1500 }, 512, 32, 256],
    [{ width: 2000, height: 1500 }, 256, 200, null],
    [{ width: 60, height: 60 }, 512, 16, null],
    [{ width: 4000, height: 3000 }, 64, 16, null],
  ])('of %j after %i, where the network needs %i, is %s', (picture, side, smallest, expected) => {
    expect(smallerSide(picture, side, smallest)).toBe(expected);
  });

  it('are always smaller than before, and never too small for the network', () => {
    for (const smallest of [16, 75, 139, 224])
      for (let width = smallest; width < 3000; width += 97)
        for (const height of [smallest, 333, 1024]) {
          let side: number | null = 512;
          let pixels = Infinity;
          while (side !== null) {
            const plan = planTiles(width, height, side);
            expect(plan.width * plan.height).toBeLessThan(pixels);
            if (pixels < Infinity) expect(Math.min(plan.width, plan.height)).toBeGreaterThanOrEqual(smallest);
            pixels = plan.width * plan.height;
            side = smallerSide({ width, height }, side, smallest);
          }
        }
  });

  it('hold from their step on, and before it the others', () => {
    const tiling = new Tiling(512, 16, [{ step: 7, side: 256 }]);
    expect([1, 6, 7, 99].map((step) => tiling.sideAt(step))).toEqual([512, 512, 256, 256]);
    expect(tiling.shrink(9, { width: 800, height: 800 }, 'Why.')).toBe(true);
    expect(tiling.changes).toEqual([
      { step: 7, side: 256 },
      { step: 9, side: 128 },
    ]);
    expect(tiling.takeNews()).toEqual(['Why. From step 9 on the tiles are of 128 pixels.']);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'reverie-tiling-'));
let model: Model;
beforeAll(async () => {
  writeTinyModel(join(folder, 'tiny.onnx'), { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
  model = await loadModel(join(folder, 'tiny.onnx'));
  const picture = createPixels(400, 300);
  picture.data.forEach((_, i) => (picture.data[i] = 0.5 + 0.3 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  await saveImage(picture, join(folder, 'photo.png'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A device with memory for so many pixels; from its `run`-th run on. */
function small(device: Device, pixels: number, run = 1): Runtime {
  const cpu = onnxRuntime({ threads: 1 });
  let runs = 0;
  return {
    name: 'small',
    device,
    async compile(graph) {
      const program = await cpu.compile(graph);
      return {
        outputs: program.outputs,
        dispose: () => program.dispose(),
        run: (feeds) => {
          runs++;
          if (runs >= run && (feeds[IMAGE]?.data.length ?? 0) / 3 > pixels)
            throw new ReverieError(
              'device/memory',
              `The device "${device}" has too little memory for this step.`,
            );
          return program.run(feeds);
        },
      };
    },
  };
}

let count = 0;
const order = (rest: object = {}): RequestOf<'dream'> =>
  parseRequest('dream', {
    image: join(folder, 'photo.png'),
    out: join(folder, `out-${count++}.png`),
    settings: { steps: 4, octaves: 2, layers: 'relu2', normalise: 'mean', tile: 256 },
    ...rest,
  });

async function run(
  runtime: Runtime,
  request: RequestOf<'dream'>,
): Promise<{ notes: string[]; result: PictureResult }> {
  const notes: string[] = [];
  let result: PictureResult | undefined;
  for await (const event of runDream({ model, runtime, programs: new ProgramCache(2 ** 28) }, request)) {
    const known: JobEvent<PictureResult> = event;
    if (known.kind === 'step' && known.note !== undefined) notes.push(known.note);
    if (known.kind === 'done') ({ result } = known);
  }
  if (result === undefined) throw new Error('It never ended.');
  return { notes, result };
}

describe('a dream that runs out of memory', () => {
  const cpu = onnxRuntime({ threads: 1 });

  it('goes on with smaller tiles on the same device, says so, and is repeated by its recipe to the byte', async () => {
    const runtime = new FallbackRuntime([small('webgpu', 150 * 150, 7), cpu]);
    const request = order();
    const { notes, result } = await run(runtime, request);
    // Four steps on 286 × 214 in one tile, then two tiles a step: the seventh run is in the sixth step.
    expect(notes).toEqual([
      'The device "webgpu" has too little memory for this step. From step 6 on the tiles are of 128 pixels.',
    ]);
    expect(runtime.device).toBe('webgpu');
    expect(result.recipe).toMatchObject({ settings: { tile: 256 }, tiles: [{ step: 6, side: 128 }] });
    // A healthy device: with the recipe the same bytes, with its settings alone another picture.
    const healthy = small('webgpu', Infinity);
    const [again, plain] = [order({ repeats: result.recipe }), order()];
    await run(healthy, again);
    await run(healthy, plain);
    expect(readFileSync(again.out)).toEqual(readFileSync(request.out));
    expect(readFileSync(plain.out)).not.toEqual(readFileSync(request.out));
  });

  it('moves to the next device when its smallest tiles are too large, with tiles as before', async () => {
    const runtime = new FallbackRuntime([small('webgpu', 10), cpu]);
    const { notes, result } = await run(runtime, order());
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/tiles are of 128 pixels\..*tiles are of 64 pixels\./);
    expect(runtime.takeNews()).toEqual([
      'The device "webgpu" has too little memory for this step. The job goes on with the device "cpu".',
    ]);
    expect(result.recipe).toMatchObject({ tiles: [{ step: 1, side: 256 }] });
  });

  it('fails in a sentence where the last device has too little for the smallest', async () => {
    await expect(run(new FallbackRuntime([small('cpu', 10)]), order())).rejects.toMatchObject({
      code: 'device/memory',
      message: 'The device "cpu" has too little memory for this step.',
    });
  });

  it('and is interrupted afterwards still becomes what its recipe says', async () => {
    const request = order({ checkpoint: { path: join(folder, 'checkpoint.bin'), everyMs: 0 } });
    const runtime = new FallbackRuntime([small('webgpu', 150 * 150, 7), cpu]);
    const context = { model, runtime, programs: new ProgramCache(0) };
    for await (const event of runDream(context, request))
      if (event.kind === 'step' && event.step === 7) break;
    const start = { octave: 2, step: 7, picture: join(folder, 'checkpoint.bin') };
    // The device has memory again, but the tiles stay.
    const healthy = small('webgpu', Infinity);
    const { result } = await run(healthy, { ...request, start });
    const again = order({ repeats: result.recipe });
    await run(healthy, again);
    expect(readFileSync(again.out)).toEqual(readFileSync(request.out));
  });

  it('in the machine as a whole begins with smaller tiles when it is told to', async () => {
    const { notes, result } = await run(cpu, order({ smaller: true }));
    expect(notes).toEqual(['From step 1 on the tiles are of 128 pixels.']);
    expect(result.recipe).toMatchObject({ tiles: [{ step: 1, side: 128 }] });
  });
});

it('plans tiles of whole patches, and of the one size that a network takes', () => {
  expect(planTiles(100, 70, 50, { step: 8, only: null })).toEqual({
    ...{ columns: 2, rows: 2, width: 56, height: 40 },
  });
  expect(planTiles(100, 70, 512, { step: 1, only: { width: 32, height: 32 } })).toEqual({
    ...{ columns: 4, rows: 3, width: 32, height: 32 },
  });
});
