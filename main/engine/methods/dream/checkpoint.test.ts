import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveImage } from '../../imaging/codec.ts';
import { noise } from '../../imaging/testing/pictures.ts';
import { DreamKeeper, readStart } from './checkpoint.ts';
import { Tiling } from './tiling.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-checkpoint-'));
  path = join(folder, 'checkpoint.bin');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tiling = new Tiling(512, 64, [{ step: 2, side: 256 }]);
const picture = noise(31, 17);
const state = (step: number) => ({ octave: 1, step, picture });

/** A checkpoint as a dream leaves it. */
async function keep(): Promise<void> {
  const keeper = new DreamKeeper({ path, everyMs: 1e9 }, tiling, () => Promise.resolve());
  await keeper.keep(state(3));
  await keeper.flush();
}

describe('a checkpoint', () => {
  it('gives back picture and tiles to the bit', async () => {
    await keep();
    expect(await readStart(path)).toEqual({ picture, tiles: { wished: 512, changes: tiling.changes } });
  });

  it('is written when it is time, and when the dream is left; pictures of steps are on the disk before', async () => {
    const order: string[] = [];
    const keeper = new DreamKeeper({ path, everyMs: 0 }, tiling, async () => {
      order.push((await readdir(folder)).length === 0 ? 'pictures first' : 'pictures again');
    });
    await keeper.keep(state(1));
    expect((await readFile(path, 'latin1')).split('\n')[0]).toContain('"step":1,');
    await keeper.keep(state(2));
    expect(order).toEqual(['pictures first', 'pictures again']);
    await rm(path);
    // There is nothing new to write.
    await keeper.flush();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['cut off', () => truncate(path, 600)],
    ['too long', async () => writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(4)]))],
    ['without a whole header', () => truncate(path, 40)],
    ['with another header', () => writeFile(path, 'reverie-checkpoint-1 []\n')],
    [
      'with tiles that are none',
      async () => {
        const text = (await readFile(path)).toString('latin1').replace('"side":256', '"side":"ab"');
        await writeFile(path, text, 'latin1');
      },
    ],
  ])('that is damaged is refused in a sentence: %s', async (_what, damage) => {
    await keep();
    await damage();
    await expect(readStart(path)).rejects.toMatchObject({
      code: 'image/unreadable',
      message: `The checkpoint "${path}" is damaged.`,
    });
  });

  it('may be any picture instead', async () => {
    await saveImage(picture, join(folder, 'a.png'));
    const start = await readStart(join(folder, 'a.png'));
    expect(start.picture).toMatchObject({ width: 31, height: 17 });
    expect(start.tiles).toBeUndefined();
    await expect(readStart(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'image/missing' });
  });
});
