/** What shards come to when they are joined. */
import type { Results } from './registry.ts';
import type { SetName } from './sets.ts';

/** The jobs that can be divided. */
export type DividedMethod = SetName | 'atlas' | 'attackSet';

/** The result that the whole job would have reported, `seconds` being those of the joining. */
export type Merged<M extends DividedMethod = DividedMethod> = {
  [Each in M]: { readonly method: Each; readonly result: Results[Each] };
}[M];
