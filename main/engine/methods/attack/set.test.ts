/** Attacks on many pictures: what is counted, kept and carried over to other networks. */
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../../shared/methods/request.ts';
import type { AttackSetResult, AttackSetRow } from '../../../../shared/methods/attack.ts';
import { argmax } from '../../attack/goal.ts';
import { normsOf, toLevels } from '../../attack/lattice.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { hashesIn } from '../../testing/folder-hashes.ts';
import { merge } from '../merge/merge.ts';
import type { MethodContext } from '../common/context.ts';
import { runAttackSet } from './set.ts';
import { codeOf, tinyVictims } from './testing/tiny-victims.ts';
import { predict } from './verdict.ts';

const { folder, tiny, other, open, scene, photo, original } = await tinyVictims();

describe('an attack on many pictures', () => {
  const truth = async (context: MethodContext): Promise<number> =>
    argmax((await predict(context, scene)).scores);

  async function runSet(rest: object) {
    const request = parseRequest('attackSet', { images: [photo], settings: { eps: '32/255' }, ...rest });
    for await (const event of runAttackSet(open, request)) if (event.kind === 'done') return event.result;
    throw new Error('no result');
  }

  it('counts only what the network had right, by the labels', async () => {
    const right = await truth(tiny);
    const wrong = join(folder, 'wrong.png');
    await writeFile(wrong, await readFile(photo));
    const labels = join(folder, 'labels.csv');
    const names = ['a', '"b, or not a"', 'c'];
    await writeFile(labels, `file,class\nphoto.png,${names[right]}\nwrong.png,${(right + 1) % 3}\n`);
    const result = await runSet({ images: [photo, wrong], labels });
    expect(result).toMatchObject({ truth: 'labels', counted: 1, fooled: 1 });
    expect(result.rows.map(({ counted }) => counted)).toEqual([true, false]);
    expect(result.median?.linf).toBe(result.rows[0]?.norms.linf);
    expect(await codeOf(runSet({ images: [join(folder, 'tiny.onnx')], labels }))).toBe('image/unreadable');
  });

  it('says that without labels the prediction is the truth, and keeps the files when told to', async () => {
    const out = join(folder, 'set');
    const result = await runSet({ out });
    expect(result.truth).toBe('prediction');
    expect(result.notes.some((note) => note.includes('Without labels'))).toBe(true);
    expect(await readdir(out)).toEqual(['photo-tiny.png']);
    const kept = toLevels((await decodeImage(join(out, 'photo-tiny.png'))).pixels.data);
    expect(result.rows[0]?.norms).toEqual(normsOf(kept, original));
  });

  it('does not depend on what else is in the set', async () => {
    const twin = join(folder, 'twin.png');
    const small = createPixels(40, 40, [0.2, 0.5, 0.7]);
    small.data.forEach((value, i) => (small.data[i] = value + 0.2 * Math.sin(i)));
    await saveImage(small, twin);
    const files = ['alone', 'together'].map((name) => join(folder, name));
    const [alone, together] = [
      await runSet({ out: files[0] }),
      await runSet({ out: files[1], images: [twin, photo] }),
    ];
    expect(together.rows[1]).toEqual(alone.rows[0]);
    const bytes = await Promise.all(files.map((path) => readFile(join(path, 'photo-tiny.png'))));
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.of())).toBe(true);
  });

  it('keeps pictures of one name in different folders apart', async () => {
    const [photos, out] = [join(folder, 'photos'), join(folder, 'nested')];
    await mkdir(join(photos, 'below'), { recursive: true });
    for (const name of ['photo.png', 'below/photo.png']) await copyFile(photo, join(photos, name));
    await runSet({ images: [photos], out });
    expect((await readdir(out, { recursive: true })).sort()).toEqual([
      'below',
      join('below', 'photo-tiny.png'),
      'photo-tiny.png',
    ]);
  });

  it('makes a matrix of what carries over, made against the row and seen by the column', async () => {
    const result = await runSet({ transfer: ['other'] });
    const agree = (await truth(tiny)) === (await truth(other));
    expect(result.transfer?.models).toEqual(['tiny', 'other']);
    expect(result.transfer?.counted).toEqual(
      agree
        ? [
            [1, 1],
            [1, 1],
          ]
        : [
            [1, 0],
            [0, 0],
          ],
    );
    expect(result.transfer?.fooled[0]?.[0]).toBe(result.fooled);
  });

  it.each([1, 2, 3, 7])('of %i shards is, joined, what one machine makes', async (n) => {
    const photos = join(folder, 'several');
    await mkdir(join(photos, 'below'), { recursive: true });
    for (const [i, name] of ['a.png', 'b.png', 'c.png', 'below/a.png'].entries()) {
      const scene = createPixels(40, 40, [0.2, 0.5, 0.7]);
      scene.data.forEach((value, at) => (scene.data[at] = value + 0.2 * Math.sin(at * (1 + i))));
      await saveImage(scene, join(photos, name));
    }
    await writeFile(join(photos, 'broken.jpg'), '');
    const asked = { images: [photos], transfer: ['other'] };
    const single = join(folder, `single-${n}`);
    const whole = await runSet({ ...asked, out: single });
    const parts = Array.from({ length: n }, (_, i) => join(folder, `part-${n}-${i}`));
    for (const [i, out] of parts.entries()) await runSet({ ...asked, out, shard: `${i + 1}/${n}` });
    const out = join(folder, `joined-${n}`);
    if (n === 7) {
      const some = merge({ folders: parts.slice(0, 2), out, mixed: false });
      await expect(some).rejects.toThrow(/2 of 4 units are missing/);
    }
    const { method, result } = await merge({ folders: parts, out, mixed: false });
    expect(method).toBe('attackSet');
    expect(hashesIn(out)).toEqual(hashesIn(single));
    const { rows, fooled, counted, median, transfer, robust } = whole;
    const {
      failed: [broken],
    } = result as AttackSetResult;
    expect(broken?.path).toBe('broken.jpg');
    expect(result).toMatchObject({ fooled, counted, median, transfer, robust });
    const figures = (of: readonly AttackSetRow[]) => of.map(({ image: _, ...row }) => row);
    expect(figures((result as AttackSetResult).rows)).toEqual(figures(rows));
  });

  it('goes on where it was left', async () => {
    const [out, several] = [join(folder, 'left'), join(folder, 'several')];
    const request = parseRequest('attackSet', { images: [several], settings: { eps: '32/255' }, out });
    for await (const event of runAttackSet(open, request))
      if (event.kind === 'step' && event.step === 2) break;
    expect(await runSet({ images: [several], out })).toMatchObject({ steps: 2, rows: [{}, {}, {}, {}] });
    const whole = join(folder, 'not-left');
    await runSet({ images: [several], out: whole });
    expect(hashesIn(out)).toEqual(hashesIn(whole));
    await expect(runSet({ shard: '1/2' })).rejects.toThrow(/shards of an attack go into a folder/);
  });

  it('refuses a table of labels that is none, or lacks a picture', async () => {
    const labels = join(folder, 'empty.json');
    await writeFile(labels, '[{"name": 3}]');
    expect(await codeOf(runSet({ labels }))).toBe('usage/option');
    await writeFile(labels, '{"another.png": 1}');
    expect(await codeOf(runSet({ labels }))).toBe('usage/option');
  });
});
