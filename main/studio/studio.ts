/**
 * The studio: gallery, jobs, models and settings over one folder, as its contract with the windows describes it. It knows
 * nothing of windows, servers or Electron; app.ts and server.ts are doors to it.
 */
import { copyFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { ReverieError } from '../../shared/errors.ts';
import type { EnginePower, PowerState } from '../../shared/power.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import { dream } from '../../shared/recipes/dream.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import type { StoredRecipe } from '../../shared/recipes/recipe.ts';
import type { StudioService } from '../../shared/studio/contract.ts';
import type { RestoredRecipe } from '../../shared/studio/gallery.ts';
import type { Order } from '../../shared/studio/jobs.ts';
import type { StateNote } from '../../shared/studio/state-notes.ts';
import { Attacks } from './attacks.ts';
import { Downloads, type DownloadsOptions } from './networks/downloads.ts';
import type { EnginePowerSwitch } from './engine/power.ts';
import { Explanations } from './explanations.ts';
import { Help } from './help.ts';
import { makeFolders, type Folders } from './files/folders.ts';
import { Gallery } from './gallery/gallery.ts';
import { importOffers } from './networks/import.ts';
import { Jobs } from './jobs/jobs.ts';
import { Library } from './networks/library.ts';
import { Offers, staleOffer } from './gallery/offers.ts';
import { Resources } from './gallery/resources.ts';
import type { UnreadableRun } from './jobs/run-record.ts';
import { RunStore } from './jobs/run-store.ts';
import { SettingsStore } from './settings-store.ts';
import { SmallCopies } from './gallery/small-copies.ts';
import { folderTrash } from './gallery/trash.ts';
import { Units } from './units.ts';
import { sweepTemporaries } from '../files/stored-file.ts';
import { VERSION } from '../log/facts.ts';
import { discretion } from '../log/discretion.ts';
import { log } from '../log/log.ts';
import { Watched } from '../../shared/watch.ts';

export interface StudioOptions {
  /** See `reverieHome`. The engine must look for networks in the same place. */
  readonly home: string;
  readonly engine: EngineApi;
  /** Changes how much of the machine the engine takes; without it, it stays as it was started. */
  readonly power?: Pick<EnginePowerSwitch, 'set' | 'state'>;
  /** Removes a file so that it can be brought back; a folder of the studio's own where there is no other. */
  readonly trash?: (path: string) => Promise<void>;
  /** Whether windows get frames from the engine itself, past the studio. */
  readonly directFrames?: boolean;
  /** What is different from the real network and the program's own catalogue. */
  readonly downloads?: Pick<DownloadsOptions, 'networks' | 'web' | 'disk'>;
}

/** A picture before there is one, in pixels: its size matters little. */
const ANY_PICTURE = { width: 512, height: 384 };

export interface Studio {
  /** For windows. */
  readonly service: StudioService;
  /** For doors: files that a person gave. */
  readonly offers: Offers;
  /** For doors: what of the state folder could not be used, in sentences. */
  readonly notes: readonly string[];
  /** For doors: what windows show and download. */
  readonly resources: Resources;
  readonly gallery: Gallery;
  readonly folders: Folders;
  /** Stops what runs so that it can be resumed. The engine is its owner's to close. */
  close(): Promise<void>;
}

export async function openStudio({
  home,
  engine,
  power,
  trash,
  directFrames = false,
  downloads: source = {},
}: StudioOptions): Promise<Studio> {
  const folders = await makeFolders(home);
  // Uploads that no window has used before the program ended.
  for (const folder of [folders.uploads, folders.kept]) await rm(folder, { recursive: true, force: true });
  const remove = trash ?? folderTrash(folders.trash);
  const copies = new SmallCopies();
  const settings = await SettingsStore.open(folders.settings);
  for (const note of settings.notes) log.warning('settings', note);
  void sweepTemporaries(home).catch((error: unknown) =>
    log.swallowed('files', 'Temporary files could not be removed', error),
  );
  // Who is new here has no news to catch up with.
  if (settings.fresh)
    await settings
      .change({ seenVersion: VERSION })
      .catch((error: unknown) => log.swallowed('settings', 'They could not be written', error));
  const [gallery, runs] = await Promise.all([
    Gallery.open({ folder: folders.gallery, cache: folders.cache, copies, trash: remove }),
    RunStore.open(folders.runs),
  ]);
  for (const { id, why } of runs.unreadable.value) log.warning('job', `The job ${id} cannot be read: ${why}`);
  // What the door was started with stands where the settings leave it open.
  const given = power?.state.value.now ?? { threads: null, quiet: false };
  const applyPower = ({ threads, quiet }: EnginePower): void =>
    power?.set({ threads: threads ?? given.threads, quiet: quiet || given.quiet });
  applyPower(settings.current);
  const powerState =
    power?.state ?? new Watched<PowerState>({ processors: availableParallelism(), now: given, next: null });
  const library = new Library({ engine, trash: remove });
  library.default = settings.current.model;
  const downloads = new Downloads({
    ...source,
    models: folders.models,
    engine,
    ids: () => library.ids(),
    installed: () => library.rescan(),
  });
  const jobs = new Jobs({ runs, engine, gallery, settings: () => settings.current, directFrames });
  const offers = new Offers();

  const recipeIn = async (id: string): Promise<StoredRecipe> => engine.readRecipe({ path: gallery.path(id) });
  const model = async (id: string | null): Promise<string | null> =>
    id === null ? settings.current.model : (await library.require(id)).id;

  const execution = async (id: string | null): Promise<Execution> => {
    const { runtime, device } = settings.current;
    return { model: await model(id), runtime, device };
  };
  /** Gets the engine ready for a dream that is likely to come; nobody waits for it. */
  const rehearse = (asked: Parameters<EngineApi['rehearseDream']>[0]): void =>
    void engine
      .rehearseDream(asked)
      .catch((error: unknown) => log.swallowed('engine', 'A dream could not be prepared', error));
  const explanations = new Explanations({ engine, gallery, folder: folders.kept, execution });
  const attacks = new Attacks({ engine, gallery, runs, folder: folders.kept, execution });
  const units = new Units({ engine, gallery, folder: join(folders.cache, 'units'), execution });

  const help = new Help({ home, settings: () => settings.current, networks: () => library.known });

  const service: StudioService = {
    importFiles: ({ offers: ids }) => importOffers(ids, { offers, gallery, library }),
    async removePictures({ pictures }) {
      for (const id of pictures) await gallery.remove(id);
    },
    markPictures: ({ pictures, ...change }) => gallery.mark(pictures, change),
    async renamePicture({ picture, name }) {
      const renamed = await gallery.rename(picture, name);
      if (renamed.id !== picture) await runs.renamePicture(picture, renamed.id);
      return renamed;
    },
    async recipeOf({ picture }) {
      return restored(await recipeIn(picture), gallery, library);
    },

    async start(order) {
      const stored = order.repeats === null ? null : await recipeIn(order.repeats);
      const before = stored === null ? null : await restored(stored, gallery, library);
      const id = await model(order.model);
      // Of another network, the recipe says nothing.
      const output = order.output ?? (before?.model === id ? before.output : null);
      return jobs.start({ ...withDefaults(order), model: id, output }, stored?.recipe ?? null);
    },
    async estimateMemory(order) {
      const { width, height } = gallery.find(order.picture ?? '') ?? { width: null, height: null };
      if (order.method !== 'dream' || width === null || height === null)
        throw new ReverieError('usage/option', 'Memory is estimated for dreams on pictures of the gallery.');
      const { runtime, device, settings: wished } = withDefaults(order);
      // Ids of gallery pictures mean nothing to the engine, and the files take no memory worth telling.
      const plain = { ...wished, guide: null, mask: null };
      const asked = { settings: plain, width, height, runtime, device, model: await model(order.model) };
      const estimate = await engine.estimateMemory(asked);
      // Who has left the settings alone for a moment may be about to press the button.
      if (wished.guide === null) rehearse(asked);
      return estimate;
    },
    pauseJob: ({ job }) => jobs.pause(job),
    resumeJob: ({ job }) => jobs.resume(job),
    cancelJob: ({ job }) => jobs.cancel(job),
    removeJob: ({ job }) => jobs.remove(job),
    continueQueue() {
      jobs.continueQueue();
      return Promise.resolve();
    },
    curve: async ({ job, after }) => Promise.resolve(jobs.curve(job, after)),
    async keepStep({ job, step }) {
      const { name, path } = resources.frame(job, step);
      const copy = `${path}.kept`;
      await copyFile(path, copy).catch(() => {
        throw new ReverieError('image/missing', `This job has no picture of step ${step}.`);
      });
      return gallery.adopt(copy, name);
    },

    async inspectModel({ model: id, size }) {
      return engine.inspectModel({ model: await model(id), size });
    },
    async editModel({ model: id, changes, labelsOffer }) {
      const list = labelsOffer === null ? undefined : offers.take(labelsOffer);
      if (labelsOffer !== null && list === undefined) throw staleOffer();
      try {
        return await library.edit({
          model: id,
          changes: { ...changes, labels: list?.path ?? changes.labels },
        });
      } finally {
        await offers.discard(list);
      }
    },
    async removeModel({ model: id }) {
      await library.remove(id);
      if (settings.current.model !== id) return;
      library.default = null;
      await settings.change({ model: null });
    },
    async classify({ picture, model: id, output = null, top }) {
      const { runtime, device } = settings.current;
      const images = [gallery.path(picture)];
      const request = {
        ...{ images, model: await model(id), output, runtime, device, settings: { top } },
        ...{ printed: false, straightened: null },
      };
      const result = await engine.classify(request);
      // Paths are not for windows.
      return { ...result, images: result.images.map(({ classes }) => ({ path: picture, classes })) };
    },
    devices: (request) => engine.devices(request),

    catalogue: () => downloads.entries(),
    download: ({ id }) => downloads.start(id),
    cancelDownload: ({ id }) => downloads.cancel(id),

    filters: ({ model: id }) => units.filters(id),
    layerPage: (request) => units.page(request),

    keepExplanation: (request) => explanations.keep(request),
    rawExplanation: (request) => explanations.raw(request),
    exportedExplanation: (request) => explanations.exported(request),

    attackSeenBy: (request) => attacks.seenBy(request),
    readPrint: (request) => attacks.readPrint(request),

    async changeSettings(change) {
      if (change.model !== undefined && change.model !== null) await library.require(change.model);
      const changed = await settings.change(change);
      library.default = changed.model;
      applyPower(changed);
      return changed;
    },
    about: () => Promise.resolve(help.about()),
    logEnd: () => help.logEnd(),
    problemReport: (request) => help.report(request),
    noteFault(fault) {
      help.noteFault(fault);
      return Promise.resolve();
    },

    async *pictures(signal) {
      await gallery.scan();
      yield* gallery.watched.changes(signal);
    },
    jobs: (signal) => runs.watched.changes(signal),
    progress: (signal) => jobs.progress.values(signal),
    queue: (signal) => jobs.queue.values(signal),
    async *models(signal) {
      await library.ready();
      // A window has opened: meanwhile the engine starts, loads what the window will most likely ask it to dream with, and tries it.
      const { model: id, runtime, device } = settings.current;
      rehearse({ settings: defaultsOf(dream), ...ANY_PICTURE, model: id, runtime, device });
      yield* library.watched.changes(signal);
    },
    async *downloads(signal) {
      await downloads.ready();
      yield* downloads.watched.changes(signal);
    },
    settings: (signal) => settings.watched.values(signal),
    async *stateNotes(signal) {
      for await (const unreadable of runs.unreadable.values(signal))
        yield stateNotes([...settings.notes, ...gallery.notes], unreadable);
    },
    power: (signal) => powerState.values(signal),
    unitPictures: (request) => units.pictures(request),
    unitPhotos: (request) => units.photos(request),
    explain: (request) => explanations.watch(request),
    measure: (request) => explanations.measure(request),
    transfer: (request) => attacks.transfer(request),
    frames: ({ job }, signal) => jobs.frames(job, signal),
  };

  const resources = new Resources({ gallery, runs, units, copies, kept: folders.kept });
  /** What an order leaves to the program is the program's own choice. */
  const withDefaults = <Any extends Order>(order: Any): Any => {
    const { runtime, device } = settings.current;
    return order.runtime === 'auto' && order.device === 'auto' ? { ...order, runtime, device } : order;
  };

  return {
    service,
    offers,
    notes: stateNotes([...settings.notes, ...gallery.notes], runs.unreadable.value).map(
      ({ message }) => message,
    ),
    resources,
    gallery,
    folders,
    async close() {
      await downloads.close();
      await jobs.close();
      await gallery.settle();
    },
  };
}

function stateNotes(files: readonly string[], unreadable: readonly UnreadableRun[]): StateNote[] {
  const discreet = discretion();
  const notes = [
    ...files.map((message) => ({ message, job: null })),
    ...unreadable.map(({ id, why }) => ({
      message: `The job "${id}" cannot be read, and stays as it is: ${why}`,
      job: id,
    })),
  ];
  return notes.map(({ message, job }) => ({ message: discreet(message), job }));
}

async function restored(
  { recipe, notes }: StoredRecipe,
  gallery: Gallery,
  library: Library,
): Promise<RestoredRecipe> {
  const files = Object.entries(recipe.files ?? {}).map(
    ([key, { sha256 }]) => [key, gallery.findContents(sha256) ?? null] as const,
  );
  const model = await library.require(recipe.model.name).then(
    ({ id }) => id,
    () => null,
  );
  return {
    recipe,
    notes,
    source: recipe.source === null ? null : (gallery.findContents(recipe.source.sha256) ?? null),
    model,
    output: model === null ? null : (recipe.model.output ?? null),
    files: Object.fromEntries(files),
  };
}
