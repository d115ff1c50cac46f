/** What does the work of each method; the table has an entry for every descriptor in shared/methods. */
import type { JobEvent } from '../../../shared/jobs.ts';
import type { MethodName, Results } from '../../../shared/methods/registry.ts';
import type { RequestOf } from '../../../shared/methods/request.ts';
import { runAtlas } from './atlas/job.ts';
import { runAttack } from './attack/job.ts';
import { runAttackSet } from './attack/set.ts';
import type { MethodContext } from './common/context.ts';
import { runDream } from './dream/job.ts';
import { runExamples } from './examples/job.ts';
import { runExplain } from './explain/job.ts';
import { runFilm } from './film/job.ts';
import { runFilters } from './inspect/filters.ts';
import { runVisualize } from './visualize/job.ts';

/** What the engine offers to a method that is asked for. */
export interface Environment {
  /** A network by its id or path, on the runtime and device of the request; `null` for the request's own network. */
  readonly open: (model: string | null) => Promise<MethodContext>;
  /** The ids of all installed networks but the request's own. */
  readonly others: () => Promise<readonly string[]>;
  /** A folder of the engine's own for what is kept between jobs. */
  readonly cache: (name: string) => string;
}

type Run<M extends MethodName> = (
  environment: Environment,
  request: RequestOf<M>,
  signal?: AbortSignal,
) => AsyncIterable<JobEvent<Results[M]>>;

export const runs: { readonly [M in MethodName]: Run<M> } = {
  dream: ownNetwork(runDream),
  film: ownNetwork(runFilm),
  visualize: ownNetwork(runVisualize),
  explain: ownNetwork(runExplain),
  filters: ownNetwork(runFilters),
  atlas: ownNetwork((context, request, signal, { cache }) =>
    runAtlas(context, request, cache('atlas'), signal),
  ),
  examples: ownNetwork((context, request, signal, { cache }) =>
    runExamples(context, request, cache('scans'), signal),
  ),
  async *attack(environment, request, signal) {
    const transfer = await named(environment, request.transfer);
    yield* runAttack(environment.open, { ...request, transfer }, signal);
  },
  async *attackSet(environment, request, signal) {
    const transfer = await named(environment, request.transfer);
    yield* runAttackSet(environment.open, { ...request, transfer }, signal);
  },
};

/** A method that works with the network of its request alone. */
function ownNetwork<M extends MethodName>(
  run: (
    context: MethodContext,
    request: RequestOf<M>,
    signal: AbortSignal | undefined,
    environment: Environment,
  ) => AsyncIterable<JobEvent<Results[M]>>,
): Run<M> {
  return async function* (environment, request, signal) {
    yield* run(await environment.open(null), request, signal, environment);
  };
}

/** Networks by their names; `all` are those that are installed, but for the request's own. */
async function named({ others }: Environment, names: readonly string[] | null): Promise<readonly string[]> {
  return names?.length === 1 && names[0] === 'all' ? others() : (names ?? []);
}
