import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whyNoCuda } from './backend.ts';
import { loadNative } from './native.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reverie-native-'));
  mkdirSync(join(home, 'tensorflow'));
  writeFileSync(join(home, 'tensorflow', 'package.json'), '{}');
  vi.stubEnv('TF_NUM_INTRAOP_THREADS', undefined);
  vi.stubEnv('TF_NUM_INTEROP_THREADS', undefined);
});

afterEach(() => rmSync(home, { recursive: true }));

/** Puts an add-on where `reverie setup tensorflow` does. */
function put(name: string, script: string): void {
  const folder = join(home, 'tensorflow', 'node_modules', '@tensorflow', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'index.js'), script);
}

/** It writes down what it finds in its environment when it is loaded. */
const WORKS = `module.exports = {
  getBackend: () => 'tensorflow', conv2d: () => undefined,
  threads: [process.env.TF_NUM_INTRAOP_THREADS, process.env.TF_NUM_INTEROP_THREADS] };`;

it.each([
  [3, {}, ['3', '3']],
  [0, {}, [undefined, undefined]],
  [3, { TF_NUM_INTRAOP_THREADS: '2' }, ['2', '3']],
])('%d threads beside %j reach the library as it starts: %j', (threads, set, found) => {
  for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value);
  put('tfjs-node-gpu', WORKS);
  expect(loadNative(threads, home)).toMatchObject({
    loaded: { addOn: '@tensorflow/tfjs-node-gpu', tf: { threads: found } },
    broken: [],
  });
});

it('the add-on without CUDA computes where the other does not load, and what is wrong with that is told', () => {
  // As it lies there when it was installed without its scripts.
  put(
    'tfjs-node-gpu',
    "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x');",
  );
  put('tfjs-node', WORKS);
  const { loaded, broken } = loadNative(0, home);
  expect(loaded?.addOn).toBe('@tensorflow/tfjs-node');
  expect(broken).toEqual([
    {
      addOn: '@tensorflow/tfjs-node-gpu',
      cause: expect.stringMatching(/^its add-on for Node has not been built/),
    },
  ]);
  expect(whyNoCuda(broken)).toMatch(
    /^@tensorflow\/tfjs-node-gpu cannot be loaded \(its add-on .* builds it\)$/,
  );
});

it('none at all is no failure, and says what would bring one', () => {
  expect(loadNative(0, home)).toEqual({ loaded: undefined, broken: [] });
  expect(whyNoCuda([], 'linux')).toMatch(/^@tensorflow\/tfjs-node-gpu is not installed; "reverie setup/);
  expect(whyNoCuda([], 'win32')).toBe('@tensorflow/tfjs-node-gpu is not installed');
});
