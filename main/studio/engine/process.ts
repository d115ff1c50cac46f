/** The engine's process as its host sees it, and how plain Node makes one. */
import { fork, type ChildProcess } from 'node:child_process';
import { LinesToLog } from '../../log/lines.ts';
import { processEnd, unreachable, type ProcessEnd } from './process-end.ts';

export interface EngineProcess {
  readonly pid: number | undefined;
  /** One whose channel is gone takes no more, and is about to report its end. */
  send(message: object): void;
  /** Asks it to clean up and end. */
  end(): void;
  kill(): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Called once, also when it has ended before: how, and what it last wrote on stderr. */
  onEnd(handler: (end: ProcessEnd, stderr: string) => void): void;
}

/**
 * @param entry Path of the built engine (main/engine/process.ts).
 * @param variables What its environment has besides that of this process.
 */
export type StartEngine = (entry: string, variables?: Readonly<Record<string, string>>) => EngineProcess;

/** An engine that does not end by itself is killed after so many ms. */
const GRACE_MS = 3000;

/** Lets an engine clean up and ends it; kills it after `graceMs`. Resolves when it is gone. */
export function endEngine(engine: EngineProcess, graceMs = GRACE_MS): Promise<void> {
  return new Promise((resolve) => {
    const kill = setTimeout(() => engine.kill(), graceMs);
    engine.onEnd(() => {
      clearTimeout(kill);
      resolve();
    });
    engine.end();
  });
}

/** How much of what the engine last wrote on stderr is kept for the details of a crash, in characters. */
const KEPT_STDERR = 4000;

/** How long what was written last takes to arrive, in ms. */
const STDERR_MS = 20;

/** How long after a message could not be sent its receiver's end may be reported, in ms. */
const EXIT_MS = 1000;

export const forkEngine: StartEngine = (entry, variables) => {
  const child = fork(entry, [], {
    env: { ...process.env, ...variables },
    serialization: 'advanced',
    // Nothing but results may appear on the stdout of whoever hosts the engine.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A debugger's flags belong to the parent.
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
  });
  const stderr = keepTail(child.stderr);
  const ended = endOf(child);
  return {
    get pid() {
      return child.pid;
    },
    send(message) {
      if (child.connected) child.send(message);
    },
    end() {
      if (child.connected) child.disconnect();
    },
    kill: () => void child.kill('SIGKILL'),
    onMessage: (handler) => void child.on('message', handler),
    onEnd: (handler) => void ended.then((end) => handler(end, stderr())),
  };
};

/** How a process ended, once it has. */
function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    // What could not be sent to one that has just ended says less than how it ended, which follows.
    child.on('error', (error) => {
      const tell = (): void => resolve(unreachable(error));
      if (child.pid === undefined) tell();
      else setTimeout(tell, EXIT_MS).unref();
    });
    // Not at `close`, which Node 20 does not always report after a disconnection; a moment later all of stderr has arrived.
    child.on('exit', (code, signal) => setTimeout(() => resolve(processEnd(code, signal)), STDERR_MS));
  });
}

/** Passes what a stream brings on to the log. @returns its last characters, so far */
export function keepTail(stream: NodeJS.ReadableStream | null): () => string {
  let tail = '';
  const lines = new LinesToLog('stderr');
  stream?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-KEPT_STDERR);
    lines.add(text);
  });
  stream?.on('end', () => lines.end());
  return () => tail;
}
