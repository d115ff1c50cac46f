/** Many pictures or targets as one job: what is made, passed over, done again or not, divided and joined. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../../../../shared/jobs.ts';
import { parseRequest } from '../../../../shared/methods/request.ts';
import type { SetResult } from '../../../../shared/methods/sets.ts';
import { saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { loadModel } from '../../models/load.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { hashesIn } from '../../testing/folder-hashes.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import type { MethodContext } from '../common/context.ts';
import { merge } from '../merge/merge.ts';
import { runs } from '../registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-set-'));
const photos = join(folder, 'photos');
const broken = join(photos, 'below', 'broken.jpg');
let context: MethodContext;

async function scene(name: string, seed: number): Promise<void> {
  const pixels = createPixels(44, 36);
  pixels.data.forEach((_, i) => (pixels.data[i] = 0.5 + 0.4 * Math.sin(i * 0.17 + seed)));
  await saveImage(pixels, join(photos, name));
}

beforeAll(async () => {
  writeTinyModel(join(folder, 'tiny.onnx'), { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
  const model = await loadModel(join(folder, 'tiny.onnx'));
  context = { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(2 ** 26) };
  await mkdir(join(photos, 'below'), { recursive: true });
  for (const [i, name] of ['a.png', 'a.tif', 'b.png', 'below/a.png', 'below/c.webp'].entries())
    await scene(name, i);
  await writeFile(broken, 'no picture');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Kind = 'dreamSet' | 'explainSet' | 'visualizeSet';

const settings = {
  dreamSet: { size: 40, octaves: 1, steps: 2 },
  explainSet: { method: 'gradient,occlusion' },
  visualizeSet: { target: 'channel:relu2/1;class:1;channel:relu1/0;class:2', size: 32, steps: 2 },
};

let count = 0;

/** @param asked what is not as usual */
function job(kind: Kind, asked: object = {}, changed: object = {}) {
  const inputs = kind === 'visualizeSet' ? {} : { images: [photos] };
  const out = join(folder, `out-${count++}`);
  const request = { ...inputs, settings: { ...settings[kind], ...changed }, out, ...asked };
  const environment = {
    open: () => Promise.resolve(context),
    others: () => Promise.resolve([]),
    cache: (name: string) => join(folder, name),
  };
  const events = (signal?: AbortSignal) =>
    runs[kind](environment, parseRequest(kind, request) as never, signal);
  return { out: request.out, events, run: (): Promise<SetResult> => resultOf(events()) };
}

async function joined(folders: readonly string[], out: string, mixed = false) {
  const merged = await merge({ folders, out, mixed });
  if (!('made' in merged.result) || !('rows' in merged.result)) throw new Error('Nobody asked for that.');
  return { method: merged.method, result: merged.result };
}

