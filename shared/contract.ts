/**
 * Everything the engine can be asked: calls give one value, streams give many and are pulled. The window, the terminal
 * and the tests speak to this; the engine implements it. Failures are ReverieErrors on both sides of a port.
 */
import {
  parseAtlasPageRequest,
  parseAtlasRequest,
  type AtlasPage,
  type AtlasPageRequest,
  type AtlasRequest,
  type AtlasResult,
} from './contract/atlas.ts';
import {
  parseAttackRequest,
  parseAttackSetRequest,
  type AttackRequest,
  type AttackResult,
  type AttackSetRequest,
  type AttackSetResult,
} from './contract/attack.ts';
import { parseClassifyRequest, type ClassifyRequest, type ClassifyResult } from './contract/classify.ts';
import { parseDevicesRequest, type DeviceList, type DevicesRequest } from './contract/devices.ts';
import { parseDreamRequest, type DreamRequest } from './contract/dream.ts';
import { parseExamplesRequest, type ExamplesRequest, type ExamplesResult } from './contract/examples.ts';
import { parseExplainRequest, type ExplainRequest, type ExplainResult } from './contract/explain.ts';
import { parseFiltersRequest, type FiltersRequest, type FiltersResult } from './contract/filters.ts';
import {
  parseEditModelRequest,
  parseImportModelRequest,
  parseInspectRequest,
  parseModelRequest,
  type EditModelRequest,
  type ImportedModel,
  type ImportModelRequest,
  type InspectRequest,
  type ModelFiles,
  type ModelInfo,
  type ModelList,
  type ModelRequest,
  type ModelSummary,
} from './contract/models.ts';
import { parseMemoryRequest, type MemoryEstimate, type MemoryRequest } from './contract/memory.ts';
import { parseReadRecipeRequest, type ReadRecipeRequest } from './contract/recipes.ts';
import type { PictureResult } from './contract/result.ts';
import { parseVisualizeRequest, type VisualizeRequest, type VisualizeResult } from './contract/visualize.ts';
import type { JobEvent } from './jobs.ts';
import type { Recipe } from './recipes/recipe.ts';
import type { Handlers } from './rpc/serve.ts';

export interface Calls {
  /** The installed networks. */
  listModels(): Promise<ModelList>;
  inspectModel(request: InspectRequest): Promise<ModelInfo>;
  /**
   * Says what a file is, guesses how it takes pictures, and installs it with its card. Nothing is left behind by one that is refused.
   * @throws model/missing, model/unreadable, model/unsupported, model/no-labels
   */
  importModel(request: ImportModelRequest): Promise<ImportedModel>;
  /** Corrects the card of an installed network. @throws model/missing; model/shipped; model/no-labels; usage/option */
  editModel(request: EditModelRequest): Promise<ModelSummary>;
  /** Deletes an installed network for good. @throws model/missing; model/shipped */
  removeModel(request: ModelRequest): Promise<void>;
  /** What the studio moves to the trash instead. @throws model/missing; model/shipped */
  filesOfModel(request: ModelRequest): Promise<ModelFiles>;
  classify(request: ClassifyRequest): Promise<ClassifyResult>;
  /** The weights of a network's first layer. */
  filters(request: FiltersRequest): Promise<FiltersResult>;
  /** What a dream will take of the machine's memory. */
  estimateMemory(request: MemoryRequest): Promise<MemoryEstimate>;
  /** One row for every device, usable or not. */
  devices(request: DevicesRequest): Promise<DeviceList>;
  /** What is there of a layer's atlas. */
  atlasPage(request: AtlasPageRequest): Promise<AtlasPage>;
  /** @throws recipe/missing for a picture without one, recipe/invalid for one that cannot be used. */
  readRecipe(request: ReadRecipeRequest): Promise<Recipe>;
}

