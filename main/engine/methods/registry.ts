/** What does the work of each method; the table has an entry for every descriptor in shared/methods. */
import type { JobEvent } from '../../../shared/jobs.ts';
import type { MethodName, Results } from '../../../shared/methods/registry.ts';
import type { SetMethod, SetResult } from '../../../shared/methods/sets.ts';
import { parseRequest, type RequestOf } from '../../../shared/methods/request.ts';
import type { MethodContext } from './common/context.ts';
import { runDream } from './dream/job.ts';
import type { SetRequest } from './set/job.ts';

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

/** All but the commonest are loaded when they are first asked for: an engine that starts for a dream need not know how networks are attacked. */
export const runs: { readonly [M in MethodName]: Run<M> } = {
  async *dream(environment, request, signal) {
    yield* runDream(await environment.open(null), request, signal);
  },
  async *film(environment, request, signal) {
    const { runFilm } = await import('./film/job.ts');
    yield* runFilm(await environment.open(null), request, signal);
  },
  async *video(environment, request, signal) {
    const { runVideo } = await import('./video/job.ts');
    yield* runVideo(await environment.open(null), request, signal);
  },
  async *visualize(environment, request, signal) {
    const { runVisualize } = await import('./visualize/job.ts');
    yield* runVisualize(await environment.open(null), request, signal);
  },
  async *explain(environment, request, signal) {
    const { runExplain } = await import('./explain/job.ts');
    yield* runExplain(await environment.open(null), request, signal);
  },
  async *measureSet(environment, request, signal) {
    const { runMeasureSet } = await import('./explain/measure-set.ts');
    yield* runMeasureSet(await environment.open(null), request, signal);
  },
  async *filters(environment, request, signal) {
    const { runFilters } = await import('./inspect/filters.ts');
    yield* runFilters(await environment.open(null), request, signal);
  },
  async *atlas(environment, request, signal) {
    const { runAtlas } = await import('./atlas/job.ts');
    yield* runAtlas(await environment.open(null), request, environment.cache('atlas'), signal);
  },
  async *examples(environment, request, signal) {
    const { runExamples } = await import('./examples/job.ts');
    yield* runExamples(await environment.open(null), request, environment.cache('scans'), signal);
  },
  async *attack(environment, request, signal) {
    const { runAttack } = await import('./attack/job.ts');
    const transfer = await named(environment, request.transfer);
    yield* runAttack(environment.open, { ...request, transfer }, signal);
  },
  async *attackSet(environment, request, signal) {
    const { runAttackSet } = await import('./attack/set.ts');
    const transfer = await named(environment, request.transfer);
    yield* runAttackSet(environment.open, { ...request, transfer }, signal);
  },
  async *dreamSet(environment, request, signal) {
    yield* runMany(environment, 'dream', request, signal);
  },
  async *explainSet(environment, request, signal) {
    yield* runMany(environment, 'explain', request, signal);
  },
  async *visualizeSet(environment, request, signal) {
    yield* runMany(environment, 'visualize', request, signal);
  },
};

/** The same job on many pictures or targets. */
async function* runMany(
  environment: Environment,
  method: SetMethod,
  request: SetRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent<SetResult>, void, undefined> {
  const { runSet } = await import('./set/job.ts');
  const run = runs[method] as Run<SetMethod>;
  const one = (asked: object, until: AbortSignal | undefined) =>
    run(environment, parseRequest(method, asked), until);
  yield* runSet(await environment.open(null), method, request, one, signal);
}

/** Networks by their names; `all` are those that are installed, but for the request's own. */
async function named({ others }: Environment, names: readonly string[] | null): Promise<readonly string[]> {
  return names?.length === 1 && names[0] === 'all' ? others() : (names ?? []);
}
