/**
 * Everything the engine can be asked: calls give one value, streams give many and are pulled. The window, the terminal and the tests
 * speak to this; the engine implements it. Failures are ReverieErrors on both sides of a port.
 */
import * as v from 'valibot';
import type { ClassifyResult } from './contract/classify.ts';
import type { DeviceList } from './contract/devices.ts';
import type { ImportedModel, ModelFiles, ModelInfo, ModelList, ModelSummary } from './contract/models.ts';
import { parseCardChanges, type CardChanges } from './contract/network-card.ts';
import type { JobEvent } from './jobs.ts';
import type { MemoryEstimate } from './memory.ts';
import type { AtlasPage } from './methods/atlas.ts';
import { methodNames, type MethodName, type Results } from './methods/registry.ts';
import type { Merged } from './methods/merged.ts';
import { parseRequest, type RequestOf } from './methods/request.ts';
import { atlas } from './recipes/atlas.ts';
import { classify } from './recipes/classify.ts';
import { execution } from './recipes/common.ts';
import { dream } from './recipes/dream.ts';
import type { StoredRecipe } from './recipes/recipe.ts';
import {
  takes,
  takesNothing,
  type ClientOf,
  type Nothing,
  type Endpoint,
  type ServiceOf,
} from './rpc/contract.ts';
import { settingsOf, valueOf } from './recipes/schemas.ts';
import { flag, list, object, orNull, parsedBy, text, whole } from './schema.ts';

/** Which network is used, and what it runs on; see `Execution`. */
const executed = {
  model: valueOf('model', execution.model),
  runtime: valueOf('runtime', execution.runtime),
  device: valueOf('device', execution.device),
  output: v.exactOptional(v.nullable(text)),
};

const cardChanges = parsedBy<CardChanges>((given) => parseCardChanges(given ?? {}));

/** A file, and what it is called where its path does not say so. */
const givenFile = object({ path: text, name: text });

const device = v.picklist(
  execution.device.options.filter((name) => name !== 'auto'),
  'must be the name of a device',
);

/** One stream for every method; each gives its beginning, its steps, and at last its result. */
const streams = Object.fromEntries(
  methodNames.map((name) => [name, takes(parsedBy((value) => parseRequest(name, value))).gives()]),
) as { readonly [M in MethodName]: Endpoint<RequestOf<M>, JobEvent<Results[M]>> };

export const engineContract = {
  calls: {
    /** The installed networks. */
    listModels: takesNothing.gives<ModelList>(),
    inspectModel: takes(object({ model: orNull(text), size: orNull(whole(1)) })).gives<ModelInfo>(),
    /**
     * Says what a file is, guesses how it takes pictures, and installs it with its card. Nothing is left behind by one that is
     * refused. The file is an ONNX file, a frozen TensorFlow graph, a caffemodel, or a zip that holds one of them; its companions are
     * prototxt, weights, labels, a card, and `null` looks for them beside it.
     * @throws model/missing, model/unreadable, model/unsupported, model/no-labels
     */
    importModel: takes(
      object({
        file: givenFile,
        companions: orNull(list(givenFile)),
        changes: cardChanges,
      }),
    ).gives<ImportedModel>(),
    /** Corrects the card of an installed network. @throws model/missing; model/shipped; model/no-labels; usage/option */
    editModel: takes(object({ model: text, changes: cardChanges })).gives<ModelSummary>(),
    /** Deletes an installed network for good. @throws model/missing; model/shipped */
    removeModel: takes(object({ model: text })).gives<Nothing>(),
    /** What the studio moves to the trash instead. @throws model/missing; model/shipped */
    filesOfModel: takes(object({ model: text })).gives<ModelFiles>(),
    /** Which classes a network sees in pictures. */
    classify: takes(
      object({
        /** Paths, at least one. */
        images: list(text, 1),
        settings: settingsOf(classify),
        /** Whether the pictures are photos of printed sheets, to be straightened by their markers. */
        printed: v.optional(flag, false),
        /** Folder for the straightened pictures, `<photo>-straightened.png`; none are kept by default. */
        straightened: orNull(text),
        ...executed,
      }),
    ).gives<ClassifyResult>(),
    /** What a dream on a picture of this size in pixels will take of the machine's memory. */
    estimateMemory: takes(
      object({ settings: settingsOf(dream), width: whole(1), height: whole(1), ...executed }),
    ).gives<MemoryEstimate>(),
    /**
     * Takes the first step of such a dream on no picture, and keeps what it prepared for it, so that the dream itself begins at
     * once. A job that begins meanwhile ends it; nothing happens while one is under way, on graphics cards, or for dreams of more
     * than 1 GiB.
     */
    rehearseDream: takes(
      object({ settings: settingsOf(dream), width: whole(1), height: whole(1), ...executed }),
    ).gives<Nothing>(),
    /**
     * One row for every device, usable or not. `measure` finds out again what is known, exactly; with `device` that one is tried in
     * the engine's own process, and without it nothing is tried.
     */
    devices: takes(object({ measure: v.optional(flag, false), device: orNull(device) })).gives<DeviceList>(),
    /** What is there of a layer's atlas. */
    atlasPage: takes(object({ model: orNull(text), settings: settingsOf(atlas) })).gives<AtlasPage>(),
    /**
     * Joins the folders of the shards of one job into another, or into one of them, and finishes the job there.
     * @throws usage/option for shards of different jobs, or that are missing; output/unwritable
     */
    merge: takes(
      object({ folders: list(text, 1), out: text, mixed: v.optional(flag, false) }),
    ).gives<Merged>(),
    /** Of a recipe (JSON) or of a picture that holds one. @throws recipe/missing for a picture without one, recipe/invalid for one that cannot be used. */
    readRecipe: takes(object({ path: text })).gives<StoredRecipe>(),
  },
  streams,
};

/** What the engine's callers see. */
export type EngineApi = ClientOf<typeof engineContract>;

/** What the engine implements. */
export type EngineService = ServiceOf<typeof engineContract>;

/** The checked argument of a call. */
export type EngineRequest<Name extends keyof EngineService> = Parameters<EngineService[Name]>[0];
