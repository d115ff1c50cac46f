/** A patch that works anywhere: what is written, what it leaves alone, what it is judged on, and what is refused. */
import { parseRequest } from '../../../../../shared/methods/request.ts';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { type AttackResult, type AttackSetResult } from '../../../../../shared/methods/attack.ts';
import { errorData } from '../../../../../shared/errors.ts';
import { toLevels } from '../../../attack/lattice.ts';
import { decodeImage, saveImage } from '../../../imaging/codec.ts';
import { createPixels } from '../../../imaging/pixels.ts';
import { loadModel } from '../../../models/load.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { writeTinyModel } from '../../../testing/tiny-model.ts';
import { runAttack } from '../job.ts';
import { runAttackSet } from '../set.ts';
import type { MethodContext } from '../../common/context.ts';

const folder = await mkdtemp(join(tmpdir(), 'reverie-patch-'));
const programs = new ProgramCache(2 ** 26);
afterAll(async () => {
  await programs.clear();
  await rm(folder, { recursive: true });
});

writeTinyModel(join(folder, 'tiny.onnx'));
const tiny: MethodContext = {
  model: await loadModel(join(folder, 'tiny.onnx')),
  runtime: onnxRuntime({ threads: 1 }),
  programs,
};
const open = (): Promise<MethodContext> => Promise.resolve(tiny);

const photos = [0, 1, 2, 3, 4].map((k) => join(folder, `photo-${k}.png`));
for (const [k, path] of photos.entries()) {
  const scene = createPixels(64, 48);
  scene.data.forEach(
    (_, i) => (scene.data[i] = 0.5 + 0.45 * Math.sin(i * (0.17 + 0.02 * k)) * Math.cos(i * 0.013)),
  );
  await saveImage(scene, path);
}
const [photo = ''] = photos;
const levelsOf = async (path: string) => toLevels((await decodeImage(path)).pixels.data);

const QUICK = { method: 'patch', placement: 'anywhere', steps: 6, samples: 2, fresh: 12 };
const unwatched = { perturbation: null, views: null, print: null, patch: null, transfer: [], preview: null };

let serial = 0;
async function run(settings: object = {}, rest: object = {}): Promise<AttackResult> {
  const request = parseRequest('attack', {
    ...unwatched,
    image: photo,
    settings: { ...QUICK, ...settings },
    out: join(folder, `out-${serial++}.png`),
    ...rest,
  });
  for await (const event of runAttack(open, request)) if (event.kind === 'done') return event.result;
  throw new Error('no result');
}

async function runSet(settings: object = {}, rest: object = {}): Promise<AttackSetResult> {
  const request = parseRequest('attackSet', { images: photos, settings: { ...QUICK, ...settings }, ...rest });
  for await (const event of runAttackSet(open, request)) if (event.kind === 'done') return event.result;
  throw new Error('no result');
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => errorData(error).message,
  );

/** Opaque pixels of a PNG, from its own bytes. */
async function alphaOf(path: string) {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(4);
  return { ...info, alpha: data.filter((_, i) => i % 4 === 3), data };
}

describe('a patch that works anywhere', () => {
  it('lies somewhere on the photo, which else is bit by bit as it was, and is there by itself', async () => {
    const [patch, print] = [join(folder, 'patch.png'), join(folder, 'sheet.png')];
    const result = await run({ patchSize: 0.4 }, { patch, print });
    const [before, after] = [await levelsOf(photo), await levelsOf(result.output)];
    const places = [...after.keys()].filter((i) => after[i] !== before[i]).map((i) => i % (64 * 48));
    const xs = places.map((i) => i % 64);
    const ys = places.map((i) => Math.floor(i / 64));
    // The network sees 42 of 48 rows; a patch of 0.4 of that, at most a quarter larger, and turned.
    const most = 42 * 0.4 * 1.25 + 3;
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(most);
    expect(Math.max(...ys) - Math.min(...ys)).toBeLessThan(most);
    expect(new Set(places).size).toBeGreaterThan(80);
    expect(result.norms.l0).toBe(new Set(places).size);

    const { width, height, alpha } = await alphaOf(patch);
    expect(result.patch).toEqual({ output: patch, width, height });
    expect(alpha[0]).toBe(0);
    expect(alpha[Math.floor(height / 2) * width + Math.floor(width / 2)]).toBe(255);
    // A disc fills so much of its square.
    expect(alpha.filter((value) => value === 255).length / alpha.length).toBeCloseTo(Math.PI / 4, 1);
    expect((await decodeImage(print)).pixels.width).toBeGreaterThan(440);
    expect(result.views).toMatchObject({ count: 12 });
    expect(result.recipe.settings).toMatchObject({ placement: 'anywhere', steps: 6, norm: null });
  });

  it('has the shape that was painted, wherever it was painted', async () => {
    const mask = createPixels(200, 100);
    for (let y = 20; y < 40; y++) for (let x = 130; x < 190; x++) mask.data[y * 200 + x] = 1;
    for (let c = 1; c < 3; c++) mask.data.copyWithin(c * 20000, 0, 20000);
    const path = join(folder, 'mask.png');
    await saveImage(mask, path);
    const { patch } = await run({ mask: path }, { patch: join(folder, 'shaped.png') });
    const { width, height, alpha } = await alphaOf(patch?.output ?? '');
    expect(width / height).toBeCloseTo(3, 0);
    expect(alpha.every((value) => value === 255)).toBe(true);
  });

  it('is the same for the same seed', async () => {
    const made = async (seed: number): Promise<Buffer> => {
      const path = join(folder, `seed-${serial}.png`);
      await run({ seed }, { patch: path });
      return readFile(path);
    };
    const first = await made(3);
    expect(await made(3)).toEqual(first);
    expect(await made(4)).not.toEqual(first);
  });

  it('is one for many photos, of which some are kept apart to judge it', async () => {
    const patch = join(folder, 'universal.png');
    const result = await runSet({}, { patch });
    expect(result.rows.map(({ trained }) => trained)).toEqual([true, true, true, false, true]);
    expect(result.rows.every(({ views }) => views?.count === 12)).toBe(true);
    expect(result.notes).toContain('The patch was trained on 4 pictures; 1 were kept apart to judge it.');
    expect((await alphaOf(patch)).alpha).toContain(255);
  });

  it.each([
    [() => run({ method: 'pgd' }), 'Only the method patch takes --placement anywhere'],
    [() => run({ placement: 'fixed' }, { patch: join(folder, 'a.png') }), '--placement anywhere'],
    [() => run({}, { patch: join(folder, 'a.jpg') }), 'must be a .png'],
    [() => run({ minimal: true }), 'no --minimal'],
    [() => runSet({ target: 'random' }), 'one target for all'],
    [
      () => runSet({ placement: 'fixed' }, { print: join(folder, 'a.png') }),
      'only a patch that works anywhere',
    ],
  ])('is refused where it makes no sense (%#)', async (work, words) => {
    expect((await refusal(work())).toLowerCase()).toContain(words.toLowerCase());
  });
});
