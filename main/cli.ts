/** The terminal door: `reverie <command> [options]`. */
import { join } from 'node:path';
import { headStart } from './cli/head-start.ts';

/** How long after its work something that a library has left open may keep the program, in ms. */
const STRAGGLERS_MS = 2000;

const words = process.argv.slice(2);
const entry = join(import.meta.dirname, 'engine.js');
const engine = headStart(entry, words, process.env);

// Loaded only now, beside the engine.
const [{ runCommandLine }, { openEngine }, { listenForInterruption }] = await Promise.all([
  import('./cli/command-line.ts'),
  import('./cli/engine.ts'),
  import('./cli/interruption.ts'),
]);
// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', () => undefined);
/** Set by hand rather than by process.exit(), which would cut off what a pipe has not taken yet. */
process.exitCode = await runCommandLine(words, {
  stdout: process.stdout,
  stderr: process.stderr,
  openEngine: (power) => openEngine(entry, power, engine.start),
  listenForInterruption,
  page: join(import.meta.dirname, '..', 'renderer'),
});
engine.end();
setInterval(() => {
  if (process.stdout.writableLength === 0) process.exit();
}, STRAGGLERS_MS).unref();
