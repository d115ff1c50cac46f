import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCard, readCardFile, writeCardFile } from './card-file.ts';

let folder: string;
let network: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-card-'));
  network = join(folder, 'net.v1.onnx');
  path = join(folder, 'net.v1.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const input = { mean: [1, 2, 3], std: [4, 5, 6] };

describe('a card', () => {
  it('says how pictures are taken; what it does not say is usual', async () => {
    await writeFile(path, JSON.stringify({ input }));
    expect(await readCard(network)).toEqual({
      preprocessing: { layout: 'NCHW', channelOrder: 'RGB', size: 224, ...input },
      certainty: 'stated',
      why: 'Its card says how it takes pictures.',
      guessed: false,
      labelsName: null,
      dreamLayers: [],
      aliases: {},
      source: null,
      licence: null,
    });
  });

  it('may speak of pixels from 0 to 1, of scales, and of other things in other ways', async () => {
    const card = {
      title: 7,
      certainty: 'perhaps',
      labels: ['a', 'b'],
      source: { repository: 'https://example.org' },
      input: { range: [0, 1], mean: [0.5], scale: [2] },
    };
    await writeFile(path, JSON.stringify(card));
    const read = await readCard(network);
    expect(read?.preprocessing).toMatchObject({ mean: [127.5], std: [127.5] });
    expect(read).toMatchObject({ certainty: 'stated', labels: ['a', 'b'], labelsName: 'its card' });
    expect(read?.source).toBe('https://example.org');
    expect(read?.title).toBeUndefined();
  });

  it('keeps what Reverie does not know, and the number of its format, when it is written again', async () => {
    await writeFile(path, JSON.stringify({ input, format: 'onnx', units: { meaning: 'x' } }));
    const file = await readCardFile(path);
    await writeCardFile(path, { ...file, title: 'Net' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      cardFormat: 1,
      input,
      format: 'onnx',
      units: { meaning: 'x' },
      title: 'Net',
    });
  });

  it('may be missing', async () => {
    expect(await readCard(network)).toBeUndefined();
  });

  it.each([
    ['{', 'it is not valid JSON.'],
    ['[]', 'it must be a JSON object.'],
    [{}, 'input is missing.'],
    [{ input: { ...input, layout: 'CHW' } }, 'input.layout must be "NCHW" or "NHWC", not "CHW".'],
    [{ input: { ...input, size: 0 } }, 'input.size must be a whole number of at least 1, not 0.'],
    [{ input: { ...input, std: [1, 0, 1] } }, 'input.std must be a list of numbers above 0, not [1,0,1].'],
    [{ input: { mean: [1] } }, 'input.std is missing.'],
    [{ input: { std: [1] } }, 'input.mean is missing.'],
    [{ input: { ...input, range: [-1, 1] } }, 'input.range must be [0, 255] or [0, 1], not [-1,1].'],
    [{ input, dreamLayers: ['a'] }, 'dreamLayers.0 must be an object of names and values, not "a".'],
    [{ input, dreamLayers: [{ layer: 'a' }] }, 'dreamLayers.0.weight is missing.'],
    [{ input, aliases: { a: 1 } }, 'aliases.a must be a name, not 1.'],
    [
      { input, cardFormat: 2 },
      'It has format 2, and this version of Reverie reads format 1; a later version wrote it.',
    ],
  ])('%j is refused in a sentence', async (card, problem) => {
    await writeFile(path, typeof card === 'string' ? card : JSON.stringify(card));
    await expect(readCard(network)).rejects.toMatchObject({
      code: 'model/unreadable',
      message: `The model card "${path}" is not usable: ${problem}`,
    });
  });
});
