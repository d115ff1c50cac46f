/** The gradients on WebGPU, on a software implementation of Vulkan: a browser's SwiftShader. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build } from 'vite';
import { describeWithSoftwareGpu, softwareGpuEnvironment } from '../testing/software-gpu.ts';
import type { Comparison } from '../testing/webgpu-gradients.ts';
import { cases } from './testing/table.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Where ONNX Runtime 1.30 itself errs on WebGPU, in forms that no image network has; a test fails when it stops to. */
const PROVIDER_FAULTS: Readonly<Record<string, string>> = {
  'Pow [3,1]′ [2,3,4]′': 'stretching a base over its exponents is refused',
  'Pow [2,1,4]′ [1,3,1]′': 'stretching a base over its exponents is refused',
  'Conv {"group":3,"strides":[2,2],"pads":[2,2,2,2]} [1,3,8,9]′ [6,1,5,5]′ [6]′':
    'ConvTranspose of groups with two channels each is wrong; only computed filters need it',
  'Conv {"strides":[2,1,2],"pads":[1,0,1,1,0,1]} [1,2,5,4,6]′ [2,2,3,2,3]′ [2]′':
    'ConvTranspose over three axes is refused',
  'MaxPool {"kernel_shape":[2,2],"storage_order":1} [2,2,4,5]′': 'column-major MaxPool is refused',
};

/** Each costs a shader compilation: a quarter of the cases, unless REVERIE_ALL_CASES asks for all. */
const everyCase = (process.env['REVERIE_ALL_CASES'] ?? '') !== '';
const titles = [...new Set(cases.map(({ title }) => title))];
const chosen = titles.filter((title, i) => everyCase || i % 4 === 0 || title in PROVIDER_FAULTS);

function isComparison(value: unknown): value is Comparison {
  return typeof value === 'object' && value !== null && 'title' in value && 'error' in value;
}

/** The script as plain JavaScript beside the packages it needs, run to its end or its crash. */
async function compareOnWebGpu(folder: string): Promise<{ found: Comparison[]; failure: string }> {
  const entry = resolve(ROOT, 'main/engine/testing/webgpu-gradients.ts');
  await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'run.mjs' } },
    },
  });
  const env = { ...process.env, ...softwareGpuEnvironment };
  const options = { env, maxBuffer: 2 ** 26, timeout: 240_000 };
  const { stdout, failure } = await promisify(execFile)(
    process.execPath,
    [join(folder, 'run.mjs'), chosen.join('\n')],
    options,
  ).then(
    ({ stdout: text }) => ({ stdout: text, failure: '' }),
    (error: unknown) => ({
      stdout: typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '',
      failure: String(error).slice(0, 500),
    }),
  );
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { found: lines.map((line): unknown => JSON.parse(line)).filter(isComparison), failure };
}

describeWithSoftwareGpu('on WebGPU the gradients are the same as on the CPU', () => {
  let folder = '';
  let found = new Map<string, Comparison>();
  let failure = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(ROOT, 'node_modules', '.webgpu-'));
    const result = await compareOnWebGpu(folder);
    found = new Map(result.found.map((comparison) => [comparison.title, comparison]));
    failure = result.failure;
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(chosen.filter((title) => !(title in PROVIDER_FAULTS)))('%s', (title) => {
    const comparison = found.get(title);
    expect(comparison?.message ?? failure).toBe('');
    expect(comparison?.error).toBeLessThan(1e-3);
  });

  it.each(Object.keys(PROVIDER_FAULTS))('but for a fault of the provider: %s', (title) => {
    const comparison = found.get(title);
    expect(comparison).toBeDefined();
    expect(comparison?.error ?? Infinity).toBeGreaterThan(1e-3);
  });
});