export interface Streams {
  /** Not pulling pauses it; `return()` cancels it and leaves no output behind. */
  dream(request: DreamRequest): AsyncIterable<JobEvent<PictureResult>>;
  visualize(request: VisualizeRequest): AsyncIterable<JobEvent<VisualizeResult>>;
  attack(request: AttackRequest): AsyncIterable<JobEvent<AttackResult>>;
  /** One step for every attack on a picture. */
  attackSet(request: AttackSetRequest): AsyncIterable<JobEvent<AttackSetResult>>;
  /** One step for every channel; those that are there count as done. */
  atlas(request: AtlasRequest): AsyncIterable<JobEvent<AtlasResult>>;
  /** Keeps what it has learned of each photo, so that cancelling loses nothing. */
  examples(request: ExamplesRequest): AsyncIterable<JobEvent<ExamplesResult>>;
  explain(request: ExplainRequest): AsyncIterable<JobEvent<ExplainResult>>;
}

/** What the engine's callers see. */
export type EngineApi = Calls & Streams;

/** What the engine implements: `signal`, where there is one, ends a stream within a step that takes long. */
export type EngineService = Calls & {
  [Name in keyof Streams]: (
    request: Parameters<Streams[Name]>[0],
    signal?: AbortSignal,
  ) => ReturnType<Streams[Name]>;
};

/** The names that may cross a port; complete by construction. */
export const engineNames = {
  calls: {
    listModels: true,
    inspectModel: true,
    importModel: true,
    editModel: true,
    removeModel: true,
    filesOfModel: true,
    classify: true,
    filters: true,
    estimateMemory: true,
    devices: true,
    atlasPage: true,
    readRecipe: true,
  },
  streams: {
    atlas: true,
    attack: true,
    attackSet: true,
    dream: true,
    examples: true,
    explain: true,
    visualize: true,
  },
} as const satisfies { calls: Record<keyof Calls, true>; streams: Record<keyof Streams, true> };

/** The engine behind unchecked arguments: what a port may reach. */
export function engineHandlers(service: EngineService): Handlers {
  return {
    calls: {
      listModels: () => service.listModels(),
      inspectModel: (argument: unknown) => service.inspectModel(parseInspectRequest(argument)),
      importModel: (argument: unknown) => service.importModel(parseImportModelRequest(argument)),
      editModel: (argument: unknown) => service.editModel(parseEditModelRequest(argument)),
      removeModel: (argument: unknown) => service.removeModel(parseModelRequest(argument)),
      filesOfModel: (argument: unknown) => service.filesOfModel(parseModelRequest(argument)),
      classify: (argument: unknown) => service.classify(parseClassifyRequest(argument)),
      filters: (argument: unknown) => service.filters(parseFiltersRequest(argument)),
      estimateMemory: (argument: unknown) => service.estimateMemory(parseMemoryRequest(argument)),
      devices: (argument: unknown) => service.devices(parseDevicesRequest(argument)),
      atlasPage: (argument: unknown) => service.atlasPage(parseAtlasPageRequest(argument)),
      readRecipe: (argument: unknown) => service.readRecipe(parseReadRecipeRequest(argument)),
    } satisfies Record<keyof Calls, unknown>,
    streams: {
      visualize: (argument: unknown, signal: AbortSignal) =>
        service.visualize(parseVisualizeRequest(argument), signal),
      atlas: (argument: unknown, signal: AbortSignal) => service.atlas(parseAtlasRequest(argument), signal),
      examples: (argument: unknown, signal: AbortSignal) =>
        service.examples(parseExamplesRequest(argument), signal),
      explain: (argument: unknown, signal: AbortSignal) =>
        service.explain(parseExplainRequest(argument), signal),
      attack: (argument: unknown, signal: AbortSignal) =>
        service.attack(parseAttackRequest(argument), signal),
      attackSet: (argument: unknown, signal: AbortSignal) =>
        service.attackSet(parseAttackSetRequest(argument), signal),
      dream: (argument: unknown, signal: AbortSignal) => service.dream(parseDreamRequest(argument), signal),
    } satisfies Record<keyof Streams, unknown>,
  };
}
