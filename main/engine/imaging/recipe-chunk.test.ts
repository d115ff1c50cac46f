import { deflateSync, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorData } from '../../../shared/errors.ts';
import { encodePng } from './codec.ts';
import { chunkBytes, readChunks } from './png-chunks.ts';
import { textChunk } from './png-text.ts';
import { insertText, readRecipe, writeRecipe } from './recipe-chunk.ts';
import { noise } from './testing/pictures.ts';

let png: Uint8Array;
beforeAll(async () => {
  png = await encodePng(noise(8, 6));
});

/** The PNG with further chunks before its pixels. */
function withChunks(...chunks: readonly Uint8Array[]): Uint8Array {
  const first = [...readChunks(png)].find(({ type }) => type === 'IDAT')?.start ?? NaN;
  return Buffer.concat([png.subarray(0, first), ...chunks, png.subarray(first)]);
}

function types(bytes: Uint8Array): string[] {
  return Array.from(readChunks(bytes), ({ type }) => type);
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return errorData(error).code;
  }
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a recipe in a PNG', () => {
  it.each([
    ['an object', { method: 'dream', layers: [{ name: 'mixed4c', weight: 0.5 }], seed: 42 }],
    ['other scripts', { note: 'Träume 夢 🌙 \u0000 "quoted"' }],
    ['a long text', { values: Array.from({ length: 20_000 }, (_, i) => i / 7) }],
    ['null', null],
    ['a number', 0],
    ['an empty list', []],
  ])('comes back: %s', (_, recipe) => {
    expect(readRecipe(writeRecipe(png, recipe))).toEqual(recipe);
  });

  it('leaves the picture, stands before the pixels, and has correct checksums', async () => {
    const stored = writeRecipe(png, { seed: 1 });
    expect(await sharp(stored).raw().toBuffer()).toEqual(await sharp(png).raw().toBuffer());
    expect(types(stored)).toEqual(types(png).toSpliced(types(png).indexOf('IDAT'), 0, 'iTXt'));
    expect(Array.from(readChunks(stored)).every(({ intact }) => intact)).toBe(true);
    expect((await sharp(stored).metadata()).comments).toEqual([{ keyword: 'reverie', text: '{"seed":1}' }]);
  });

  it('is compressed when long', () => {
    const recipe = { text: 'again '.repeat(10_000) };
    expect(writeRecipe(png, recipe).length - png.length).toBeLessThan(1000);
  });

  it('replaces an earlier one', () => {
    const stored = writeRecipe(writeRecipe(png, { seed: 1 }), { seed: 2 });
    expect(readRecipe(stored)).toEqual({ seed: 2 });
    expect(stored.length).toBe(writeRecipe(png, { seed: 2 }).length);
  });

  it('is lost, silently, when another program rewrites the file', async () => {
    const again = await sharp(writeRecipe(png, { seed: 1 }))
      .png()
      .toBuffer();
    expect(readRecipe(again)).toBeUndefined();
  });

  it('survives foreign chunks, and they survive it', () => {
    const foreign = [
      textChunk('Software', 'something else'),
      chunkBytes('tEXt', latin('reverie\0{"not":"ours"}')),
      chunkBytes('prVt', Uint8Array.of(1, 2, 3)),
    ];
    const stored = writeRecipe(withChunks(...foreign), { seed: 3 });
    expect(readRecipe(stored)).toEqual({ seed: 3 });
    expect(types(stored).filter((type) => ['iTXt', 'tEXt', 'prVt'].includes(type))).toEqual([
      'iTXt',
      'tEXt',
      'prVt',
      'iTXt',
    ]);
  });

  it('is undefined where there is none', () => {
    const other = textChunk('reveries', '{}');
    for (const bytes of [png, withChunks(other), new Uint8Array(0), latin('GIF89a'), png.subarray(0, 9)]) {
      expect(readRecipe(bytes)).toBeUndefined();
    }
  });

  it('is read past a damaged foreign chunk', () => {
    const foreign = chunkBytes('prVt', Uint8Array.of(1, 2, 3));
    foreign[9] = 99;
    expect(readRecipe(writeRecipe(withChunks(foreign), { seed: 4 }))).toEqual({ seed: 4 });
  });

  const TEXT = latin('reverie\0\0\0\0\0');
  const DEFLATED = latin('reverie\0\x01\0\0\0');
  it.each([
    ['not JSON', Buffer.concat([TEXT, latin('{"seed":')])],
    ['not UTF-8', Buffer.concat([TEXT, Uint8Array.of(0x22, 0xff, 0x22)])],
    ['not deflated', Buffer.concat([DEFLATED, latin('{}')])],
    ['deflated and cut short', Buffer.concat([DEFLATED, deflateSync(latin('[1,2,3,4]')).subarray(0, -6)])],
    ['without its fields', latin('reverie\0\0')],
    ['a bomb', Buffer.concat([DEFLATED, deflateSync(Buffer.alloc(80 * 2 ** 20, 0x20))])],
  ])('is refused when damaged: %s', (_, data) => {
    expect(codeOf(() => readRecipe(withChunks(chunkBytes('iTXt', data))))).toBe('recipe/invalid');
  });

  it('is refused when its checksum is wrong', () => {
    const chunk = chunkBytes('iTXt', Buffer.concat([TEXT, latin('{"seed":1}')]));
    chunk[chunk.length - 6] = 0x32;
    expect(codeOf(() => readRecipe(withChunks(chunk)))).toBe('recipe/invalid');
  });

  it('cannot be written into something else', () => {
    for (const bytes of [new Uint8Array(0), latin('not a picture'), png.subarray(0, 20)]) {
      expect(codeOf(() => writeRecipe(bytes, {}))).toBe('image/unreadable');
    }
    expect(() => writeRecipe(png, undefined)).toThrow(TypeError);
  });
});

describe('texts', () => {
  it.each(['', ' led', 'trailing ', 'x'.repeat(80), 'Größe\n', '夢'])('refuse the keyword %j', (keyword) => {
    expect(() => insertText(png, keyword, '')).toThrow(RangeError);
  });

  it('are stored under Latin-1 keywords, deflated from a kilobyte on', () => {
    const long = 'é'.repeat(600);
    const [chunk] = Array.from(readChunks(insertText(png, 'Größe', long))).filter(
      ({ type }) => type === 'iTXt',
    );
    const data = chunk?.data ?? new Uint8Array(0);
    expect(Buffer.from(data.subarray(0, 10))).toEqual(latin('Größe\0\x01\0\0\0'));
    expect(inflateSync(data.subarray(10)).toString('utf8')).toBe(long);
  });
});
