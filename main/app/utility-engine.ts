/** The engine in a utility process of Electron, so that no fuse has to let Electron run as plain Node. */
import type { UtilityProcess, utilityProcess } from 'electron';
import { crashSentence } from '../studio/crash-sentence.ts';
import { keepTail, type StartEngine } from '../studio/engine-process.ts';

export function utilityEngine(utility: Pick<typeof utilityProcess, 'fork'>): StartEngine {
  return (entry) => {
    const child: UtilityProcess = utility.fork(entry, [], {
      serviceName: 'Reverie Engine',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const stderr = keepTail(child.stderr);
    let alive = true;
    child.on('exit', () => (alive = false));
    return {
      get pid() {
        return child.pid;
      },
      send(message) {
        if (alive) child.postMessage(message);
      },
      // Its jobs have been stopped by now, with their checkpoints written.
      end: () => void child.kill(),
      kill: () => void child.kill(),
      onMessage: (handler) => void child.on('message', handler),
      onEnd: (handler) => void child.on('exit', (code) => handler(crashSentence(code, null), stderr())),
    };
  };
}
