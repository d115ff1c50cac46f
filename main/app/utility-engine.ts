/** The engine in a utility process of Electron, so that no fuse has to let Electron run as plain Node. */
import type { MessagePortMain, UtilityProcess, utilityProcess } from 'electron';
import { keepTail, type StartEngine } from '../studio/engine/process.ts';
import { utilityEnd } from '../studio/engine/process-end.ts';

const KILL_MS = 2000;

interface UtilityEngine {
  readonly start: StartEngine;
  /** Hands the engine a port for the live picture; it closes when the engine ends. */
  connectWindow(port: MessagePortMain): void;
}

export function utilityEngine(utility: Pick<typeof utilityProcess, 'fork'>): UtilityEngine {
  let running: UtilityProcess | undefined;
  /** Of windows that look on before there is an engine. */
  const waiting: MessagePortMain[] = [];
  const start: StartEngine = (entry, variables) => {
    const child: UtilityProcess = utility.fork(entry, [], {
      env: { ...process.env, ...variables },
      serviceName: 'Reverie Engine',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const stderr = keepTail(child.stderr);
    let alive = true;
    const ended = new Promise<number>((resolve) => child.on('exit', resolve));
    child.on('exit', () => {
      alive = false;
      if (running === child) running = undefined;
    });
    running = child;
    for (const port of waiting.splice(0)) child.postMessage(null, [port]);
    return {
      get pid() {
        return child.pid;
      },
      send(message) {
        if (alive) child.postMessage(message);
      },
      // Its jobs have been stopped by now, with their checkpoints written.
      end: () => void child.kill(),
      kill() {
        child.kill();
        // What hangs in a driver may not hear a friendly signal.
        setTimeout(() => {
          if (alive && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
        }, KILL_MS).unref();
      },
      onMessage: (handler) => void child.on('message', handler),
      onEnd: (handler) => void ended.then((status) => handler(utilityEnd(status), stderr())),
    };
  };
  return {
    start,
    connectWindow(port) {
      if (running === undefined) waiting.push(port);
      else running.postMessage(null, [port]);
    },
  };
}
