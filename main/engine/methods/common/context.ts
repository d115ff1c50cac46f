/** What a method works with: a network, what runs it, and the programs that are kept. */
import type { Model } from '../../models/model.ts';
import type { Programs } from '../../runtime/cache.ts';
import type { Runtime } from '../../runtime/runtime.ts';

export interface MethodContext {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly programs: Programs;
}

/** Opens a network by its name: an installed one's id or a path; null for the one of the request. */
export type OpenNetwork = (model: string | null) => Promise<MethodContext>;

/**
 * The same for a job that can be cancelled: from then on the network runs no more (`job/cancelled`). So every loop of a method
 * that asks the network ends by itself; loops that do not look at the signal themselves (`throwIfCancelled`).
 */
export const cancellable = (context: MethodContext, signal: AbortSignal | undefined): MethodContext => ({
  ...context,
  programs: context.programs.until(signal),
});

/** The same for every network that is opened. */
export const openingCancellable =
  (open: OpenNetwork, signal: AbortSignal | undefined): OpenNetwork =>
  async (name) =>
    cancellable(await open(name), signal);
