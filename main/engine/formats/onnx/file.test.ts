import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { numbers } from '../../graph/tensor.ts';
import { readOnnxFile } from './file.ts';
import { AttributeType, ElementType, encode } from './schema.ts';
import { readOnnx } from './onnx.ts';

const weights = Float32Array.from([9, 9, 1, 2, 3]);

/** A network `y = x + w` whose three weights lie in another file. */
function modelBytes(externalData: { key: string; value: string }[]): Uint8Array {
  const type = { tensorType: { elemType: ElementType.FLOAT, shape: { dim: [{ dimValue: 3 }] } } };
  return encode('model', {
    irVersion: 9,
    opsetImport: [{ domain: '', version: 20 }],
    graph: {
      name: 'external',
      node: [
        {
          opType: 'Add',
          input: ['x', 'w'],
          output: ['y'],
          attribute: [{ name: 'unused', type: AttributeType.INT, i: 1 }],
        },
      ],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
      initializer: [{ name: 'w', dims: [3], dataType: ElementType.FLOAT, dataLocation: 1, externalData }],
    },
  });
}

function entries(location: string, offset?: number, length?: number) {
  return [
    { key: 'location', value: location },
    ...(offset === undefined ? [] : [{ key: 'offset', value: `${offset}` }]),
    ...(length === undefined ? [] : [{ key: 'length', value: `${length}` }]),
  ];
}

describe('weights in other files', () => {
  let root = '';
  let folder = '';

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'reverie-onnx-'));
    folder = join(root, 'network');
    mkdirSync(join(folder, 'parts'), { recursive: true });
    for (const file of [join(root, 'secret'), join(folder, 'w.bin'), join(folder, 'parts', 'w.bin')]) {
      writeFileSync(file, new Uint8Array(weights.buffer));
    }
    symlinkSync(join(root, 'secret'), join(folder, 'link.bin'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  const read = (externalData: { key: string; value: string }[]) => {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, modelBytes(externalData));
    return readOnnxFile(path);
  };

  it.each([
    ['with offset and length', entries('w.bin', 8, 12)],
    ['without a length', entries('w.bin', 8)],
    ['in a folder below', entries('parts/w.bin', 8, 12)],
    ['by a detour that ends in the folder', entries('parts/../w.bin', 8, 12)],
  ])('are read %s', (_, externalData) => {
    const tensor = read(externalData).constants.get('w');
    expect(tensor && numbers(tensor)).toEqual([1, 2, 3]);
  });

  it.each([
    ['in the parent folder', entries('../secret', 8, 12), 'model/unreadable'],
    ['far outside', entries('../../../../../../../../etc/passwd', 0, 12), 'model/unreadable'],
    ['far outside, where nothing is', entries('../../nothing-here', 0, 12), 'model/unreadable'],
    ['at an absolute path', entries('/etc/passwd', 0, 12), 'model/unreadable'],
    ['behind a link that leads outside', entries('link.bin', 8, 12), 'model/unreadable'],
    ['in the folder itself', entries('.', 0, 12), 'model/unreadable'],
    ['nowhere', entries('', 0, 12), 'model/unreadable'],
    ['in a folder', entries('parts', 0, 12), 'model/unreadable'],
    ['beyond the end of the file', entries('w.bin', 12, 12), 'model/unreadable'],
    ['before its beginning', entries('w.bin', -4, 12), 'model/unreadable'],
    ['in more bytes than the shape needs', entries('w.bin', 0, 20), 'model/unreadable'],
    ['in a missing file', entries('missing.bin', 0, 12), 'model/missing'],
    ['under a name with a zero byte', entries('w.bin\0', 0, 12), 'model/missing'],
  ])('are refused %s', (_, externalData, code) => {
    expect(() => read(externalData)).toThrow(expect.objectContaining({ name: 'ReverieError', code }));
  });

  test('are refused where only the bytes of the network are known', () => {
    expect(() => readOnnx(modelBytes(entries('w.bin')))).toThrow(
      expect.objectContaining({ code: 'model/unreadable' }),
    );
  });

  test('a network that is not there is missing', () => {
    expect(() => readOnnxFile(join(folder, 'other.onnx'))).toThrow(
      expect.objectContaining({ code: 'model/missing' }),
    );
  });
});
