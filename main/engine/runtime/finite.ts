/** Programs whose results are numbers: what is none would blacken a picture, or rank classes by nothing, without a word. */
import { ReverieError } from '../../../shared/errors.ts';
import type { Name } from '../graph/graph.ts';
import type { FloatTensor } from '../graph/tensor.ts';
import type { Program, Values } from './runtime.ts';

/** Thrown in place of results that are no numbers. */
export class NotFiniteError extends ReverieError {
  /** What the program was given. */
  readonly feeds: Values;

  constructor(output: Name, feeds: Values) {
    super('model/not-finite', 'The network gives results that are no numbers (NaN or infinite).', { output });
    this.feeds = feeds;
  }
}

/** The same program, which throws {@link NotFiniteError} instead of giving results that are no numbers. */
export function finite(program: Program): Program {
  return {
    outputs: program.outputs,
    async run(feeds) {
      const results = await program.run(feeds);
      for (const [name, tensor] of Object.entries(results))
        if (!isSound(tensor)) throw new NotFiniteError(name, feeds);
      return results;
    },
    dispose: () => program.dispose(),
  };
}

/** Scores may be −∞, for classes that are ruled out; pictures and layers may not. */
function isSound({ dims, data }: FloatTensor): boolean {
  if (dims.length < 3) return data.every((value) => !Number.isNaN(value) && value !== Infinity);
  let sum = 0;
  // Zero for every finite number: one pass without a branch.
  for (let i = 0; i < data.length; i++) sum += (data[i] ?? 0) * 0;
  return sum === 0;
}
