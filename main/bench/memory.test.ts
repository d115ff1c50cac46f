/** The estimate of a dream's memory beside the growth of a process that dreams. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFolder } from '../engine/testing/shared-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The estimate and the measurement differ by no more than this factor; the documentation promises it. */
const FACTOR = 2;

/** Side of a picture that is worked on in tiles, but hardly larger than one. */
const TILED = 544;

const dreamnet = join(ROOT, 'models', 'dreamnet.onnx');
const networks = ['googlenet', 'squeezenet1.1', 'mobilenet_v2', 'inception_v3_mixed8'];
const cases: [string, string, number][] = [
  ['dreamnet', dreamnet, 256],
  ['dreamnet', dreamnet, TILED],
  ...networks.flatMap((name): [string, string, number][] =>
    sharedFolder === null
      ? []
      : [
          [name, join(sharedFolder, 'models', `${name}.onnx`), 256],
          [name, join(sharedFolder, 'models', `${name}.onnx`), TILED],
        ],
  ),
];

// Other systems do not tell the most memory that there has been since a moment.
const isLinux = existsSync('/proc/self/clear_refs');
describe.skipIf(!isLinux)('the memory of a dream, which only Linux tells', () => {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.memory-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() =>
    build({
      configFile: false,
      logLevel: 'error',
      root: ROOT,
      ssr: { noExternal: ['@tensorflow/tfjs-core', 'valibot'] },
      build: {
        ssr: join(ROOT, 'main/bench/memory-process.ts'),
        outDir: folder,
        emptyOutDir: false,
        target: 'node20',
        rolldownOptions: { output: { format: 'es', entryFileNames: 'memory.mjs' } },
      },
    }),
  );

  it.each(cases)('%s (%s) at %i pixels', { timeout: 300_000 }, async (_, path, side) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(folder, 'memory.mjs'),
      path,
      String(side),
    ]);
    const { needed, measured } = JSON.parse(stdout) as { needed: number; measured: number };
    expect(needed / measured).toBeGreaterThan(1 / FACTOR);
    expect(needed / measured).toBeLessThan(FACTOR);
  });
});
