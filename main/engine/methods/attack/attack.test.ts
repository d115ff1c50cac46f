/** Attacks by the engine on a network of a few kilobytes: what is written, claimed, told and refused. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { parseRecipe } from '../../../../shared/recipes/recipe.ts';
import { argmax } from '../../attack/goal.ts';
import { normsOf, toLevels } from '../../attack/lattice.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { runAttack } from './job.ts';
import { straightened } from './printed.ts';
import { codeOf, tinyVictims, type Run } from './testing/tiny-victims.ts';
import { predict } from './verdict.ts';
import { Victim } from './victim.ts';

const { folder, tiny, other, open, scene, photo, original, run } = await tinyVictims();

describe('an attack', () => {
  it.each(['fgsm', 'bim', 'pgd', 'mi-fgsm', 'apgd', 'deepfool', 'cw', 'fab', 'square', 'nes', 'rays'])(
    'by %s claims only what the file on the disk does',
    async (method) => {
      const { result } = await run({
        method,
        eps: null,
        ...(method === 'cw' ? { steps: 60 } : { eps: '32/255', queries: 300 }),
      });
      const { pixels } = await decodeImage(result.output);
      const seen = await predict(tiny, pixels);
      expect(result.classes.after).toEqual(seen.top);
      expect(result.success).toBe(argmax(seen.scores) !== result.goal.index);
      // A single step may go too far, and without gradients more queries are needed.
      if (!['fgsm', 'square', 'nes', 'rays'].includes(method)) expect(result.success).toBe(true);
      expect(result.margin > 0).toBe(result.success);
      const norms = normsOf(toLevels(pixels.data), original);
      expect(result.norms).toEqual(norms);
      expect(result.queries !== null).toBe(['square', 'nes', 'rays'].includes(method));
      if (result.epsilon !== null) expect(norms.linf).toBeLessThanOrEqual(32);
      expect(norms.linf).toBeGreaterThan(0);
    },
  );

  it.each([
    { loss: 'ce' },
    { loss: 'dlr' },
    { loss: 'targeted' },
    { loss: 'ce', target: 'least-likely', eps: '64/255' },
    { loss: 'dlr', target: 'least-likely', eps: '64/255' },
    { loss: 'dlr', norm: 'l2', eps: 8, ensemble: 'other' },
  ])('by apgd climbs each of its losses: %o', async (settings) => {
    const { result, events } = await run({ method: 'apgd', steps: 20, ...settings });
    expect(result.success).toBe(true);
    // Of three classes, two are targets; the first that succeeds is the last.
    expect(events.filter(({ kind }) => kind === 'step').length).toBeLessThanOrEqual(40);
    expect(result.goal.kind).toBe('target' in settings ? 'targeted' : 'untargeted');
  });

  it('gives the same bytes for the same seed', async () => {
    const [a, b, c] = [await run({ seed: 5 }), await run({ seed: 5 }), await run({ seed: 6 })];
    const bytes = (r: Run): Promise<Buffer> => readFile(r.result.output);
    expect((await bytes(a)).equals(await bytes(b))).toBe(true);
    expect((await bytes(a)).equals(await bytes(c))).toBe(false);
  });

  it.each([{ eps: 0 }, { steps: 0, method: 'bim' }, { step: 0, method: 'mi-fgsm' }, { eps: 0, norm: 'l2' }])(
    'changes nothing with %o',
    async (settings) => {
      const { result } = await run(settings);
      expect(result.norms).toEqual({ l0: 0, l2: 0, linf: 0 });
      expect(result.success).toBe(false);
      expect(result.classes.after).toEqual(result.classes.before);
    },
  );

  it.each(['linf', 'l2'])('is bounded in pixels, whatever a network makes of them (%s)', async (norm) => {
    const epsilon = norm === 'linf' ? 5 : 2 * 255;
    for (const network of ['tiny', 'other']) {
      const { result } = await run({ norm, eps: epsilon / 255, steps: 4 }, {}, network);
      const size = norm === 'linf' ? result.norms.linf : result.norms.l2;
      expect(size).toBeLessThanOrEqual(epsilon + 1e-6);
      expect(size).toBeGreaterThan(0.8 * epsilon);
    }
  });

  it('leaves alone what the network does not see', async () => {
    const { result } = await run({});
    const changed = toLevels((await decodeImage(result.output)).pixels.data);
    // The centre 32/36.6 of a picture of 50 × 44 is seen.
    for (const at of [0, 49, 50 * 43, 50 * 44 - 1]) expect(changed[at]).toBe(original[at]);
    expect(result.norms.l0).toBeLessThan(50 * 44);
  });

  it('stores its recipe, and a picture of the perturbation', async () => {
    const perturbation = join(folder, 'perturbation.png');
    const { result } = await run({}, { perturbation });
    const { recipe, pixels } = await decodeImage(result.output);
    expect(parseRecipe(recipe)).toEqual(result.recipe);
    const view = toLevels((await decodeImage(perturbation)).pixels.data);
    const changed = toLevels(pixels.data);
    expect(result.perturbation).toMatchObject({ gain: 10, output: perturbation });
    let clipped = 0;
    view.forEach((level, i) => {
      const delta = (changed[i] ?? 0) - (original[i] ?? 0);
      if (Math.abs(delta) <= 12) expect(level).toBe(128 + 10 * delta);
      else clipped++;
    });
    expect(result.perturbation.clipped).toBe(clipped);
  });

  it.each([
    ['class:c', 2],
    ['class:b', 1],
    ['class:0', 0],
  ])('reaches %s, or says that it did not', async (target, index) => {
    const { result } = await run({ target, eps: '64/255' });
    expect(result.goal).toMatchObject({ kind: 'targeted', index });
    expect(result.success).toBe(result.classes.after[0]?.index === index);
  });

  it('finds the least likely class and a random one', async () => {
    const least = (await run({ target: 'least-likely' })).result;
    expect(least.goal.index).toBe(least.classes.before.at(-1)?.index);
    const drawn = (await run({ target: 'random' })).result;
    expect(drawn.goal.index).not.toBe(drawn.classes.before[0]?.index);
  });

  it.each(['square', 'nes', 'rays'])(
    'by %s knows only answers, and stays within its queries',
    async (method) => {
      const { result, events } = await run({ method, eps: '1/255', queries: 120 });
      expect(result.queries).toBeLessThanOrEqual(120);
      expect(result.success).toBe(false);
      expect(result.norms.linf).toBeLessThanOrEqual(1);
      expect(events.length).toBeGreaterThan(2);
      const victim = await Victim.create(tiny, true);
      const classifier = victim.at({ width: 50, height: 44 });
      expect(victim.backward).toBeNull();
      const gradient = classifier.differentiate(scene.data, { kind: 'margin', label: 0, sign: 1 });
      await expect(gradient).rejects.toThrow('black box');
      await victim.release();
    },
  );

  it('that expects no transforms is the plain attack, byte by byte', async () => {
    const levels = async (method: string): Promise<Uint8Array> => {
      const { result } = await run({ method, steps: 8, transforms: 'none', samples: 1, fresh: 0 });
      return toLevels((await decodeImage(result.output)).pixels.data);
    };
    expect(await levels('eot')).toEqual(await levels('pgd'));
  });

  it('is judged after transforms that it has not seen, with an interval and a grid', async () => {
    const views = join(folder, 'views.png');
    const transforms = 'rotation:5 noise:0.01 jpeg:10';
    const settings = { method: 'eot', steps: 6, samples: 2, transforms, eps: '64/255' };
    const { result } = await run(settings, { views });
    const [low, high] = result.views?.interval ?? [];
    expect(result.views).toMatchObject({ count: 100, output: views });
    expect(result.views?.fooled).toBeGreaterThan(result.views?.untouched ?? Infinity);
    expect(low).toBeLessThan((result.views?.fooled ?? 0) / 100);
    expect(high).toBeGreaterThanOrEqual((result.views?.fooled ?? 0) / 100);
    expect((await decodeImage(views)).pixels.width).toBe(6 * (32 + 2 * 6) + 7 * 6);
    expect((await run({}, {})).result.views).toBeNull();
  });

  it('makes a sheet from which a photo leads back to what the network sees', async () => {
    const print = join(folder, 'print.png');
    const { result } = await run({ eps: '64/255' }, { print });
    const { pixels } = await decodeImage(print);
    const seen = await predict(tiny, straightened(pixels, print));
    expect(seen.top[0]?.index).toBe(result.classes.after[0]?.index);
    expect(await codeOf(Promise.resolve().then(() => straightened(scene, 'scene')))).toBe('image/unreadable');
  });

  it('by a patch leaves everything outside it bit by bit as it was', async () => {
    const mask = createPixels(50, 44);
    for (let i = 0; i < mask.data.length; i++) {
      const [x, y] = [i % 50, Math.floor(i / 50) % 44];
      if (x >= 12 && x < 34 && y >= 10 && y < 30) mask.data[i] = 1;
    }
    await saveImage(mask, join(folder, 'mask.png'));
    for (const where of [{ mask: join(folder, 'mask.png') }, { patchSize: 0.5 }]) {
      const { result } = await run({ method: 'patch', eps: null, steps: 5, samples: 2, fresh: 10, ...where });
      const changed = toLevels((await decodeImage(result.output)).pixels.data);
      const inside = (i: number): boolean =>
        'mask' in where
          ? mask.data[i] === 1
          : Math.hypot((i % 50) - 24.5, (Math.floor(i / 50) % 44) - 21.5) <= 11;
      let moved = 0;
      changed.forEach((level, i) => {
        if (!inside(i)) expect(level).toBe(original[i]);
        else if (level !== original[i]) moved++;
      });
      expect(moved).toBeGreaterThan(500);
      expect(result.epsilon).toBeNull();
      expect(result.views?.count).toBe(10);
    }
  });

  it.each(['small', 'elsewhere'])(
    'trains a surrogate (%s) on labels alone, which learns to agree, and stays within its queries',
    async (substitute) => {
      const given = { method: 'substitute', substitute, steps: 4, eps: 64 / 255, queries: 2000 };
      const { result, events } = await run(given);
      const { network, trained, agreement = [], chosen = -1 } = result.substitute ?? {};
      expect(network).toBe(substitute === 'small' ? null : 'elsewhere');
      // Three classes: seven weights each for six features and an offset.
      if (substitute === 'elsewhere') expect(trained).toBe(21);
      expect(result.queries).toBeLessThanOrEqual(2000);
      expect(agreement.map(({ queries }) => queries)).toEqual(
        agreement.map((_, i) => 40 + 41 * 2 ** Math.max(i - 1, 0)),
      );
      const shares = agreement.map(({ agreed, of }) => agreed / of);
      expect(shares[chosen]).toBe(Math.max(...shares));
      expect(shares[chosen]).toBeGreaterThan(0.66);
      expect(result.margin > 0).toBe(result.success);
      expect(result.norms.linf).toBeLessThanOrEqual(64);
      expect(events.length).toBeGreaterThan(agreement.length);
    },
  );

  it('takes any network but the attacked one itself for a surrogate', async () => {
    expect((await run({ method: 'fgsm' })).result.substitute).toBeNull();
    const itself = run({ method: 'substitute', substitute: 'tiny' });
    expect(await codeOf(itself)).toBe('usage/option');
    expect(await codeOf(run({ method: 'substitute', substitute: 'elsewhere', queries: 81 }))).toBe(
      'usage/option',
    );
  });

  it('says which surrogate was closer than most would have', async () => {
    const { result } = await run({ method: 'substitute', substitute: 'elsewhere', steps: 2, queries: 90 });
    expect(result.notes).toContainEqual(
      '"elsewhere" was itself distilled from "tiny", so it is a closer substitute than most would have.',
    );
  });

  it('finds an ε so small that one level less did not do', async () => {
    const { result } = await run({ method: 'bim', minimal: true, eps: null });
    const levels = Math.round(255 * (result.epsilon ?? 0));
    expect(result.success).toBe(true);
    expect(result.norms.linf).toBe(levels);
    if (levels > 1) {
      const { result: less } = await run({ method: 'bim', eps: (levels - 1) / 255 });
      expect(less.margin).toBeLessThan(0.1);
    }
  });

  it('tells what a lossy format leaves, and what a PNG would have kept', async () => {
    const out = join(folder, 'lossy.jpg');
    const { result } = await run({}, { out });
    expect(result.notes.some((note) => note.includes('grey level'))).toBe(true);
    expect(result.lossless?.success).toBe(true);
    expect(result.lossless?.norms.linf).toBeLessThanOrEqual(32);
    expect(result.norms).not.toEqual(result.lossless?.norms);
    const { pixels } = await decodeImage(out);
    expect(result.classes.after).toEqual((await predict(tiny, pixels)).top);
  });

  it('tells each step where it stands', async () => {
    const { events, result } = await run({ steps: 6 }, { preview: { maxSide: 20, everyMs: 0 } });
    const steps = events.filter((event) => event.kind === 'step');
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps.map(({ objective }) => objective)).toEqual(result.curve.loss);
    expect(steps.map(({ probability }) => probability)).toEqual(result.curve.probability);
    expect(steps.every(({ frame }) => frame?.width === 20)).toBe(true);
    expect(result.objective.last).toBeGreaterThan(result.objective.first);
  });

  it('attacks the logarithms of probabilities, and says so', async () => {
    const { result } = await run({}, {}, 'sure');
    expect(result.success).toBe(true);
    expect(result.notes.some((note) => note.includes('probabilities'))).toBe(true);
  });

  it('fools an ensemble only when it fools all of it, and shows results to other networks', async () => {
    const { result } = await run({ ensemble: 'other', eps: '64/255' }, { transfer: ['other'] });
    const [row] = result.transfer;
    expect(row?.model).toBe('other');
    expect(result.success).toBe(
      row?.success === true && result.classes.after[0]?.index !== result.goal.index,
    );
    const alone = (await run({}, { transfer: ['other'] })).result;
    const { pixels } = await decodeImage(alone.output);
    expect(alone.transfer[0]?.classes.after).toEqual((await predict(other, pixels)).top);
  });

  it('leaves nothing behind when it is left early', async () => {
    const out = join(folder, 'never.png');
    const request = parseRequest('attack', { image: photo, settings: { steps: 50 }, out });
    for await (const event of runAttack(open, request)) if (event.kind === 'step' && event.step === 2) break;
    expect(await readdir(folder)).not.toContain('never.png');
  });

  it.each([
    [{ target: 'volcano' }, 'usage/option'],
    [{ target: 'class:volcano' }, 'class/unknown'],
    [{ target: 'class:3' }, 'class/unknown'],
    [{ method: 'cw', norm: 'linf' }, 'usage/option'],
    [{ eps: 2 }, 'usage/option'],
    [{ method: 'nes', norm: 'l2' }, 'usage/option'],
    [{ method: 'nes', minimal: true }, 'usage/option'],
    [{ method: 'fab', ensemble: 'other' }, 'usage/option'],
    [{ method: 'pgd', loss: 'dlr' }, 'usage/option'],
    [{ method: 'apgd', loss: 'targeted', target: 'random' }, 'usage/option'],
    [{ method: 'apgd', loss: 'targeted', ensemble: 'other' }, 'usage/option'],
    [{ method: 'rays', target: 'random' }, 'usage/option'],
    [{ method: 'rays', ensemble: 'other' }, 'usage/option'],
    [{ method: 'rays', norm: 'l2' }, 'usage/option'],
    [{ method: 'substitute', substitute: 'small', queries: 81 }, 'usage/option'],
    [{ method: 'patch' }, 'usage/option'],
    [{ method: 'patch', eps: null, mask: 'none.png' }, 'image/missing'],
    [{ method: 'eot', transforms: 'turn' }, 'usage/option'],
    [{ eps: '8/0' }, 'usage/option'],
    [{ method: 'deepfool', ensemble: 'other' }, 'usage/option'],
    [{ method: 'deepfool', minimal: true }, 'usage/option'],
  ])('refuses %o with %s', async (settings, code) => {
    expect(await codeOf(run(settings))).toBe(code);
  });
});
