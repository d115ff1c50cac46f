/** The program on a machine that ONNX Runtime has no library for, such as a Mac with an Intel processor. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { greyPng } from './studio/testing/temporary-studio.ts';

const program = resolve(import.meta.dirname, '../scripts/reverie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'reverie-without-'));
const home = join(folder, 'home');

/** Lets Node fail to load the library as it does where the file is not in the package. */
const WITHOUT = `
  const open = process.dlopen;
  process.dlopen = (module, file, ...rest) => {
    if (file.includes('onnxruntime_binding'))
      throw new Error("Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'");
    return open.call(process, module, file, ...rest);
  };`;

beforeAll(async () => {
  writeFileSync(join(folder, 'without.cjs'), WITHOUT);
  writeFileSync(join(folder, 'photo.png'), await greyPng(96));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reverie(...words: string[]): { code: number | null; json: unknown } {
  const { status, stdout } = spawnSync(process.execPath, [program, ...words, '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      REVERIE_HOME: home,
      NODE_OPTIONS: `--require=${join(folder, 'without.cjs').replaceAll('\\', '/')}`,
    },
  });
  return { code: status, json: JSON.parse(stdout) };
}

describe('without ONNX Runtime', () => {
  it('a dream is computed by TensorFlow', () => {
    const { code, json } = reverie('dream', 'photo.png', '--size', '64', '--octaves', '1', '--steps', '2');
    expect(json).toMatchObject({ runtime: 'tensorflow', device: 'tensorflow', steps: 2 });
    expect(code).toBe(0);
  });

  it('the CPU is refused with the reason', () => {
    const { code, json } = reverie('classify', 'photo.png', '--device', 'cpu');
    expect(json).toEqual({
      error: {
        code: 'device/unusable',
        message: expect.stringMatching(/ONNX Runtime cannot be loaded: .*; use the device "tensorflow"\.$/),
      },
    });
    expect(code).toBe(1);
  });

  it('every device is listed, TensorFlow as usable', () => {
    const { json } = reverie('devices');
    const { devices } = json as { devices: { device: string; usable: boolean; reason: string | null }[] };
    expect(devices.filter(({ usable }) => usable).map(({ device }) => device)).toEqual(['tensorflow']);
    expect(devices.find(({ device }) => device === 'cpu')?.reason).toMatch(/cannot be loaded/);
  });
});
