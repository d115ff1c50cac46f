/** The engine as its contract describes it: networks are loaded once, programs are kept, the methods do the work. */
import { join } from 'node:path';
import type { ClassifyResult } from '../../shared/contract/classify.ts';
import type { EngineService } from '../../shared/contract.ts';
import type { ModelInfo } from '../../shared/contract/models.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import { reverieHome } from '../files/home.ts';
import { decodeImage } from './imaging/codec.ts';
import { runAtlas } from './methods/atlas/job.ts';
import { readPage } from './methods/atlas/page.ts';
import { runAttack } from './methods/attack/job.ts';
import { runAttackSet } from './methods/attack/set.ts';
import { bringModel, editModel } from './methods/inspect/bring.ts';
import { classify } from './methods/common/classify.ts';
import { knownDevices, tryDevice } from './methods/devices/devices.ts';
import { runDream } from './methods/dream/job.ts';
import { runExamples } from './methods/examples/job.ts';
import { runExplain } from './methods/explain/job.ts';
import { Runtimes, withNews, type RuntimesOptions } from './methods/common/execution.ts';
import { showFilters } from './methods/inspect/filters.ts';
import { describeModel } from './methods/inspect/inspect.ts';
import { keepStraightened, straightened } from './methods/attack/printed.ts';
import { readStoredRecipe } from './methods/common/stored-recipe.ts';
import { dreamMemory } from './methods/dream/memory.ts';
import { runVisualize } from './methods/visualize/job.ts';
import type { Workbench } from './methods/common/workbench.ts';
import { removeNetwork } from './models/install.ts';
import { DEFAULT_MODEL, filesOf, installedModels, locateModel, summaryOf } from './models/library.ts';
import { Shelf } from './models/shelf.ts';
import { PROGRAM_BUDGET, ProgramCache } from './runtime/cache.ts';
import { powerFrom } from './runtime/power.ts';
import { Proofs } from './runtime/proofs.ts';

/**
 * An engine that looks for networks in `home` (see `reverieHome`).
 *
 * @param execution who listens to it, and what is not to be computed on
 */
export function createEngineService(home?: string, execution: RuntimesOptions = {}): EngineService {
  const shelf = new Shelf();
  const programs = new ProgramCache(PROGRAM_BUDGET);
  const power = powerFrom(process.env);
  const proofs = new Proofs(home ?? reverieHome());
  const runtimes = new Runtimes(proofs, power, execution);

  const atlases = join(home ?? reverieHome(), 'cache', 'atlas');

  const bench = async (choice: Execution): Promise<Workbench> => {
    const model = await shelf.load(await locateModel(choice.model, home));
    return { model, runtime: await runtimes.open(choice), programs: programs.within(model.preparation) };
  };

  /** Other networks for the method of a request, on the same runtime and device; null for its own. */
  const opener = (choice: Execution) => (model: string | null) =>
    bench(model === null ? choice : { ...choice, model });

  return {
    async listModels() {
      return { models: (await installedModels(home)).map(summaryOf) };
    },

    async inspectModel({ model, size }): Promise<ModelInfo> {
      const path = await locateModel(model, home);
      return { model: model ?? DEFAULT_MODEL, ...describeModel(await shelf.load(path), size) };
    },

    importModel: (request) => bringModel(request, home),
    editModel: (request) => editModel(request, (path) => shelf.load(path), home),
    removeModel: ({ model }) => removeNetwork(model, home),
    filesOfModel: async ({ model }) => ({ paths: await filesOf(model, home) }),

    async classify(request): Promise<ClassifyResult> {
      const started = performance.now();
      const tools = await bench(request);
      const images = [];
      for (const path of request.images) {
        const { pixels } = await decodeImage(path);
        const picture = request.printed === true ? straightened(pixels, path) : pixels;
        if (request.printed === true && request.straightened)
          await keepStraightened(picture, path, request.straightened);
        images.push({ path, classes: await classify(tools, picture, request.settings.top) });
      }
      const { model, runtime } = tools;
      const seconds = (performance.now() - started) / 1000;
      return { model: model.name, runtime: runtime.name, device: runtime.device, seconds, images };
    },

    async filters(request) {
      return showFilters(await shelf.load(await locateModel(request.model, home)), request);
    },

    async estimateMemory({ settings, width, height, ...choice }) {
      const model = await shelf.load(await locateModel(choice.model, home));
      const { device } = await runtimes.open(choice);
      return dreamMemory(model, device, { width, height }, settings);
    },

    async devices({ measure, device = null }) {
      if (device === null) return { devices: await knownDevices(proofs, { anew: measure }) };
      const model = await shelf.load(await locateModel(null, home));
      return {
        devices: [await tryDevice(model, device, proofs, { threads: power.threads, exactly: measure })],
      };
    },

    readRecipe: ({ path }) => readStoredRecipe(path),

    async *attack(request, signal) {
      yield* withNews(await runtimes.open(request), runAttack(opener(request), request, signal));
    },

    async *attackSet(request, signal) {
      yield* withNews(await runtimes.open(request), runAttackSet(opener(request), request, signal));
    },

    async *visualize(request, signal) {
      yield* withNews(await runtimes.open(request), runVisualize(await bench(request), request, signal));
    },

    async *dream(request, signal) {
      yield* withNews(await runtimes.open(request), runDream(await bench(request), request, signal));
    },

    async atlasPage({ model, settings }) {
      return readPage(await shelf.load(await locateModel(model, home)), settings, atlases);
    },

    async *atlas(request, signal) {
      yield* withNews(await runtimes.open(request), runAtlas(await bench(request), request, atlases, signal));
    },

    async *examples(request, signal) {
      const scans = join(home ?? reverieHome(), 'cache', 'scans');
      yield* withNews(
        await runtimes.open(request),
        runExamples(await bench(request), request, scans, signal),
      );
    },

    async *explain(request, signal) {
      yield* withNews(await runtimes.open(request), runExplain(await bench(request), request, signal));
    },
  };
}
