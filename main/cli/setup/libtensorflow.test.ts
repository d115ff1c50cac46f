import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findLibTensorflow, libraryIn } from './libtensorflow.ts';

const root = mkdtempSync(join(tmpdir(), 'reverie-libtensorflow-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with the headers of the C interface, and empty files. */
function folderWith(name: string, files: readonly string[], headers = true): string {
  const folder = join(root, name);
  mkdirSync(join(folder, 'lib'), { recursive: true });
  mkdirSync(join(folder, 'include', 'tensorflow', 'c'), { recursive: true });
  if (headers) writeFileSync(join(folder, 'include', 'tensorflow', 'c', 'c_api.h'), '');
  for (const file of files) writeFileSync(join(folder, file), '');
  return folder;
}

describe('a libtensorflow', () => {
  it.each<[string, string[], string, string[]]>([
    [
      "in Python's package",
      ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'other.so'],
      '',
      ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    ],
    [
      'in the archive for Linux',
      ['lib/libtensorflow.so', 'lib/libtensorflow.so.2', 'lib/libtensorflow_framework.so.2'],
      'lib',
      ['libtensorflow.so', 'libtensorflow_framework.so.2'],
    ],
    [
      "in Python's package for Macs",
      ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
      '',
      ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
    ],
    ['that is one file', ['lib/libtensorflow.2.dylib'], 'lib', ['libtensorflow.2.dylib']],
  ])('is found %s', (name, files, place, libraries) => {
    const folder = folderWith(name, files);
    expect(libraryIn(folder)).toEqual({
      title: join(folder, place, libraries[0] ?? ''),
      headers: join(folder, 'include'),
      folder: join(folder, place),
      libraries,
      cuda: false,
    });
  });

  it.each([
    ['at its begin', 'libtensorflow_cc.so.2', 0],
    ['across two of the pieces that are read', 'libtensorflow_framework.so.2', 2 ** 24 - 5],
  ])('has CUDA where it calls it %s', (name, file, zeros) => {
    const folder = folderWith(name, ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']);
    writeFileSync(
      join(folder, file),
      Buffer.concat([Buffer.alloc(zeros), Buffer.from('\0cudaGetDeviceCount\0')]),
    );
    expect(libraryIn(folder)).toMatchObject({ cuda: true });
  });

  it.each([
    ['without headers', ['libtensorflow_cc.so.2'], false],
    ['without a library', ['libtensorflow_framework.so.2'], true],
  ])('is not found %s', (name, files, headers) => {
    const folder = folderWith(name, files, headers);
    expect(libraryIn(folder)).toBeUndefined();
    expect(() => findLibTensorflow(folder)).toThrow(
      expect.objectContaining({
        code: 'device/unusable',
        message: expect.stringContaining('holds no libtensorflow with its headers') as string,
      }) as Error,
    );
  });
});
