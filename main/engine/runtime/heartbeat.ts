/** A runtime that says before a library gets the thread what it is about to do, and when it is back. */
import type { Heartbeat } from '../../../shared/heartbeat.ts';
import type { Runtime } from './runtime.ts';

/** Hears of everything that may take long, or for ever. */
export type Tell = (heartbeat: Heartbeat) => void;

export function withHeartbeat(runtime: Runtime, tell: Tell): Runtime {
  const { name, device } = runtime;
  const during = async <T>(work: NonNullable<Heartbeat['work']>, result: () => Promise<T>): Promise<T> => {
    tell({ device, work });
    try {
      return await result();
    } finally {
      tell({ device, work: null });
    }
  };
  return {
    name,
    device,
    async compile(graph, options) {
      const program = await during('compile', () => runtime.compile(graph, options));
      let ran = false;
      return {
        outputs: program.outputs,
        async run(feeds) {
          const values = await during(ran ? 'run' : 'first run', () => program.run(feeds));
          ran = true;
          return values;
        },
        dispose: () => program.dispose(),
      };
    },
  };
}
