/** A runtime that keeps account of the time its programs run. */
import type { Program, Runtime } from '../engine/runtime/runtime.ts';

export class TimedRuntime implements Runtime {
  readonly name: string;
  readonly device: Runtime['device'];
  readonly #runtime: Runtime;
  #ms = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.name = runtime.name;
    this.device = runtime.device;
  }

  /** Seconds spent inside `Program.run` so far. */
  get seconds(): number {
    return this.#ms / 1000;
  }

  async compile(graph: Parameters<Runtime['compile']>[0]): Promise<Program> {
    const program = await this.#runtime.compile(graph);
    return {
      outputs: program.outputs,
      run: async (feeds) => {
        const started = performance.now();
        const values = await program.run(feeds);
        this.#ms += performance.now() - started;
        return values;
      },
      dispose: () => program.dispose(),
    };
  }
}
