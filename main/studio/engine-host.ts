/**
 * Keeps the engine's process: starts it when it is first needed, says in a sentence how it ended when it crashes, and
 * starts a fresh one for the next request.
 */
import { engineNames, type Calls, type EngineApi, type Streams } from '../../shared/contract.ts';
import { ReverieError } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/connect.ts';
import type { Port } from '../../shared/rpc/wire.ts';
import { tryDevices } from './device-trials.ts';
import { forkEngine, type EngineProcess, type StartEngine } from './engine-process.ts';

export interface EngineHost {
  /** Whatever is under way when the engine crashes rejects with engine/crashed; the next request gets a fresh process. */
  readonly api: EngineApi;
  /** The process that runs now, if any. */
  readonly pid: number | undefined;
  /** Lets the engine clean up and ends it; kills it after `graceMs`. Resolves when it is gone. */
  close(graceMs?: number): Promise<void>;
}

/**
 * @param entry Path of the built engine (main/engine/process.ts).
 * @param startTrial starts the engines that only try a device
 */
export function createEngineHost(
  entry: string,
  startEngine: StartEngine = forkEngine,
  startTrial: StartEngine = startEngine,
): EngineHost {
  const messageHandlers: ((message: unknown) => void)[] = [];
  const closeHandlers: ((reason: Error) => void)[] = [];
  let running: { engine: EngineProcess; gone: Promise<void> } | undefined;
  let closed = false;

  const start = (): NonNullable<typeof running> => {
    const engine = startEngine(entry);
    engine.onMessage((message) => messageHandlers.forEach((handler) => handler(message)));
    const gone = new Promise<void>((resolve) => {
      engine.onEnd((sentence, stderr) => {
        running = undefined;
        const reason = closed ? closedError() : new ReverieError('engine/crashed', sentence, { stderr });
        for (const handler of closeHandlers) handler(reason);
        resolve();
      });
    });
    return { engine, gone };
  };

  const port: Port = {
    post(message) {
      if (closed) throw closedError();
      running ??= start();
      running.engine.send(asMessage(message));
    },
    onMessage: (handler) => void messageHandlers.push(handler),
    onClose: (handler) => void closeHandlers.push(handler),
  };

  const api = connect<Calls, Streams>(port, engineNames);
  const trials = new Set<EngineHost>();
  const openTrial = (): EngineHost => {
    const trial = createEngineHost(entry, startTrial);
    trials.add(trial);
    return trial;
  };

  return {
    api: {
      ...api,
      async devices(request) {
        if ((request.device ?? null) !== null) return api.devices(request);
        return { devices: await tryDevices(api, openTrial, request) };
      },
    },
    get pid() {
      return running?.engine.pid;
    },
    async close(graceMs = 3000) {
      closed = true;
      await Promise.all([...trials].map((trial) => trial.close(0)));
      if (running === undefined) return;
      const { engine, gone } = running;
      const kill = setTimeout(() => engine.kill(), graceMs);
      engine.end();
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
