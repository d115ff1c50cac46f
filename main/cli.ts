/** The terminal door: `reverie <command> [options]`. */
import { join } from 'node:path';
import { runCommandLine } from './cli/command-line.ts';
import { openEngine } from './cli/engine.ts';
import { listenForInterruption } from './cli/interruption.ts';

/** How long after its work something that a library has left open may keep the program, in ms. */
const STRAGGLERS_MS = 2000;

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', () => undefined);
/** Set by hand rather than by process.exit(), which would cut off what a pipe has not taken yet. */
process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  openEngine: (power) => openEngine(join(import.meta.dirname, 'engine.js'), power),
  listenForInterruption,
});
setInterval(() => {
  if (process.stdout.writableLength === 0) process.exit();
}, STRAGGLERS_MS).unref();
