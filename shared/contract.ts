/**
 * Everything the engine can be asked: calls give one value, streams give many and are pulled. The window, the terminal
 * and the tests speak to this; the engine implements it. Failures are ReverieErrors on both sides of a port.
 */
import type { JobEvent } from './jobs.ts';
import type { DeviceChoice, RuntimeChoice } from './recipes/common.ts';
import type { Recipe } from './recipes/recipe.ts';
import {
  parseClassifyRequest,
  parseDevicesRequest,
  parseDreamRequest,
  parseInspectRequest,
  parseReadRecipeRequest,
  type ClassifyRequest,
  type DevicesRequest,
  type DreamRequest,
  type InspectRequest,
  type ReadRecipeRequest,
} from './requests.ts';
import type { Handlers } from './rpc/serve.ts';

export interface Calls {
  /** The installed networks. */
  listModels(): Promise<ModelList>;
  inspectModel(request: InspectRequest): Promise<ModelInfo>;
  classify(request: ClassifyRequest): Promise<ClassifyResult>;
  /** One row for every device, usable or not. */
  devices(request: DevicesRequest): Promise<DeviceList>;
  /** @throws recipe/missing for a picture without one, recipe/invalid for one that cannot be used. */
  readRecipe(request: ReadRecipeRequest): Promise<Recipe>;
}

export interface Streams {
  /** Not pulling pauses it; `return()` cancels it and leaves no output behind. */
  dream(request: DreamRequest): AsyncIterable<JobEvent<DreamResult>>;
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
  calls: { listModels: true, inspectModel: true, classify: true, devices: true, readRecipe: true },
  streams: { dream: true },
} as const satisfies { calls: Record<keyof Calls, true>; streams: Record<keyof Streams, true> };

/** The engine behind unchecked arguments: what a port may reach. */
export function engineHandlers(service: EngineService): Handlers {
  return {
    calls: {
      listModels: () => service.listModels(),
      inspectModel: (argument: unknown) => service.inspectModel(parseInspectRequest(argument)),
      classify: (argument: unknown) => service.classify(parseClassifyRequest(argument)),
      devices: (argument: unknown) => service.devices(parseDevicesRequest(argument)),
      readRecipe: (argument: unknown) => service.readRecipe(parseReadRecipeRequest(argument)),
    } satisfies Record<keyof Calls, unknown>,
    streams: {
      dream: (argument: unknown, signal: AbortSignal) => service.dream(parseDreamRequest(argument), signal),
    } satisfies Record<keyof Streams, unknown>,
  };
}

export interface ModelList {
  models: readonly ModelSummary[];
}

export interface ModelSummary {
  /** What `--model` takes. */
  id: string;
  title: string;
  format: string;
  /** Size of its file in bytes. */
  bytes: number;
  /** Whether it is the one used when none is named. */
  default: boolean;
}

export interface ModelInfo {
  /** The id of an installed network, or the path it was opened by. */
  model: string;
  name: string;
  /** `onnx`, `tensorflow`, `caffe`. */
  format: string;
  sha256: string;
  input: ModelInput;
  /** In the order of computation. */
  layers: readonly LayerInfo[];
  /** Trained numbers in all. */
  parameters: number;
  /** The smallest square input in pixels that every layer can work on. */
  minSize: number;
  /** How many classes it tells apart; `null` for a network that is not a classifier. */
  classes: number | null;
  /** Whether the classes have names. */
  labelled: boolean;
  /** What a dream excites when no layers are named. */
  dreamLayers: readonly string[];
}

/** How a network takes pictures: `value = (grey level − mean) × scale`, per channel in the network's own order. */
export interface ModelInput {
  name: string;
  channels: number;
  /** The size it was trained on or declares, in pixels. */
  width: number;
  height: number;
  /** Whether other sizes work. */
  free: boolean;
  order: 'rgb' | 'bgr' | 'grey';
  mean: readonly number[];
  scale: readonly number[];
}

/** A layer at the size that was asked for. */
export interface LayerInfo {
  name: string;
  op: string;
  channels: number;
  width: number;
  height: number;
  parameters: number;
}

export interface ClassProbability {
  index: number;
  /** `null` when the network comes without names. */
  label: string | null;
  probability: number;
}

export interface ClassifyResult {
  model: string;
  runtime: string;
  device: string;
  seconds: number;
  images: readonly { path: string; classes: readonly ClassProbability[] }[];
}

export interface DeviceList {
  devices: readonly DeviceRow[];
}

export interface DeviceRow {
  device: Exclude<DeviceChoice, 'auto'>;
  runtime: Exclude<RuntimeChoice, 'auto'>;
  usable: boolean;
  /** Why it is not usable, a sentence; `null` when it is. */
  reason: string | null;
  /** Median of a few gradient steps of the default network; `null` when not measured. */
  msPerStep: number | null;
}

/** What every method that makes a picture reports. */
export interface DreamResult {
  /** Absolute path of the picture. */
  output: string;
  recipe: Recipe;
  model: string;
  runtime: string;
  device: string;
  steps: number;
  /** From the request to the saved picture. */
  seconds: number;
  msPerStep: number;
  /** Of the last octave. */
  objective: { first: number; last: number };
}
