import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { buildAddOn, inShort, olderThanTwo } from './add-on.ts';
import type { LibTensorflow } from './libtensorflow.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-add-on-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const library = (...libraries: string[]): LibTensorflow => ({
  title: '/lib/libtensorflow.so',
  headers: '/include',
  folder: '/lib',
  libraries,
  cuda: false,
});

/** A compiler and an npm that write down how they are called; this npm brings an add-on that multiplies. */
function standIns(addOn: string): string {
  const programs = mkdtempSync(join(folder, 'programs-'));
  const calls = join(programs, 'calls');
  const multiplies = `module.exports = {
    fill: () => null, matMul: () => ({ dataSync: () => [6] }), getBackend: () => 'tensorflow' };`;
  const brings = `mkdir -p "node_modules/${addOn}"; printf '%s' "${multiplies}" > "node_modules/${addOn}/index.js"`;
  for (const [name, does] of [
    ['c++', ''],
    ['npm', brings],
  ] as const) {
    const path = join(programs, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> "${calls}"\n${does}\n`);
    chmodSync(path, 0o755);
  }
  vi.stubEnv('PATH', [programs, process.env['PATH']].join(delimiter));
  vi.stubEnv('CXX', 'c++');
  return calls;
}

describe('the add-on', () => {
  it('is not begun without a compiler, and the sentence says what to install', () => {
    vi.stubEnv('CXX', 'no-such-compiler');
    const place = join(folder, 'tensorflow');
    expect(() => buildAddOn(place, library('libtensorflow.so.2'), () => undefined)).toThrow(
      /no C\+\+ compiler "no-such-compiler"; install one/,
    );
    expect(existsSync(place)).toBe(false);
  });

  it('is not begun for TensorFlow 1', () => {
    expect(() => buildAddOn(folder, library('libtensorflow.so.1'), () => undefined)).toThrow(
      /is TensorFlow 1, and the add-on needs TensorFlow 2; run "python3 -m pip install --upgrade/,
    );
  });

  it.runIf(process.platform !== 'win32').each([
    [true, '@tensorflow/tfjs-node-gpu'],
    [false, '@tensorflow/tfjs-node'],
  ])('of a library with CUDA: %j, is %s: fetched without its scripts, built and tried', (cuda, addOn) => {
    const place = join(folder, `of-${cuda}`);
    const calls = standIns(addOn);
    expect(buildAddOn(place, { ...library('libtensorflow.so.2'), cuda }, () => undefined)).toBe(addOn);
    const [asked, fetched, compiled] = readFileSync(calls, 'utf8').trimEnd().split('\n');
    expect(asked).toBe('c++ --version');
    expect(fetched).toMatch(
      new RegExp(`^npm install .*--ignore-scripts.* ${addOn}@4\\.22\\.0 node-api-headers@`),
    );
    expect(compiled).toContain(
      `-o ${join(place, 'node_modules', addOn, 'lib', 'napi-v8', 'tfjs_binding.node')}`,
    );
  });

  it.each([
    [['libtensorflow.so.1', 'libtensorflow_framework.so.1'], '1'],
    [['libtensorflow.so.2', 'libtensorflow_framework.so.2'], null],
    [['libtensorflow_cc.2.dylib'], null],
    [['libtensorflow.so'], null],
  ])('knows the version of %j', (names, version) => {
    expect(olderThanTwo(library(...names))).toBe(version);
  });

  it.each<[string, RegExp]>([
    [
      'npm error code EAI_AGAIN\nnpm error request to https://registry.npmjs.org/node-api-headers failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org',
      /registry cannot be reached; connect/,
    ],
    ['npm error code ENOTFOUND\nnpm error network request failed', /registry cannot be reached; connect/],
    ['npm error code ENOSPC', /disk is full/],
    [
      'Error: /home/tfjs_binding.node: undefined symbol: TFE_NewContextOptions',
      /does not fit this version of TensorFlow; name another/,
    ],
    [
      "Error: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libtensorflow_cc.so.2)",
      /built for a newer system/,
    ],
    ['one\ntwo\nthree\nsomething new.', /^two three something new$/],
  ])('tells what lies behind %j', (said, sentence) => {
    expect(inShort(said)).toMatch(sentence);
  });
});
