/** The engine as its contract describes it: networks are loaded once, programs are kept, the methods do the work. */
import { stat } from 'node:fs/promises';
import type { ClassifyResult } from '../../shared/contract/classify.ts';
import type { EngineService } from '../../shared/contract.ts';
import type { ModelInfo } from '../../shared/contract/models.ts';
import { ReverieError } from '../../shared/errors.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import { decodeImage } from './imaging/codec.ts';
import { classify } from './methods/classify.ts';
import { listDevices } from './methods/devices.ts';
import { runDream } from './methods/dream-job.ts';
import { runExplain } from './methods/explain-job.ts';
import { showFilters } from './methods/filters.ts';
import { describeModel } from './methods/inspect.ts';
import { readStoredRecipe } from './methods/stored-recipe.ts';
import type { Workbench } from './methods/workbench.ts';
import { DEFAULT_MODEL, installedModels, locateModel } from './models/library.ts';
import { loadModel, type Model } from './models/model.ts';
import { PROGRAM_BUDGET, ProgramCache } from './runtime/cache.ts';
import { onnxRuntime } from './runtime/onnxruntime.ts';
import type { Runtime } from './runtime/runtime.ts';

/** Loaded networks by path, as long as their file does not change. The one used last is kept. */
class Shelf {
  #path = '';
  #changed = 0;
  #model: Promise<Model> | undefined;

  async load(path: string): Promise<Model> {
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => -1,
    );
    if (this.#model === undefined || this.#path !== path || this.#changed !== changed) {
      this.#path = path;
      this.#changed = changed;
      this.#model = loadModel(path);
      this.#model.catch(() => (this.#model = undefined));
    }
    return this.#model;
  }
}

/** The runtime that somebody chose. */
function runtimeFor({ runtime, device }: Execution): Runtime {
  if (runtime === 'tensorflow' || device === 'tensorflow') throw unusable('The TensorFlow runtime');
  switch (device) {
    case 'auto':
    case 'cpu':
      return onnxRuntime();
    case 'webgpu':
      return onnxRuntime({ device });
    default:
      throw unusable(`The device "${device}"`);
  }
}

const unusable = (what: string): ReverieError =>
  new ReverieError(
    'device/unusable',
    `${what} is not supported by this version of Reverie; use "cpu" or "webgpu".`,
  );

/** An engine that looks for networks in `home` (see `reverieHome`). */
export function createEngineService(home?: string): EngineService {
  const shelf = new Shelf();
  const programs = new ProgramCache(PROGRAM_BUDGET);

  const bench = async (choice: Execution): Promise<Workbench> => {
    const model = await shelf.load(await locateModel(choice.model, home));
    return { model, runtime: runtimeFor(choice), programs };
  };

  return {
    async listModels() {
      const models = await installedModels(home);
      return {
        models: models.map(({ id, title, bytes }) => ({
          id,
          title,
          format: 'onnx',
          bytes,
          default: id === DEFAULT_MODEL,
        })),
      };
    },

    async inspectModel({ model, size }): Promise<ModelInfo> {
      const path = await locateModel(model, home);
      return { model: model ?? DEFAULT_MODEL, ...describeModel(await shelf.load(path), size) };
    },

    async classify(request): Promise<ClassifyResult> {
      const started = performance.now();
      const tools = await bench(request);
      const images = [];
      for (const path of request.images) {
        const { pixels } = await decodeImage(path);
        images.push({ path, classes: await classify(tools, pixels, request.settings.top) });
      }
      const { model, runtime } = tools;
      const seconds = (performance.now() - started) / 1000;
      return { model: model.name, runtime: runtime.name, device: runtime.device, seconds, images };
    },

    async filters(request) {
      return showFilters(await shelf.load(await locateModel(request.model, home)), request);
    },

    async devices({ measure }) {
      return { devices: await listDevices(await shelf.load(await locateModel(null, home)), measure) };
    },

    readRecipe: ({ path }) => readStoredRecipe(path),

    async *dream(request, signal) {
      yield* runDream(await bench(request), request, signal);
    },

    async *explain(request, signal) {
      yield* runExplain(await bench(request), request, signal);
    },
  };
}
