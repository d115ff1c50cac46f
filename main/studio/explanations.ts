/** Explanations for windows: looked at while they are made, and kept as a picture of the gallery or as raw numbers. */
import type { StudioRequest } from '../../shared/studio/contract.ts';
import { requestOf, type RequestOf } from '../../shared/methods/request.ts';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ExplainResult } from '../../shared/methods/explain.ts';
import type { EngineApi } from '../../shared/contract.ts';
import { resultOf, type JobEvent } from '../../shared/jobs.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import { keptAddress } from '../../shared/studio/addresses.ts';
import type { Explanation, FileToSave, MeasuredPictures } from '../../shared/studio/explain.ts';
import type { Picture } from '../../shared/studio/gallery.ts';
import { stemForResults } from './gallery/file-names.ts';
import type { Gallery } from './gallery/gallery.ts';

interface ExplanationsOptions {
  readonly engine: Pick<EngineApi, 'explain' | 'measureSet'>;
  readonly gallery: Gallery;
  /** For files that live until the next start. */
  readonly folder: string;
  /** The network, runtime and device for a request. */
  readonly execution: (model: string | null) => Promise<Execution>;
}

export class Explanations {
  readonly #options: ExplanationsOptions;

  constructor(options: ExplanationsOptions) {
    this.#options = options;
  }

  /** Passes through the network as steps, and the maps at the end. Leaving it ends the work. */
  async *watch(request: StudioRequest<'explain'>): AsyncGenerator<JobEvent<Explanation>, void, undefined> {
    const { engine } = this.#options;
    for await (const event of engine.explain(await this.#engineRequest(request, { pictures: true }))) {
      yield event.kind === 'done' ? { ...event, result: withoutPaths(event.result) } : event;
    }
  }

  /** Puts what the network saw and the maps into the gallery, as one picture with its recipe. */
  async keep(request: StudioRequest<'explain'>): Promise<Picture> {
    const { gallery } = this.#options;
    const out = join(await this.#newFolder(), 'explanation.png');
    await this.#finish(await this.#engineRequest(request, { out }));
    return gallery.adopt(out, `${stemForResults(request.picture)}-explain.png`);
  }

  /** The numbers of each map, as `.npy` files that can be downloaded until the next start. */
  async raw(request: StudioRequest<'explain'>): Promise<FileToSave[]> {
    const folder = await this.#newFolder();
    const raw = join(folder, `${stemForResults(request.picture)}.npy`);
    const { methods } = await this.#finish(await this.#engineRequest(mapsAlone(request), { raw }));
    return methods.flatMap(({ raw: path }) => (path === null ? [] : [toSave(path)]));
  }

  /** ONNX files that compute the maps elsewhere, each with its card, that can be downloaded until the next start. */
  async exported(request: StudioRequest<'explain'>): Promise<FileToSave[]> {
    const named = join(await this.#newFolder(), 'explainer.onnx');
    const { methods } = await this.#finish(await this.#engineRequest(mapsAlone(request), { export: named }));
    return methods.flatMap(({ exported: path }) =>
      path === null ? [] : [toSave(path), toSave(path.replace(/onnx$/, 'json'))],
    );
  }

  /** Over several pictures, with a step for each pass; the report can be downloaded until the next start. Leaving it ends the work. */
  async *measure({
    pictures,
    model,
    settings,
  }: StudioRequest<'measure'>): AsyncGenerator<JobEvent<MeasuredPictures>, void, undefined> {
    const { engine, gallery, execution } = this.#options;
    const report = join(await this.#newFolder(), 'measures.html');
    const asked = requestOf('measureSet', {
      images: pictures.map((picture) => gallery.path(picture)),
      settings,
      out: null,
      report,
      ...(await execution(model)),
    });
    for await (const event of engine.measureSet(asked)) {
      if (event.kind !== 'done') {
        yield event;
        continue;
      }
      const { methods, dummies, definitions, notes, photos, failed } = event.result;
      const files = ['html', 'csv', 'json'].map((ending) => toSave(report.replace(/html$/, ending)));
      const reasons = failed.map(({ path, reason }) => reason.replaceAll(path, basename(path)));
      const told = { methods, dummies, definitions, notes, photos: photos.length, failed: reasons, files };
      yield { kind: 'done', result: told };
    }
  }

  async #newFolder(): Promise<string> {
    const folder = join(this.#options.folder, randomUUID());
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async #engineRequest(
    { picture, model, output = null, settings }: StudioRequest<'explain'>,
    wanted: Partial<Pick<RequestOf<'explain'>, 'out' | 'raw' | 'export' | 'pictures'>>,
  ): Promise<RequestOf<'explain'>> {
    const { gallery, execution } = this.#options;
    return requestOf('explain', {
      image: gallery.path(picture),
      settings,
      out: null,
      ...wanted,
      ...(await execution(model)),
      output,
    });
  }

  #finish(request: RequestOf<'explain'>): Promise<ExplainResult> {
    return resultOf(this.#options.engine.explain(request));
  }
}

/** The same maps without what is found out about them, which files of them do not hold and which may take many times as long. */
const mapsAlone = (request: StudioRequest<'explain'>): StudioRequest<'explain'> => ({
  ...request,
  settings: { ...request.settings, measure: false, randomise: false },
});

/** A kept file, by the address that windows load it from. */
function toSave(path: string): FileToSave {
  const name = basename(path);
  return { address: keptAddress(basename(dirname(path)), name), name };
}

/** Paths are not for windows. */
function withoutPaths({ output: _output, methods, ...result }: ExplainResult): Explanation {
  return { ...result, methods: methods.map(({ raw: _raw, exported: _exported, ...method }) => method) };
}