describe('a folder of pictures', () => {
  it('becomes a folder of results under the same names; what cannot be read is told and passed over', async () => {
    const { out, run } = job('dreamSet');
    const result = await run();
    expect(result).toMatchObject({ output: out, units: 6, made: 5, shard: null });
    const names = ['a-png.png', 'a-tif.png', 'b.png', 'below/a.png', 'below/c.png'];
    expect(result.rows.map(({ output }) => output)).toEqual(names.map((name) => join(out, name)));
    for (const name of names) expect(existsSync(join(out, name))).toBe(true);
    expect(result.failed).toEqual([
      {
        path: 'below/broken.jpg',
        reason: expect.stringMatching(/^"below\/broken\.jpg" cannot be opened: /) as string,
      },
    ]);
    const table = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as SetResult;
    expect(table.rows.map(({ unit, output }) => [unit, output])).toEqual(
      ['a.png', 'a.tif', 'b.png', 'below/a.png', 'below/c.webp'].map((unit, i) => [unit, names[i]]),
    );
  });

  it('is not done again, but for what is new, was changed, or lost its result', async () => {
    const own = join(folder, 'own photos');
    await cp(photos, own, { recursive: true });
    const again = job('dreamSet', { images: [own] });
    await again.run();
    const first = hashesIn(again.out);
    expect(await again.run()).toMatchObject({ made: 0, failed: [{}] });
    expect(hashesIn(again.out)).toEqual(first);
    await cp(join(own, 'b.png'), join(own, 'new.png'));
    await cp(join(own, 'a.tif'), join(own, 'below/c.webp'));
    await rm(join(again.out, 'a-png.png'));
    await rm(join(own, 'below/broken.jpg'));
    const result = await again.run();
    expect(result).toMatchObject({ units: 6, made: 3, failed: [] });
    expect(hashesIn(again.out)['a-png.png']).toBe(first['a-png.png']);
    const anew = job('dreamSet', { images: [own] });
    await anew.run();
    expect((await anew.run()).made).toBe(0);
    const [before, after] = [hashesIn(again.out), hashesIn(anew.out)];
    for (const name of Object.keys(after)) expect([name, before[name]]).toEqual([name, after[name]]);
  });

  it('goes on where it was left, and comes to the same', async () => {
    const whole = job('explainSet');
    await whole.run();
    for (const left of [1, 3]) {
      const { out, events, run } = job('explainSet');
      for await (const event of events()) if (event.kind === 'step' && event.step === left) break;
      expect(existsSync(join(out, 'results.json'))).toBe(false);
      expect(await run()).toMatchObject({ made: 5 - left });
      expect(hashesIn(out)).toEqual(hashesIn(whole.out));
    }
    const { out, events, run } = job('explainSet');
    const leave = new AbortController();
    const cancelled = (async () => {
      for await (const event of events(leave.signal)) if (event.kind === 'step') leave.abort();
    })();
    await expect(cancelled).rejects.toMatchObject({ code: 'job/cancelled' });
    await run();
    expect(hashesIn(out)).toEqual(hashesIn(whole.out));
  });

  it('is refused where results would mix with others, or with the pictures, or there are none', async () => {
    const { out, run } = job('dreamSet');
    await run();
    const refused = (asked: object, changed: object = {}) =>
      expect(job('dreamSet', asked, changed).run()).rejects;
    await refused({ out }, { steps: 3 }).toThrow(
      /already holds results of other settings \(steps\); name another/,
    );
    await refused({ out: photos }).toThrow(/cannot go into .*photos", where/);
    await refused({ images: [broken] }).toMatchObject({ code: 'image/unreadable' });
    await refused({ images: [join(folder, 'none')] }).toMatchObject({ code: 'image/missing' });
    await refused({ shard: '4/3' }).toThrow(/--shard must be i\/n, .*; got "4\/3"/);
    await expect(job('explainSet', { out }).run()).rejects.toThrow(/another kind of job/);
  });
});

describe('a list of targets', () => {
  it('becomes a picture for each; those that the network lacks are told and passed over', async () => {
    const { out, run } = job(
      'visualizeSet',
      {},
      { target: 'class:1;channel:relu2/99;channel:none/1;class:1' },
    );
    const result = await run();
    expect(result.rows.map(({ output }) => output)).toEqual([join(out, 'class-1.png')]);
    expect(result.failed.map(({ path }) => path)).toEqual(['channel:relu2/99', 'channel:none/1']);
    await expect(job('visualizeSet', {}, { target: null }).run()).rejects.toThrow(/list of targets is empty/);
  });
});

describe.each<Kind>(['dreamSet', 'explainSet', 'visualizeSet'])('shards of a %s', (kind) => {
  it.each([1, 2, 3, 7])('of %i machines are, joined, what one machine makes, byte for byte', async (n) => {
    const whole = job(kind);
    const expected = await whole.run();
    const parts: string[] = [];
    for (let index = 1; index <= n; index++) {
      const part = job(kind, { shard: `${index}/${n}` });
      await part.run();
      parts.push(part.out);
    }
    const out = join(folder, `joined-${kind}-${n}`);
    // In any order, and one twice.
    const { result, method } = await joined([...parts.toReversed(), ...parts.slice(0, 1)], out);
    expect(method).toBe(kind);
    expect(hashesIn(out)).toEqual(hashesIn(whole.out));
    expect(result).toMatchObject({ units: expected.units, failed: expected.failed, device: 'cpu' });
    expect(result.rows.map(({ output: _, ...row }) => row)).toEqual(
      expected.rows.map(({ output: _, ...row }) => row),
    );
  });
});

describe('joining', () => {
  it('works where all shards have written into one folder', async () => {
    const whole = job('explainSet');
    await whole.run();
    const { out, run } = job('explainSet', { shard: '1/2' });
    await run();
    await job('explainSet', { shard: '2/2', out }).run();
    await joined([out], out);
    expect(hashesIn(out)).toEqual(hashesIn(whole.out));
  });

  it('names the shards that are missing, and does nothing then', async () => {
    const { out, run } = job('explainSet', { shard: '2/4' });
    await run();
    const target = join(folder, 'incomplete');
    await expect(joined([out], target)).rejects.toThrow(
      /^4 of 6 units are missing, the first of them "a\.png": run shards 1\/4, 3\/4 and 4\/4 to the end/,
    );
    expect(existsSync(target)).toBe(false);
  });

  it('refuses what does not belong together', async () => {
    const one = job('dreamSet', { shard: '1/2' });
    await one.run();
    const refused = async (other: { out: string; run: () => Promise<unknown> }, sentence: RegExp) => {
      await other.run();
      await expect(joined([one.out, other.out], join(folder, 'refused'))).rejects.toThrow(sentence);
    };
    await refused(job('dreamSet', { shard: '2/2' }, { seed: 1 }), /holds other settings \(seed\)/);
    await refused(job('explainSet', { shard: '2/2' }), /another kind of job \(explainSet, not dreamSet\)/);
    const fewer = job('dreamSet', { shard: '1/1', images: [join(photos, 'below')] });
    await refused(fewer, /a job with "broken\.jpg", which the other does not have/);
    await expect(joined([photos], join(folder, 'refused'))).rejects.toThrow(/holds no units of a job/);
    await expect(joined([join(folder, 'none')], join(folder, 'refused'))).rejects.toThrow(/does not exist/);
    for (const [key, value, sentence] of [
      ['version', '9.9.9', /another version of Reverie \(9\.9\.9, not/],
      ['model', { name: 'tiny', sha256: '0'.repeat(64) }, /another network/],
    ] as const) {
      const other = job('dreamSet', { shard: '2/2' });
      await other.run();
      const path = join(other.out, '.units', 'job.json');
      const stored = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...stored, [key]: value }));
      await expect(joined([one.out, other.out], join(folder, 'refused'))).rejects.toThrow(sentence);
    }
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });

  /** Changes what is recorded of each unit. */
  async function edit(out: string, change: (record: Record<string, unknown>, i: number) => object) {
    const records = join(out, '.units');
    const names = Object.keys(hashesIn(records)).filter((name) => !/^(job|shard)/.test(name));
    for (const [i, name] of names.entries()) {
      const path = join(records, name);
      const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      await writeFile(path, JSON.stringify({ ...record, ...change(record, i) }));
    }
  }

  it('refuses a unit that came out in two ways, and a file that is not as it was made', async () => {
    const [one, two] = [job('dreamSet', { shard: '1/1' }), job('dreamSet', { shard: '1/1' })];
    await one.run();
    await two.run();
    const out = join(folder, 'differing');
    await writeFile(join(two.out, 'b.png'), 'damaged');
    await expect(joined([two.out], out)).rejects.toThrow(/b\.png" is not the file that was made there/);
    await edit(two.out, ({ failed }) =>
      failed === null ? { result: { objective: { first: 1, last: 2 } } } : {},
    );
    await expect(joined([one.out, two.out], out)).rejects.toThrow(/and not the same; leave one of them out/);
  });

  it('refuses what several kinds of devices have computed, unless told', async () => {
    const { out, run } = job('dreamSet', { shard: '1/1' });
    await run();
    await edit(out, (_, i) => (i === 0 ? { device: 'cuda' } : {}));
    await expect(joined([out], out)).rejects.toThrow(
      /computed on .*\(c\w+\), others on .*; --mixed joins them all the same/,
    );
    expect((await joined([out], out, true)).result.device).toMatch(/^(cpu, cuda|cuda, cpu)$/);
  });
});
