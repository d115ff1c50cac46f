/**
 * Everything the window can ask of the studio, over one port, in both doors. Streams never end by themselves, except `frames`;
 * each gives its whole state first and then what changed, latest state only.
 */
import type { BeforeAfter } from '../contract/attack.ts';
import type { ClassifyResult } from '../contract/classify.ts';
import type { DeviceList } from '../contract/devices.ts';
import type { MemoryEstimate } from '../contract/memory.ts';
import type { ModelInfo } from '../contract/models.ts';
import type { DevicesRequest } from '../contract/devices.ts';
import type { PowerState } from '../power.ts';
import type { Handlers } from '../rpc/serve.ts';
import {
  parseAttackSeenBy,
  parseClassifyPicture,
  parseCurve,
  parseDevices,
  parseEditNetwork,
  parseDownload,
  parseExplainPicture,
  parseImport,
  parseJob,
  parseLayer,
  parseLayers,
  parseModel,
  parseOrder,
  parsePicture,
  parsePictures,
  parseSettingsChange,
  parseStep,
  parseTransfer,
  parseUnit,
} from './arguments.ts';
import type { AttackSeenByRequest, ReadPrint, TransferReport, TransferRequest } from './attack.ts';
import type { CatalogueEntry, Download, DownloadRequest } from './catalogue.ts';
import type {
  Changes,
  Imported,
  ImportRequest,
  Picture,
  PictureRequest,
  PicturesRequest,
  RestoredRecipe,
} from './gallery.ts';
import type {
  CurvePoint,
  CurveRequest,
  Job,
  JobRequest,
  LiveFrame,
  Order,
  QueueState,
  StepRequest,
} from './jobs.ts';
import type {
  ClassifyPictureRequest,
  EditNetworkRequest,
  InstalledModel,
  LayersRequest,
  ModelRequest,
} from './models.ts';
import type { ExplainPictureRequest, Explanation, FileToSave } from './explain.ts';
import type { JobEvent } from '../jobs.ts';
import type {
  FirstFilters,
  LayerPage,
  LayerRequest,
  UnitPhotos,
  UnitPictureEvent,
  UnitRequest,
} from './units.ts';
import type { StudioSettings } from './settings.ts';

export interface StudioCalls {
  /** Copies pictures into the gallery, and networks among the models. */
  importFiles(request: ImportRequest): Promise<readonly Imported[]>;
  /** To the trash. */
  removePictures(request: PicturesRequest): Promise<void>;
  /** @throws recipe/missing, recipe/invalid */
  recipeOf(request: PictureRequest): Promise<RestoredRecipe>;

  /** Queues a job; it starts at once unless another one is running. */
  start(order: Order): Promise<Job>;
  /** What a dream would take of the machine's memory. @throws usage/option for a job of another kind */
  estimateMemory(order: Order): Promise<MemoryEstimate>;
  /** Stops a running job at its latest step, or holds a queued one; nothing else starts by itself meanwhile. @throws job/state */
  pauseJob(request: JobRequest): Promise<Job>;
  /** Puts a paused or interrupted job at the head of the queue, which goes on. @throws job/state */
  resumeJob(request: JobRequest): Promise<Job>;
  /** Ends a job for good; its film strip stays until it is removed. @throws job/state */
  cancelJob(request: JobRequest): Promise<Job>;
  /** Forgets a job that does not run, with its film strip; the picture it became stays. @throws job/state */
  removeJob(request: JobRequest): Promise<void>;
  /** Lets queued jobs start after they were held. */
  continueQueue(): Promise<void>;
  curve(request: CurveRequest): Promise<readonly CurvePoint[]>;
  /** Puts the picture after one step into the gallery. */
  keepStep(request: StepRequest): Promise<Picture>;

