/** TensorFlow.js as a runtime: the same graphs as ONNX Runtime's, node by node. */
import { ReverieError } from '../../../shared/errors.ts';
import { expandPowers } from '../graph/optimise/powers.ts';
import { failure } from './failure.ts';
import type { Program, Runtime, Values } from './runtime.ts';

const library = async () => ({
  ...(await import('./tensorflow/backend.ts')),
  ...(await import('./tensorflow/program.ts')),
});

/** Makes the library's failures ours. */
async function guarded<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReverieError) throw error;
    throw failure('tensorflow', what, error);
  }
}

/**
 * A runtime on the best backend of TensorFlow.js that loads: its native library, else WebAssembly.
 *
 * @param threads of the native library, which a process has once; 0 leaves them to it
 */
export function tensorflowRuntime(threads = 0): Runtime {
  return {
    name: 'tensorflow',
    device: 'tensorflow',
    async compile(graph): Promise<Program> {
      // The operators of one library are nothing that an engine on the other has to read at its start.
      const { loadBackend, TensorflowProgram } = await guarded('cannot be loaded', library);
      const { tf } = await guarded('cannot be loaded', () => loadBackend(threads));
      const program = await guarded(
        'cannot prepare the network',
        () => new TensorflowProgram(tf, expandPowers(graph)),
      );
      return {
        outputs: program.outputs,
        run: (feeds: Values) => guarded('failed while running the network', () => program.run(feeds)),
        dispose: () => program.dispose(),
      };
    },
  };
}
