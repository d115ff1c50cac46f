/** A runtime that counts its programs and their runs, for tests of what a cancelled job leaves behind. */
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import type { Program, Runtime } from '../runtime/runtime.ts';

interface CountingRuntime extends Runtime {
  /** Programs that have not been disposed of. */
  readonly alive: number;
  /** Runs that have begun. */
  readonly runs: number;
}

/** @param onRun is told the number of a run, counted from 1, when it begins */
export function countingRuntime(onRun: (run: number) => void): CountingRuntime {
  const plain = onnxRuntime({ threads: 1 });
  const count = { alive: 0, runs: 0 };
  return {
    name: plain.name,
    device: plain.device,
    get alive() {
      return count.alive;
    },
    get runs() {
      return count.runs;
    },
    async compile(graph): Promise<Program> {
      const program = await plain.compile(graph);
      count.alive++;
      return {
        outputs: program.outputs,
        run(feeds) {
          onRun(++count.runs);
          return program.run(feeds);
        },
        async dispose() {
          count.alive--;
          await program.dispose();
        },
      };
    },
  };
}
