import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

const folder = resolve('/somewhere');
const photo = resolve('/photos/ä b.png');

it.each([
  ['the program alone', ['/opt/reverie'], true, [], []],
  [
    'files beside where it was started',
    ['/opt/reverie', 'a.png', '../b.png'],
    true,
    [],
    ['a.png', '../b.png'],
  ],
  ['the address of a file', ['/opt/reverie', pathToFileURL(photo).href], true, [], [photo]],
  [
    'an address that names no file here',
    ['/opt/reverie', 'file://elsewhere/a.png'],
    true,
    [],
    ['file://elsewhere/a.png'],
  ],
  ['flags wherever they stand', ['/opt/reverie', '--a', 'a.png', '--b=c'], true, ['--a', '--b=c'], ['a.png']],
  [
    'Electron and the folder of the application',
    ['electron', '--a', '.', 'a.png'],
    false,
    ['--a', folder],
    ['a.png'],
  ],
] as const)('a command line: %s', (_, words, packaged, own, paths) => {
  expect(parseCommandLine(words, packaged, folder)).toEqual({
    own,
    paths: paths.map((path) => resolve(folder, path)),
  });
});
