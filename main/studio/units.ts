/** Layers and units for windows: pages of the atlas, the pictures of a unit's own page, the gallery's photos that excite it. */
import type { StudioRequest } from '../../shared/studio/contract.ts';
import { requestOf, type RequestOf } from '../../shared/methods/request.ts';
import { createHash } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { ReverieError, errorData } from '../../shared/errors.ts';
import { resultOf, type JobEvent } from '../../shared/jobs.ts';
import { atlas } from '../../shared/recipes/atlas.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import { filters } from '../../shared/recipes/filters.ts';
import { visualize } from '../../shared/recipes/visualize.ts';
import { unitPictureAddress } from '../../shared/studio/addresses.ts';
import {
  type FirstFilters,
  type LayerPage,
  type UnitPhotos,
  type UnitPicture,
  type UnitPictureEvent,
} from '../../shared/studio/units.ts';
import { moveFile } from '../files/whole-file.ts';
import type { Gallery } from './gallery/gallery.ts';

interface UnitsOptions {
  readonly engine: Pick<EngineApi, 'atlasPage' | 'filters' | 'examples' | 'inspectModel' | 'visualize'>;
  readonly gallery: Gallery;
  /** Where the pictures of units' pages are kept. */
  readonly folder: string;
  /** The network, runtime and device for a request. */
  readonly execution: (model: string | null) => Promise<Execution>;
}

/** Steps of a unit's own pictures: sharper than in the atlas. */
const STEPS = 256;
/** Photos on a unit's page. */
const TOP = 9;
const PREVIEW = { maxSide: 264, everyMs: 100 };

export class Units {
  readonly #options: UnitsOptions;
  /** Folders of pages by network and layer, so that a thumbnail costs no question to the engine. */
  readonly #folders = new Map<string, string>();

  constructor(options: UnitsOptions) {
    this.#options = options;
  }

  async filters(model: string): Promise<FirstFilters> {
    const { engine, execution } = this.#options;
    const request = { settings: defaultsOf(filters), out: null, pictures: true, ...(await execution(model)) };
    const { output: _output, ...found } = await resultOf(engine.filters(requestOf('filters', request)));
    return found;
  }

  async page({ model, layer }: StudioRequest<'layerPage'>): Promise<LayerPage> {
    const { engine, execution } = this.#options;
    const { model: id } = await execution(model);
    const { folder, ...page } = await engine.atlasPage({
      model: id,
      settings: { ...defaultsOf(atlas), layer },
    });
    this.#folders.set(`${model ?? ''} ${layer}`, folder);
    return page;
  }

  /** Path of a channel's picture in the atlas. @throws ReverieError image/missing */
  async channelPath({ model, layer, channel }: StudioRequest<'unitPictures'>): Promise<string> {
    const key = `${model ?? ''} ${layer}`;
    if (!this.#folders.has(key)) await this.page({ model, layer });
    const path = join(this.#folders.get(key) ?? '', `${channel}.png`);
    await access(path).catch(() => {
      throw new ReverieError('image/missing', `Channel ${channel} of ${layer} has no picture yet.`);
    });
    return path;
  }

  /** The pictures of a unit's page, made when they are not there. Leaving ends the work. */
  async *pictures(request: StudioRequest<'unitPictures'>): AsyncGenerator<UnitPictureEvent, void, undefined> {
    const folder = await this.#unitFolder(request);
    const target = `channel:${request.layer}/${request.channel}`;
    yield* this.#make(request, folder, ['positive', 'negative'], { target: [target, `${target}*-1`] });
    yield* this.#make(request, folder, ['diverse'], { target: [target], diversity: 4 });
  }

  /** Path of a picture of a unit's page. */
  picturePath(folder: string, picture: UnitPicture): string {
    return join(this.#options.folder, folder, `${picture}.png`);
  }

  /** The gallery's photos that excite a unit most; pictures that were made here do not count. */
  async *photos({
    model,
    layer,
    channel,
  }: StudioRequest<'unitPictures'>): AsyncGenerator<JobEvent<UnitPhotos>, void, undefined> {
    const { engine, gallery, execution } = this.#options;
    const photos = gallery.photos();
    if (photos.length === 0) {
      throw new ReverieError(
        'image/missing',
        'There are no photos in the gallery yet: add some, and see which of them excite this unit.',
      );
    }
    const request = requestOf('examples', {
      photos: photos.map((id) => gallery.path(id)),
      settings: { target: [`channel:${layer}/${channel}`], top: TOP },
      out: null,
      pictures: true,
      ...(await execution(model)),
    });
    const events = engine.examples(request);
    for await (const event of events) {
      if (event.kind !== 'done') {
        yield event;
        continue;
      }
      const [unit] = event.result.units;
      if (unit === undefined) throw new ReverieError('internal', 'The scan ended without a unit.');
      const examples = unit.examples.map(({ path, ...example }) => ({ ...example, photo: basename(path) }));
      const { photos: count, cached } = event.result;
      yield { kind: 'done', result: { photos: count, cached, unit: { ...unit, examples } } };
    }
  }

  /** A unit that nothing excites has no picture; what can be made of the others is. */
  async *#make(
    request: StudioRequest<'unitPictures'>,
    folder: string,
    pictures: readonly UnitPicture[],
    wanted: Partial<RequestOf<'visualize'>['settings']>,
  ): AsyncGenerator<UnitPictureEvent, void, undefined> {
    const { engine, execution } = this.#options;
    const made = (picture: UnitPicture): UnitPictureEvent => ({
      kind: 'made',
      picture,
      address: unitPictureAddress(folder, picture),
    });
    if (await allThere(pictures.map((picture) => this.picturePath(folder, picture)))) {
      yield* pictures.map(made);
      return;
    }
    const out = join(this.#options.folder, folder, `making-${pictures.join('-')}.png`);
    await mkdir(join(this.#options.folder, folder), { recursive: true });
    const asked = requestOf('visualize', {
      settings: { ...defaultsOf(visualize), steps: STEPS, ...wanted },
      out,
      separate: pictures.length > 1,
      preview: PREVIEW,
      ...(await execution(request.model)),
    });
    const events = engine.visualize(asked);
    try {
      for await (const event of events) {
        if (event.kind === 'started') for (const note of event.notes) yield { kind: 'note', note };
        else if (event.kind === 'step') {
          const { step, of, frame } = event;
          yield { kind: 'progress', pictures, step, of, ...(frame === undefined ? {} : { frame }) };
        } else {
          for (const [i, picture] of pictures.entries()) {
            await moveFile(event.result.images[i]?.output ?? out, this.picturePath(folder, picture));
            yield made(picture);
          }
        }
      }
    } catch (error) {
      const { code, message } = errorData(error);
      if (code !== 'layer/unusable') throw error;
      yield { kind: 'note', note: message };
    }
  }

  /** A folder's name for what a unit's pictures depend on. */
  async #unitFolder({ model, layer, channel }: StudioRequest<'unitPictures'>): Promise<string> {
    const { engine, execution } = this.#options;
    const { model: id } = await execution(model);
    const { sha256 } = await engine.inspectModel({ model: id, size: null });
    return createHash('sha256')
      .update(JSON.stringify([sha256, layer, channel, STEPS]))
      .digest('hex')
      .slice(0, 32);
  }
}

async function allThere(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
