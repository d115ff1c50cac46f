/**
 * `node scripts/smoke.mjs <program>`: starts an installed Reverie once with `--smoke`, in which it opens its window, classifies, dreams
 * a few steps and quits, and fails unless it did.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of which the program takes two minutes at most by itself. */
const LONGEST_MS = 3 * 60_000;

const [program, ...words] = process.argv.slice(2);
/** What it leaves among the temporary files is removed. */
const folder = mkdtempSync(join(tmpdir(), 'smoke-'));
const { status, stdout, stderr, error } = spawnSync(program, ['--smoke', ...words], {
  encoding: 'utf8',
  timeout: LONGEST_MS,
  killSignal: 'SIGKILL',
  env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
});
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
const said = stdout?.split('\n').find((line) => line.startsWith('{'));
if (error !== undefined || status !== 0 || said === undefined) {
  console.error(stderr);
  console.error(said ?? error?.message ?? `It ended with code ${status}, and said nothing.`);
  process.exit(1);
}
console.log(said);
