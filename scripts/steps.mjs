/** Steps of `npm run check` and `npm test`: programs of Node that run after or beside each other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './setup.mjs';

/**
 * Runs a step; its exit code and how long it took, in s. What it prints is shown at once, or, with `print`, handed over.
 *
 * @param {{ program: string, words: readonly string[] }} step the program relative to the root, and its arguments
 * @param {(text: string) => void} [print]
 */
export async function run({ program, words }, print) {
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, program), ...words], {
    cwd: root,
    stdio: print === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', print);
  const [status] = await once(child, 'close');
  return { status: status ?? 1, seconds: (performance.now() - begin) / 1000 };
}

/** A line of a summary. */
export const resultLine = (passed, name, seconds) =>
  `${passed ? 'passed' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`;
