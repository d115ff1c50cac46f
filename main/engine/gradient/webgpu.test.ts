/** The gradients on WebGPU, on a software implementation of Vulkan: a browser's SwiftShader. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { cases } from './testing/table.ts';

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const ROOT = resolve(import.meta.dirname, '../../..');
const available = existsSync(DRIVER);
if (!available) console.warn(`Skipped: the gradients on WebGPU, because ${DRIVER} is not there.`);

interface Comparison {
  readonly title: string;
  readonly error: number | null;
  readonly message?: string;
}

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
      rollupOptions: { output: { entryFileNames: 'run.mjs' } },
    },
  });
  // The browser brings its own Vulkan loader along.
  const env = { ...process.env, VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) };
  const options = { env, maxBuffer: 2 ** 26, timeout: 240_000 };
  const { stdout, failure } = await promisify(execFile)(
    process.execPath,
    [join(folder, 'run.mjs')],
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

describe.skipIf(!available)('on WebGPU the gradients are the same as on the CPU', () => {
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

  it.each([...new Set(cases.map(({ title }) => title))])('%s', (title) => {
    const comparison = found.get(title);
    expect(comparison?.message ?? failure).toBe('');
    expect(comparison?.error).toBeLessThan(1e-3);
  });
});
