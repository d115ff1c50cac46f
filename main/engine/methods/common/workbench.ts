/** What a method works with: a network, what runs it, and the programs that are kept. */
import type { Model } from '../../models/model.ts';
import type { Programs } from '../../runtime/cache.ts';
import type { Runtime } from '../../runtime/runtime.ts';

export interface Workbench {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly programs: Programs;
}
