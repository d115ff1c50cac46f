/**
 * Everything the window can ask of the studio, over one port, in both doors. Streams of state never end by themselves; each gives its
 * whole state first and then what changed, latest state only. Ids are names inside the studio: the window never names a path.
 */
import * as v from 'valibot';
import type { BeforeAfter } from '../methods/attack.ts';
import type { ClassifyResult } from '../contract/classify.ts';
import type { ModelInfo } from '../contract/models.ts';
import { parseCardChanges, type CardChanges } from '../contract/network-card.ts';
import { engineContract } from '../contract.ts';
import type { JobEvent } from '../jobs.ts';
import type { MemoryEstimate } from '../memory.ts';
import type { PowerState } from '../power.ts';
import { attack } from '../recipes/attack.ts';
import { explain } from '../recipes/explain.ts';
import { byLabel, parse } from '../recipes/fields.ts';
import { takes, takesNothing, type ClientOf, type Nothing, type ServiceOf } from '../rpc/contract.ts';
import { settingsOf } from '../recipes/schemas.ts';
import { anyText, id, list, object, oneOf, orNull, parsedBy, text, whole } from '../schema.ts';
import { LONGEST_FAULT, type About } from './about.ts';
import type { ReadPrint, TransferReport } from './attack.ts';
import type { CatalogueEntry, Download } from './catalogue.ts';
import type { Explanation, FileToSave, MeasuredPictures } from './explain.ts';
import {
  labels,
  MOST_STARS,
  type Changes,
  type Imported,
  type Picture,
  type RestoredRecipe,
} from './gallery.ts';
import {
  parseOrder,
  type CurvePoint,
  type Job,
  type JobProgress,
  type LiveFrame,
  type Order,
  type QueueState,
} from './jobs.ts';
import type { InstalledModel } from './models.ts';
import { studioSettings, type StudioSettings } from './settings.ts';
import type { StateNote } from './state-notes.ts';
import type { FirstFilters, LayerPage, UnitPhotos, UnitPictureEvent } from './units.ts';

/** An installed network; `null` is the default. */
const model = orNull(id);
/** Of the network, by its name; absent or `null`: that of its card. */
const output = v.exactOptional(v.nullable(text));
const job = object({ job: id });
const step = object({ job: id, step: whole(1) });
const order = parsedBy<Order>(parseOrder);
const layer = { model, layer: text };
const unit = object({ ...layer, channel: whole(0) });
/** A picture, and a network that is to look at it. */
const look = object({ picture: id, model, output, top: v.optional(whole(1), 5) });
const explanation = object({ picture: id, model, output, settings: settingsOf(explain, byLabel) });
const download = object({ id });

const STARS = `must be a whole number from 0 to ${MOST_STARS}`;
const stars = v.pipe(v.number(STARS), v.integer(STARS), v.minValue(0, STARS), v.maxValue(MOST_STARS, STARS));

/** Of a page about itself. */
const shortText = v.pipe(
  anyText,
  v.maxLength(LONGEST_FAULT, `must have at most ${LONGEST_FAULT} characters`),
);

/** The settings that are named, and no others. */
const settingsChange = parsedBy<Partial<StudioSettings>>((given) => {
  const named = v.is(v.record(v.string(), v.unknown()), given) ? given : {};
  const complete = parse(studioSettings, given, byLabel);
  return Object.fromEntries(Object.entries(complete).filter(([key]) => named[key] !== undefined));
});

/** Class names of the user's own come as an offer, so `labels` may only name a list that is there, or none. */
const cardChanges = v.pipe(
  parsedBy<CardChanges>((given) => parseCardChanges(given ?? {}, byLabel)),
  v.check(
    ({ labels }) => labels === null || v.is(id, labels),
    'must have the name of a list of class names as labels',
  ),
);

