/** An engine that fails in the ways native code does; built and forked by host.test.ts. */
import { handlersOf } from '../../../shared/rpc/contract.ts';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineContract, type EngineService } from '../../../shared/contract.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { absentEngine } from '../../../shared/testing/absent-engine.ts';
import { ipcPort } from '../../../shared/rpc/ipc-port.ts';
import { listenToLog, log } from '../../log/log.ts';
import { serve } from '../../../shared/rpc/serve.ts';

const service: EngineService = {
  ...absentEngine,
  /** Tells the process id. */
  listModels: () =>
    Promise.resolve({
      models: [
        {
          id: String(process.pid),
          title: '',
          short: '',
          format: 'onnx',
          bytes: 0,
          default: false,
          shipped: false,
        },
      ],
    }),
  /** Ends by the signal that the path names, or with the code. */
  async readRecipe({ path }) {
    process.stderr.write(`ending by ${path}\n`);
    if (path.startsWith('SIG')) process.kill(process.pid, path);
    else process.exit(Number(path));
    await sleep(10_000);
    throw new Error('still here');
  },
  inspectModel({ model }) {
    log.info('engine', 'told in the engine');
    return Promise.reject(new ReverieError('model/missing', `There is no ${model ?? ''}.`));
  },
  classify: () => new Promise(() => undefined),
  devices: () => Promise.reject(new Error('plain')),
  /** A job without an end; `out` is written when it cleans up. */
  async *dream({ out }) {
    try {
      for (let step = 1; ; step++) {
        const frame = { width: 1, height: 1, rgba: new Uint8Array([step, 2, 3, 255]) };
        yield {
          kind: 'step',
          step,
          of: 9,
          width: 1,
          height: 1,
          objective: 0,
          ms: 1,
          frame,
        };
        await sleep(1);
      }
    } finally {
      writeFileSync(out, 'cleaned up');
    }
  },
};

const port = ipcPort(process);
listenToLog((entry) => port.post({ log: entry }));
serve(handlersOf(engineContract, service), port);
