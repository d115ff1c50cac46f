import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
});

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