  inspectModel(request: LayersRequest): Promise<ModelInfo>;
  /** Corrects what is known of a network. @throws model/missing; model/shipped; usage/option */
  editModel(request: EditNetworkRequest): Promise<InstalledModel>;
  /** To the trash. @throws model/missing; model/shipped for one that came with Reverie */
  removeModel(request: ModelRequest): Promise<void>;
  /** Networks that can be downloaded. Nobody is contacted before `download`. */
  catalogue(): Promise<readonly CatalogueEntry[]>;
  /** Downloads, verifies and installs a network in the background; one that stopped goes on. @throws model/missing */
  download(request: DownloadRequest): Promise<Download>;
  /** Pauses a running download and keeps what has come; forgets any other one, with what has come of it. @throws model/missing */
  cancelDownload(request: DownloadRequest): Promise<void>;
  classify(request: ClassifyPictureRequest): Promise<ClassifyResult>;
  devices(request: DevicesRequest): Promise<DeviceList>;

  /** The weights of the first layer as a picture. */
  filters(request: ModelRequest): Promise<FirstFilters>;
  /** What there is of a layer's atlas; `start` with an atlas makes the rest. */
  layerPage(request: LayerRequest): Promise<LayerPage>;

  /** Puts what the network saw and the maps into the gallery. */
  keepExplanation(request: ExplainPictureRequest): Promise<Picture>;
  /** The numbers of each map, as files to download. */
  rawExplanation(request: ExplainPictureRequest): Promise<readonly FileToSave[]>;

  /** What a network that an attack was not made for sees in its picture and in its result. @throws job/unknown, job/state */
  attackSeenBy(request: AttackSeenByRequest): Promise<BeforeAfter>;
  /** Straightens a photo of a printed sheet by its markers, keeps the picture on it and classifies that. @throws image/unreadable without all markers */
  readPrint(request: ClassifyPictureRequest): Promise<ReadPrint>;

  /** Changes the settings that are named. @throws usage/option */
  changeSettings(change: Partial<StudioSettings>): Promise<StudioSettings>;
}

export interface StudioStreams {
  pictures(): AsyncIterable<Changes<Picture>>;
  jobs(): AsyncIterable<Changes<Job>>;
  queue(): AsyncIterable<QueueState>;
  models(): AsyncIterable<Changes<InstalledModel>>;
  downloads(): AsyncIterable<Changes<Download>>;
  settings(): AsyncIterable<StudioSettings>;
  /** How much of the machine the engine takes now, and what will be changed. */
  power(): AsyncIterable<PowerState>;
  /** The pictures of a unit's page, as they are made; leaving it ends the work. */
  unitPictures(request: UnitRequest): AsyncIterable<UnitPictureEvent>;
  /** The gallery's photos that excite a unit most. */
  unitPhotos(request: UnitRequest): AsyncIterable<JobEvent<UnitPhotos>>;
  /** Ends with the maps; leaving it ends the work. */
  explain(request: ExplainPictureRequest): AsyncIterable<JobEvent<Explanation>>;
  /** Pictures attacked with each of several networks, and shown to all; leaving it ends the work. */
  transfer(request: TransferRequest): AsyncIterable<JobEvent<TransferReport>>;
  /** The live picture of a job: the newest frame not yet seen. Ends when the job no longer runs. */
  frames(request: JobRequest): AsyncIterable<LiveFrame>;
}

/** What the window sees. */
export type Studio = StudioCalls & StudioStreams;

/** What the studio implements: its streams also take a signal, which is aborted when their reader leaves. */
export type StudioService = StudioCalls & {
  [Name in keyof StudioStreams]: (
    ...argument: [...Parameters<StudioStreams[Name]>, signal?: AbortSignal]
  ) => ReturnType<StudioStreams[Name]>;
};

/** The names that may cross a port; complete by construction. */
export const studioNames = {
  calls: {
    importFiles: true,
    removePictures: true,
    recipeOf: true,
    start: true,
    estimateMemory: true,
    pauseJob: true,
    resumeJob: true,
    cancelJob: true,
    removeJob: true,
    continueQueue: true,
    curve: true,
    keepStep: true,
    inspectModel: true,
    editModel: true,
    removeModel: true,
    catalogue: true,
    download: true,
    cancelDownload: true,
    classify: true,
    devices: true,
    filters: true,
    layerPage: true,
    keepExplanation: true,
    rawExplanation: true,
    attackSeenBy: true,
    readPrint: true,
    changeSettings: true,
  },
  streams: {
    pictures: true,
    jobs: true,
    queue: true,
    models: true,
    downloads: true,
    settings: true,
    power: true,
    unitPictures: true,
    unitPhotos: true,
    explain: true,
    transfer: true,
    frames: true,
  },
} as const satisfies { calls: Record<keyof StudioCalls, true>; streams: Record<keyof StudioStreams, true> };