export const studioContract = {
  calls: {
    /**
     * Copies pictures into the gallery, and networks among the models: files that a person dropped, pasted or chose. The window's door
     * (bridge.ts, browser.ts) takes the files and gives an offer for each, which is used up by the import. A network and the JSON file
     * of the same name belong in one request.
     */
    importFiles: takes(object({ offers: list(id) })).gives<readonly Imported[]>(),
    /** To the trash. */
    removePictures: takes(object({ pictures: list(id) })).gives<Nothing>(),
    /** Gives pictures stars, 0 for none, or a label; what is not named stays. */
    markPictures: takes(
      object({
        pictures: list(id),
        stars: v.exactOptional(stars),
        label: v.exactOptional(v.nullable(oneOf(labels))),
      }),
    ).gives<Nothing>(),
    /**
     * Calls a picture something else; jobs know it by its new name. What a file cannot be called is replaced, and a name that is taken
     * gets a number. @param name without an extension
     */
    renamePicture: takes(object({ picture: id, name: text })).gives<Picture>(),
    /** @throws recipe/missing, recipe/invalid */
    recipeOf: takes(object({ picture: id })).gives<RestoredRecipe>(),

    /** Queues a job; it starts at once unless another one is running. */
    start: takes(order).gives<Job>(),
    /** What a dream would take of the machine's memory. @throws usage/option for a job of another kind */
    estimateMemory: takes(order).gives<MemoryEstimate>(),
    /** Stops a running job at its latest step, or holds a queued one; nothing else starts by itself meanwhile. @throws job/state */
    pauseJob: takes(job).gives<Job>(),
    /** Puts a paused or interrupted job at the head of the queue, which goes on. @throws job/state */
    resumeJob: takes(job).gives<Job>(),
    /** Ends a job for good; its film strip stays until it is removed. @throws job/state */
    cancelJob: takes(job).gives<Job>(),
    /** Forgets a job that does not run, with its film strip; the picture it became stays. @throws job/state */
    removeJob: takes(job).gives<Nothing>(),
    /** Lets queued jobs start after they were held. */
    continueQueue: takesNothing.gives<Nothing>(),
    /** Steps after this one; 0 for all. */
    curve: takes(object({ job: id, after: v.optional(whole(0), 0) })).gives<readonly CurvePoint[]>(),
    /** Puts the picture after one step into the gallery. */
    keepStep: takes(step).gives<Picture>(),

    /** @param size side in pixels of the square input for which the layers' sizes are given; `null`: the network's own */
    inspectModel: takes(object({ model, size: orNull(whole(1)) })).gives<ModelInfo>(),
    /**
     * Corrects what is known of a network; `labelsOffer` is a text file or JSON list with the names of its classes, used up.
     * @throws model/missing; model/shipped; usage/option
     */
    editModel: takes(
      object({ model: id, changes: cardChanges, labelsOffer: orNull(id) }),
    ).gives<InstalledModel>(),
    /** To the trash. @throws model/missing; model/shipped for one that came with Reverie */
    removeModel: takes(object({ model: id })).gives<Nothing>(),
    /** Networks that can be downloaded. Nobody is contacted before `download`. */
    catalogue: takesNothing.gives<readonly CatalogueEntry[]>(),
    /** Downloads, verifies and installs a network in the background; one that stopped goes on. @throws model/missing */
    download: takes(download).gives<Download>(),
    /** Pauses a running download and keeps what has come; forgets any other one, with what has come of it. @throws model/missing */
    cancelDownload: takes(download).gives<Nothing>(),
    classify: takes(look).gives<ClassifyResult>(),
    devices: engineContract.calls.devices,

    /** The weights of the first layer as a picture. */
    filters: takes(object({ model: id })).gives<FirstFilters>(),
    /** What there is of a layer's atlas; `start` with an atlas makes the rest. */
    layerPage: takes(object(layer)).gives<LayerPage>(),

    /** Puts what the network saw and the maps into the gallery. */
    keepExplanation: takes(explanation).gives<Picture>(),
    /** The numbers of each map, as files to download. */
    rawExplanation: takes(explanation).gives<readonly FileToSave[]>(),
    /** ONNX files that compute the maps in other programs, and a card for each. @throws usage/option for a target that is no class */
    exportedExplanation: takes(explanation).gives<readonly FileToSave[]>(),

    /** What a network that an attack was not made for sees in its picture and in its result. @throws job/unknown, job/state */
    attackSeenBy: takes(object({ job: id, model: id })).gives<BeforeAfter>(),
    /** Straightens a photo of a printed sheet by its markers, keeps the picture on it and classifies that. @throws image/unreadable without all markers */
    readPrint: takes(look).gives<ReadPrint>(),

    /** Changes the settings that are named. @throws usage/option */
    changeSettings: takes(settingsChange).gives<StudioSettings>(),

    /** Versions, machine, and where the state lies. */
    about: takesNothing.gives<About>(),
    /** The latest entries of the log. */
    logEnd: takesNothing.gives<string>(),
    /** A text for somebody who is to help: versions, devices, settings, the end of the log. Nothing is sent anywhere. */
    problemReport: takes(object({ window: shortText })).gives<string>(),
    /** Tells the log of something that went wrong in the page. */
    noteFault: takes(object({ message: shortText, stack: orNull(shortText) })).gives<Nothing>(),
  },
  streams: {
    pictures: takesNothing.gives<Changes<Picture>>(),
    jobs: takesNothing.gives<Changes<Job>>(),
    /** How far the running job is. */
    progress: takesNothing.gives<JobProgress | null>(),
    queue: takesNothing.gives<QueueState>(),
    models: takesNothing.gives<Changes<InstalledModel>>(),
    downloads: takesNothing.gives<Changes<Download>>(),
    settings: takesNothing.gives<StudioSettings>(),
    /** What of the state folder cannot be used; `removeJob` removes a job's folder that is told here. */
    stateNotes: takesNothing.gives<readonly StateNote[]>(),
    /** How much of the machine the engine takes now, and what will be changed. */
    power: takesNothing.gives<PowerState>(),
    /** The pictures of a unit's page, as they are made; leaving it ends the work. */
    unitPictures: takes(unit).gives<UnitPictureEvent>(),
    /** The gallery's photos that excite a unit most. */
    unitPhotos: takes(unit).gives<JobEvent<UnitPhotos>>(),
    /** Ends with the maps; leaving it ends the work. */
    explain: takes(explanation).gives<JobEvent<Explanation>>(),
    /** How well methods know the network, in the mean of several pictures. Leaving it ends the work. */
    measure: takes(object({ pictures: list(id, 1), model, settings: settingsOf(explain, byLabel) })).gives<
      JobEvent<MeasuredPictures>
    >(),
    /**
     * Pictures attacked with each of several networks, and shown to all; what the first network sees in a picture counts as what it
     * shows. Leaving it ends the work.
     */
    transfer: takes(
      object({ pictures: list(id, 1), models: list(id, 1), settings: settingsOf(attack, byLabel) }),
    ).gives<JobEvent<TransferReport>>(),
    /** The live picture of a job: the newest frame not yet seen. Ends when the job no longer runs. */
    frames: takes(job).gives<LiveFrame>(),
  },
};

/** What the window sees. */
export type Studio = ClientOf<typeof studioContract>;

/** What the studio implements. */
export type StudioService = ServiceOf<typeof studioContract>;

/** The checked argument of a call or a stream. */
export type StudioRequest<Name extends keyof StudioService> = Parameters<StudioService[Name]>[0];
