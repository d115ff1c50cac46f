/**
 * The engine as its contract describes it: networks are loaded once, programs are kept, the methods do the work. What few
 * requests need is loaded with the first of them, because whoever starts a dream waits for all that is loaded here.
 */
import { join } from 'node:path';
import type { ClassifyResult } from '../../shared/contract/classify.ts';
import type { EngineService } from '../../shared/contract.ts';
import { methodNames, type MethodName, type Results } from '../../shared/methods/registry.ts';
import type { RequestOf } from '../../shared/methods/request.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import type { ModelInfo } from '../../shared/contract/models.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import { reverieHome } from '../files/home.ts';
import { decodeImage } from './imaging/codec.ts';
import type { Pixels } from './imaging/pixels.ts';
import { readPage } from './methods/atlas/page.ts';
import { classify } from './methods/common/classify.ts';
import { knownDevices, probeDevice } from './methods/devices/devices.ts';
import { Runtimes, withNews, type RuntimesOptions } from './methods/common/execution.ts';
import { describeModel } from './methods/inspect/inspect.ts';
import { readStoredRecipe } from './methods/common/stored-recipe.ts';
import { runs } from './methods/registry.ts';
import { withEach } from './methods/common/readable.ts';
import { keepInputs } from './methods/common/kept-inputs.ts';
import { dreamMemory } from './methods/dream/memory.ts';
import { rehearse } from './methods/dream/rehearsal.ts';
import { cancellable, type MethodContext } from './methods/common/context.ts';
import {
  DEFAULT_MODEL,
  filesOf,
  installedModels,
  locateModel,
  summaryOf,
} from './models/installed/library.ts';
import { ModelCache } from './models/installed/cache.ts';
import { PROGRAM_BUDGET, ProgramCache } from './runtime/cache.ts';
import { powerFrom } from './runtime/power.ts';
import { ProbeResults } from './runtime/probe-results.ts';

/**
 * An engine that looks for networks in `home` (see `reverieHome`).
 *
 * @param execution who listens to it, and what is not to be computed on
 */
export function createEngineService(home?: string, execution: RuntimesOptions = {}): EngineService {
  const models = new ModelCache();
  const programs = new ProgramCache(PROGRAM_BUDGET);
  const power = powerFrom(process.env);
  const probeResults = new ProbeResults(home ?? reverieHome());
  const runtimes = new Runtimes(probeResults, power, execution);

  /** Under way. */
  let jobs = 0;
  let rehearsal: AbortController | undefined;

  const cache = (name: string): string => join(home ?? reverieHome(), 'cache', name);

  const contextFor = async (choice: Execution): Promise<MethodContext> => {
    const found = await models.load(await locateModel(choice.model, home));
    const { output = null } = choice;
    const model = output === null ? found : found.withOutput(output);
    return { model, runtime: await runtimes.open(choice), programs: programs.within(model.preparation) };
  };

  const others = async ({ model }: Execution): Promise<string[]> =>
    (await installedModels(home)).map(summaryOf).flatMap((row) => {
      const own = model === null ? row.default : row.id === model;
      return own ? [] : [row.id];
    });

  /** The jobs of a method, told of devices that were given up meanwhile. */
  async function* run<M extends MethodName>(
    name: M,
    request: RequestOf<M>,
    signal?: AbortSignal,
  ): AsyncGenerator<JobEvent<Results[M]>, void, undefined> {
    jobs++;
    rehearsal?.abort();
    try {
      yield* work(name, request, signal);
    } finally {
      jobs--;
    }
  }
  async function* work<M extends MethodName>(
    name: M,
    request: RequestOf<M>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<JobEvent<Results[M]>, void, undefined> {
    await keepInputs(name, request);
    const environment = {
      open: (model: string | null) =>
        contextFor(model === null ? request : { ...request, model, output: null }),
      others: () => others(request),
      cache,
    };
    yield* withNews(await runtimes.open(request), runs[name](environment, request, signal));
  }
  const streams = Object.fromEntries(
    methodNames.map((name) => [
      name,
      (request: RequestOf<typeof name>, signal?: AbortSignal) => run(name, request, signal),
    ]),
  ) as unknown as Pick<EngineService, MethodName>;

  return {
    ...streams,

    async listModels() {
      return { models: (await installedModels(home)).map(summaryOf) };
    },

    async inspectModel({ model, size }): Promise<ModelInfo> {
      const path = await locateModel(model, home);
      return { model: model ?? DEFAULT_MODEL, ...describeModel(await models.load(path), size) };
    },

    async importModel(request) {
      const { bringModel } = await import('./methods/inspect/bring.ts');
      return bringModel(request, await runtimes.open({ runtime: 'auto', device: 'auto' }), home);
    },
    async editModel(request) {
      const { editModel } = await import('./methods/inspect/bring.ts');
      return editModel(request, (path) => models.load(path), home);
    },
    async removeModel({ model }) {
      const { removeNetwork } = await import('./models/installed/install.ts');
      return removeNetwork(model, home);
    },
    filesOfModel: async ({ model }) => ({ paths: await filesOf(model, home) }),

    async merge(request) {
      const { merge } = await import('./methods/merge/merge.ts');
      return merge(request);
    },

    async classify(request): Promise<ClassifyResult> {
      const started = performance.now();
      const context = await contextFor(request);
      const images: ClassifyResult['images'][number][] = [];
      const failed = await withEach(request.images, async (path) => {
        const { pixels } = await decodeImage(path);
        const picture = request.printed ? await straighten(pixels, path, request.straightened) : pixels;
        images.push({ path, classes: await classify(context, picture, request.settings.top) });
      });
      const { model, runtime } = context;
      const seconds = (performance.now() - started) / 1000;
      const { kind: answers } = model.answer;
      const executed = { model: model.name, runtime: runtime.name, device: runtime.device, seconds };
      return { ...executed, answers, images, failed };
    },

    async estimateMemory({ settings, width, height, ...choice }) {
      const model = await models.load(await locateModel(choice.model, home));
      const { device } = await runtimes.open(choice);
      return dreamMemory(model, device, { width, height }, settings);
    },

    async rehearseDream({ settings, width, height, ...choice }) {
      rehearsal?.abort();
      // Whoever computes has the machine to himself.
      if (jobs > 0) return;
      const { signal } = (rehearsal = new AbortController());
      const context = await contextFor(choice);
      await rehearse(cancellable(context, signal), settings, { width, height }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },

    async devices({ measure, device }) {
      if (device === null) return { devices: await knownDevices(probeResults, { anew: measure }) };
      const model = await models.load(await locateModel(null, home));
      return {
        devices: [
          await probeDevice(model, device, probeResults, { threads: power.threads, exactly: measure }),
        ],
      };
    },

    readRecipe: ({ path }) => readStoredRecipe(path),

    async atlasPage({ model, settings }) {
      return readPage(await models.load(await locateModel(model, home)), settings, cache('atlas'));
    },
  };
}

/** The printed picture that a photo shows, kept in a folder if one is named. */
async function straighten(photo: Pixels, path: string, folder: string | null): Promise<Pixels> {
  const { keepStraightened, straightened } = await import('./methods/attack/printed.ts');
  const picture = straightened(photo, path);
  if (folder !== null) await keepStraightened(picture, path, folder);
  return picture;
}
