/**
 * Keeps the engine's process: forks it when it is first needed, says in a sentence how it ended when it crashes, and
 * forks a fresh one for the next request.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { engineNames, type Calls, type EngineApi, type Streams } from '../../shared/contract.ts';
import { ReverieError } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/connect.ts';
import type { Port } from '../../shared/rpc/wire.ts';
import { crashSentence } from './crash-sentence.ts';

export interface EngineHost {
  /** Whatever is under way when the engine crashes rejects with engine/crashed; the next request gets a fresh process. */
  readonly api: EngineApi;
  /** The process that runs now, if any. */
  readonly pid: number | undefined;
  /** Lets the engine clean up and ends it; kills it after `graceMs`. Resolves when it is gone. */
  close(graceMs?: number): Promise<void>;
}

/** How much of what the engine last wrote on stderr is kept for the details of a crash, in characters. */
const KEPT_STDERR = 4000;

/** @param entry Path of the built engine (main/engine/process.ts). */
export function createEngineHost(entry: string): EngineHost {
  const messageHandlers: ((message: unknown) => void)[] = [];
  const closeHandlers: ((reason: Error) => void)[] = [];
  let running: ChildProcess | undefined;
  let closed = false;

  const start = (): ChildProcess => {
    const child = fork(entry, [], {
      serialization: 'advanced',
      // Nothing but results may appear on the stdout of whoever hosts the engine.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // A debugger's flags belong to the parent.
      execArgv: process.execArgv.filter((flag) => !flag.startsWith('--inspect')),
    });
    let stderr = '';
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT_STDERR)));
    const end = (sentence: string): void => {
      // A failure to start may be followed by an exit; by then the next process may run.
      if (running !== child) return;
      running = undefined;
      const reason = closed ? closedError() : new ReverieError('engine/crashed', sentence, { stderr });
      for (const handler of closeHandlers) handler(reason);
    };
    child.on('message', (message) => messageHandlers.forEach((handler) => handler(message)));
    child.on('error', (error) => end(`The engine could not be started or reached: ${error.message}`));
    // Not `close`, which Node does not emit after a disconnect from this side.
    child.on('exit', (code, signal) => {
      const report = (): void => end(crashSentence(code, signal));
      // All of what it wrote last belongs to the report.
      if (child.stderr === null || child.stderr.closed) report();
      else child.stderr.once('close', report);
    });
    return child;
  };

  const port: Port = {
    post(message) {
      if (closed) throw closedError();
      running ??= start();
      // One whose channel is gone is about to report its end, and that rejects this request with the others.
      if (running.connected) running.send(asMessage(message));
    },
    onMessage: (handler) => void messageHandlers.push(handler),
    onClose: (handler) => void closeHandlers.push(handler),
  };

  return {
    api: connect<Calls, Streams>(port, engineNames),
    get pid() {
      return running?.pid;
    },
    async close(graceMs = 3000) {
      closed = true;
      const child = running;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      if (child.connected) child.disconnect();
      await gone;
      clearTimeout(kill);
    },
  };
}

function closedError(): ReverieError {
  return new ReverieError('job/cancelled', 'The engine has been closed.');
}

/** Requests are objects; the types of `send` want to know. */
function asMessage(message: unknown): object {
  if (typeof message === 'object' && message !== null) return message;
  throw new TypeError('Only objects can be posted.');
}
