/** An atlas of a tiny network: the same images whatever was there before, however often it was stopped, and from shards. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultOf } from '../../../../shared/jobs.ts';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { loadModel } from '../../models/load.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { hashesIn } from '../../testing/folder-hashes.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import type { MethodContext } from '../common/context.ts';
import { merge } from '../merge/merge.ts';
import { runAtlas } from './job.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-atlas-test-'));
let context: MethodContext;
beforeAll(async () => {
  writeTinyModel(join(folder, 'tiny.onnx'));
  const model = await loadModel(join(folder, 'tiny.onnx'));
  context = { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(2 ** 26) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Channels of the layer: a block of four and one of two. */
const CHANNELS = 6;

let count = 0;
function job(asked: object = {}, root = join(folder, `cache-${count++}`)) {
  const request = parseRequest('atlas', { settings: { layer: 'relu2', size: 32, steps: 2 }, ...asked });
  const events = () => runAtlas(context, request, root);
  return { root, events, run: () => resultOf(events()) };
}

it('makes a channel the same whatever was there before', async () => {
  const whole = job();
  expect(await whole.run()).toMatchObject({ made: CHANNELS, channels: CHANNELS });
  const expected = hashesIn(whole.root);
  expect(Object.keys(expected)).toHaveLength(CHANNELS);
  for (const lost of [[0], [1, 2], [3, 4], [5], [0, 1, 2, 3]]) {
    const { folder: page } = await whole.run();
    for (const channel of lost) await rm(join(page, `${channel}.png`));
    const { made } = await whole.run();
    expect(made).toBeGreaterThanOrEqual(lost.length);
    expect(hashesIn(whole.root)).toEqual(expected);
  }
  expect((await whole.run()).made).toBe(0);
  const stopped = job();
  for await (const event of stopped.events()) if (event.kind === 'step') break;
  expect(await stopped.run()).toMatchObject({ made: 2 });
  expect(hashesIn(stopped.root)).toEqual(expected);
});

it.each([1, 2, 3, 7])('of %i shards is, joined, what one machine makes, byte for byte', async (n) => {
  const [single, out] = [join(folder, `single-${n}`), join(folder, `joined-${n}`)];
  const whole = await job({ out: single }).run();
  expect(whole).toMatchObject({ folder: single, output: join(single, 'sheet.png'), made: CHANNELS });
  const parts = Array.from({ length: n }, (_, i) => join(folder, `part-${n}-${i}`));
  for (const [i, part] of parts.entries()) {
    const { output } = await job({ out: part, shard: `${i + 1}/${n}` }).run();
    expect(output).toBe(n === 1 ? join(part, 'sheet.png') : null);
  }
  if (n === 3) await expect(merge({ folders: parts.slice(0, 1), out, mixed: false })).rejects.toThrow(/2\/3/);
  const { method, result } = await merge({ folders: parts, out, mixed: false });
  expect(method).toBe('atlas');
  expect(result).toMatchObject({ layer: 'relu2', channels: CHANNELS, output: join(out, 'sheet.png') });
  expect(hashesIn(out)).toEqual(hashesIn(single));
  // The images are those that windows are shown.
  const { folder: page } = await job().run();
  for (const [name, hash] of Object.entries(hashesIn(page))) expect(hashesIn(out)[name]).toBe(hash);
});

it('is divided in a folder alone', async () => {
  await expect(job({ shard: '1/2' }).run()).rejects.toThrow(/shards of an atlas go into a folder/);
  const sheet = join(folder, 'sheet.png');
  await expect(job({ shard: '1/2', out: sheet }).run()).rejects.toThrow(/without the extension of a picture/);
  await job({ out: sheet }).run();
  expect(existsSync(sheet)).toBe(true);
});

it('computes any of its blocks by name', async () => {
  const out = join(folder, 'blocks');
  expect(await job({ out, units: ['4-5'] }).run()).toMatchObject({ made: 2, done: [4, 5], output: null });
  expect(await job({ out }).run()).toMatchObject({ made: 4, output: join(out, 'sheet.png') });
  const whole = join(folder, 'blocks-whole');
  await job({ out: whole }).run();
  expect(hashesIn(out)).toEqual(hashesIn(whole));
});
