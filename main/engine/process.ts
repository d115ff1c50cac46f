/**
 * The entry of the engine's process: serves the engine to the process that forked it, and ends with it. A fault in a
 * native library ends this process alone.
 */
import { engineContract } from '../../shared/contract.ts';
import { plainError } from '../../shared/errors.ts';
import { frameContract } from '../../shared/live-frames.ts';
import { electronPort, type ElectronPort } from '../../shared/rpc/electron-port.ts';
import { GIVEN_UP, type HeartbeatMessage } from '../../shared/heartbeat.ts';
import { ipcPort } from '../../shared/rpc/ipc-port.ts';
import { handlersOf } from '../../shared/rpc/contract.ts';
import { serve } from '../../shared/rpc/serve.ts';
import { listenToLog, type LogMessage } from '../log/log.ts';
import { FrameTap } from './process/frame-tap.ts';
import { powerFrom, stepBack } from './runtime/power.ts';
import { createEngineService } from './service.ts';

const CLEAN_UP_MS = 2000;

if (powerFrom(process.env).quiet) stepBack();

/** What Electron's utility processes have instead of an IPC channel. It ends the process itself. */
const parent: unknown = Reflect.get(process, 'parentPort');

const port = isElectronPort(parent) ? electronPort(parent) : ipcPort(process);
listenToLog((entry) => post({ log: entry }));
const tap = new FrameTap();
const engine = createEngineService(undefined, {
  givenUp: (process.env[GIVEN_UP] ?? '').split(','),
  tell: (heartbeat) => post({ heartbeat }),
});
serve(handlersOf(engineContract, tap.over(engine)), port);
if (isElectronPort(parent)) {
  // Windows get ports of their own, for the live picture alone.
  parent.on('message', ({ ports = [] }) => {
    for (const window of ports)
      serve(
        handlersOf<typeof frameContract>(frameContract, {
          frames: ({ channel }, signal) => tap.frames(channel, signal),
        }),
        electronPort(window),
        plainError,
      );
  });
}
// Streams are cancelled by then and clean up after themselves; what does not come to an end is left behind.
process.on('disconnect', () => setTimeout(() => process.exit(), CLEAN_UP_MS).unref());
// Ctrl-C reaches the whole group of a terminal. Only the parent answers it, by cancelling what runs.
process.on('SIGINT', () => undefined);

/** What is told unasked. */
function post(message: HeartbeatMessage | LogMessage): void {
  try {
    port.post(message);
  } catch {
    // The parent has gone, and this process is about to follow it.
  }
}

function isElectronPort(value: unknown): value is ElectronPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;
}
