import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadNative } from './native.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reverie-native-'));
  // An add-on that writes down what it found in its environment when it was loaded.
  const folder = join(home, 'tensorflow', 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, 'tensorflow', 'package.json'), '{}');
  const seen = '[process.env.TF_NUM_INTRAOP_THREADS, process.env.TF_NUM_INTEROP_THREADS]';
  writeFileSync(
    join(folder, 'index.js'),
    `module.exports = { getBackend: () => 'tensorflow', conv2d: () => undefined, threads: ${seen} };`,
  );
  vi.stubEnv('TF_NUM_INTRAOP_THREADS', undefined);
  vi.stubEnv('TF_NUM_INTEROP_THREADS', undefined);
});

afterEach(() => rmSync(home, { recursive: true }));

it.each([
  [3, {}, ['3', '3']],
  [0, {}, [undefined, undefined]],
  [3, { TF_NUM_INTRAOP_THREADS: '2' }, ['2', '3']],
])('%d threads beside %j reach the library as it starts: %j', (threads, set, found) => {
  for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value);
  expect(loadNative(threads, home)).toMatchObject({ threads: found });
});