/** The studio behind unchecked arguments: what a window may reach. */
export function studioHandlers(studio: StudioService): Handlers {
  return {
    calls: {
      importFiles: (argument: unknown) => studio.importFiles(parseImport(argument)),
      removePictures: (argument: unknown) => studio.removePictures(parsePictures(argument)),
      recipeOf: (argument: unknown) => studio.recipeOf(parsePicture(argument)),
      start: (argument: unknown) => studio.start(parseOrder(argument)),
      estimateMemory: (argument: unknown) => studio.estimateMemory(parseOrder(argument)),
      pauseJob: (argument: unknown) => studio.pauseJob(parseJob(argument)),
      resumeJob: (argument: unknown) => studio.resumeJob(parseJob(argument)),
      cancelJob: (argument: unknown) => studio.cancelJob(parseJob(argument)),
      removeJob: (argument: unknown) => studio.removeJob(parseJob(argument)),
      continueQueue: () => studio.continueQueue(),
      curve: (argument: unknown) => studio.curve(parseCurve(argument)),
      keepStep: (argument: unknown) => studio.keepStep(parseStep(argument)),
      inspectModel: (argument: unknown) => studio.inspectModel(parseLayers(argument)),
      editModel: (argument: unknown) => studio.editModel(parseEditNetwork(argument)),
      removeModel: (argument: unknown) => studio.removeModel(parseModel(argument)),
      catalogue: () => studio.catalogue(),
      download: (argument: unknown) => studio.download(parseDownload(argument)),
      cancelDownload: (argument: unknown) => studio.cancelDownload(parseDownload(argument)),
      classify: (argument: unknown) => studio.classify(parseClassifyPicture(argument)),
      devices: (argument: unknown) => studio.devices(parseDevices(argument)),
      filters: (argument: unknown) => studio.filters(parseModel(argument)),
      layerPage: (argument: unknown) => studio.layerPage(parseLayer(argument)),
      keepExplanation: (argument: unknown) => studio.keepExplanation(parseExplainPicture(argument)),
      rawExplanation: (argument: unknown) => studio.rawExplanation(parseExplainPicture(argument)),
      attackSeenBy: (argument: unknown) => studio.attackSeenBy(parseAttackSeenBy(argument)),
      readPrint: (argument: unknown) => studio.readPrint(parseClassifyPicture(argument)),
      changeSettings: (argument: unknown) => studio.changeSettings(parseSettingsChange(argument)),
    } satisfies Record<keyof StudioCalls, unknown>,
    streams: {
      pictures: (_argument: unknown, signal: AbortSignal) => studio.pictures(signal),
      jobs: (_argument: unknown, signal: AbortSignal) => studio.jobs(signal),
      queue: (_argument: unknown, signal: AbortSignal) => studio.queue(signal),
      models: (_argument: unknown, signal: AbortSignal) => studio.models(signal),
      downloads: (_argument: unknown, signal: AbortSignal) => studio.downloads(signal),
      settings: (_argument: unknown, signal: AbortSignal) => studio.settings(signal),
      power: (_argument: unknown, signal: AbortSignal) => studio.power(signal),
      unitPictures: (argument: unknown, signal: AbortSignal) =>
        studio.unitPictures(parseUnit(argument), signal),
      unitPhotos: (argument: unknown, signal: AbortSignal) => studio.unitPhotos(parseUnit(argument), signal),
      explain: (argument: unknown, signal: AbortSignal) =>
        studio.explain(parseExplainPicture(argument), signal),
      transfer: (argument: unknown, signal: AbortSignal) => studio.transfer(parseTransfer(argument), signal),
      frames: (argument: unknown, signal: AbortSignal) => studio.frames(parseJob(argument), signal),
    } satisfies Record<keyof StudioStreams, unknown>,
  };
}
