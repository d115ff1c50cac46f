/**
 * What lies at the addresses of shared/studio/addresses.ts, for either door. Every part of an address is an id that is looked
 * up, a number or one of a few words, so no address leads out of the studio's folders.
 */
import { access } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import { pictureFormatOf, pictureFormats, writtenFormats } from '../../../shared/picture-formats.ts';
import { isPlainName } from '../../../shared/schema.ts';
import { unitPictures } from '../../../shared/studio/units.ts';
import { checkAnimation, encodeAnimation } from '../../engine/imaging/animation.ts';
import { convertImage } from '../../engine/imaging/codec.ts';
import { stemForResults, tidyName } from './file-names.ts';
import type { Gallery } from './gallery.ts';
import { inputPath } from '../jobs/run-inputs.ts';
import { RUN, frameName } from '../jobs/run-record.ts';
import { stemOf } from '../jobs/job-request.ts';
import type { RunStore } from '../jobs/run-store.ts';
import type { SmallCopies } from './small-copies.ts';
import type { Units } from '../units.ts';
import type { ZipEntry } from '../files/zip.ts';

export interface Resource {
  /** Media type. */
  type: string;
  body: { path: string } | { bytes: Uint8Array } | { entries: readonly ZipEntry[] };
  /** The name to save it under; what has none is to be shown. */
  download?: string;
  /** Whether this address always means the same bytes. */
  fixed: boolean;
}

interface ResourcesOptions {
  readonly gallery: Gallery;
  readonly runs: RunStore;
  readonly units: Units;
  readonly copies: SmallCopies;
  /** Files made for a download, each in a folder of its own. */
  readonly kept: string;
}

export class Resources {
  readonly #options: ResourcesOptions;

  constructor(options: ResourcesOptions) {
    this.#options = options;
  }

  /**
   * @param address Path and query, as {@link URL} gives them: percent-encoded.
   * @throws ReverieError image/missing, job/unknown for what is not there; usage/option for what cannot be
   */
  async find(address: URL): Promise<Resource> {
    const [kind, id = '', ...rest] = partsOf(address);
    switch (kind) {
      case 'picture':
        return this.#shown(this.#options.gallery.path(id), address.searchParams.has('v'));
      case 'thumbnail':
        return this.#shown(await this.#options.gallery.thumbnail(id), address.searchParams.has('v'));
      case 'export':
        return this.#converted(id, address.searchParams);
      case 'channel':
        return this.#channel(id, rest);
      case 'unit':
        return this.#ofUnit(id, rest);
      case 'kept':
        return this.#kept(id, rest);
      case 'run':
        return this.#ofRun(id, rest);
      default:
        throw nothingAt(address.pathname);
    }
  }

  /** The film strip of a job as files. */
  frames(job: string): ZipEntry[] {
    const { frames } = this.#options.runs.get(job);
    if (frames === null) throw new ReverieError('job/state', 'This job has no steps to export yet.');
    const steps = Array.from({ length: frames.last - frames.first + 1 }, (_, index) => frames.first + index);
    return steps.map((step) => this.frame(job, step));
  }

  /** The file of one step, which may not be there, and a name for it elsewhere. */
  frame(job: string, step: number): ZipEntry {
    const stem = stemOf(this.#options.runs.get(job));
    const file = frameName(step);
    return { name: `${stem}-step-${file}`, path: this.#inRun(job, RUN.frames, file) };
  }

  #shown(path: string, fixed: boolean): Resource {
    const format = pictureFormatOf(path);
    const type = format === undefined ? 'application/octet-stream' : pictureFormats[format].type;
    return { type, body: { path }, fixed };
  }

  /** What is shown, and has a name of its own where it is saved. */
  #saved(path: string, source: string | undefined, what: string): Resource {
    return { ...this.#shown(path, true), download: `${stemForResults(source ?? '')}-${what}.png` };
  }

  async #ofRun(job: string, [kind, name = '', ...rest]: readonly string[]): Promise<Resource> {
    const { inputs } = this.#options.runs.get(job);
    if (rest.length > 0) throw nothingAt(rest.join('/'));
    if (kind === 'source' && name === '') {
      return this.#shown(inputPath(this.#options.runs.folder(job), 'source', inputs['source'] ?? ''), true);
    }
    if (kind === 'perturbation' && name === '') return this.#shown(this.#inRun(job, RUN.perturbation), true);
    if (kind === 'patch' && name === '')
      return this.#saved(this.#inRun(job, RUN.patch), inputs['source'], 'patch');
    if (kind === 'sheet' && name === '')
      return this.#saved(this.#inRun(job, RUN.sheet), inputs['source'], 'patch-sheet');
    if (kind === 'views' && name === '') return this.#shown(this.#inRun(job, RUN.views), true);
    if (kind === 'frames.zip' && name === '') {
      const download = `${stemForResults(inputs['source'] ?? '')}-steps.zip`;
      return { type: 'application/zip', body: { entries: this.frames(job) }, download, fixed: false };
    }
    if ((kind === 'film.webp' || kind === 'film.gif') && name === '') return this.#animation(job, kind);
    if ((kind !== 'frames' && kind !== 'strip') || !/^[1-9]\d{0,8}$/.test(name)) throw nothingAt(name);
    const frame = this.#inRun(job, RUN.frames, frameName(Number(name)));
    await access(frame).catch(() => {
      throw new ReverieError('image/missing', `This job has no picture of step ${name}.`);
    });
    if (kind === 'frames') return this.#shown(frame, true);
    const small = this.#inRun(job, RUN.strip, `${name}.jpg`);
    await this.#options.copies.ensure(frame, small);
    return this.#shown(small, true);
  }

  /** All frames of a film in one picture that plays. @throws job/state for anything but a film, image/size for a long one */
  async #animation(job: string, file: 'film.webp' | 'film.gif'): Promise<Resource> {
    const { order, inputs, width, height } = this.#options.runs.get(job);
    if (order.method !== 'film' || width === null || height === null)
      throw new ReverieError('job/state', 'This job has no film to export yet.');
    const paths = this.frames(job).map(({ path }) => path);
    const download = `${stemForResults(inputs['source'] ?? '')}-${file}`;
    checkAnimation(download, paths.length, { width, height });
    const extension = extname(file);
    const bytes = await encodeAnimation(paths, { extension, fps: order.settings.fps });
    return {
      type: extension === '.gif' ? 'image/gif' : 'image/webp',
      body: { bytes },
      download,
      fixed: false,
    };
  }

  /** A layer's name is no path: it is looked up in the network, and the engine names the folder. */
  async #channel(model: string, [layer = '', channel = '', ...rest]: readonly string[]): Promise<Resource> {
    if (!/^\d{1,6}$/.test(channel) || rest.length > 0) throw nothingAt(channel);
    const path = await this.#options.units.channelPath({ model, layer, channel: Number(channel) });
    return this.#shown(path, true);
  }

  async #ofUnit(folder: string, [name, ...rest]: readonly string[]): Promise<Resource> {
    const picture = unitPictures.find((known) => known === name);
    if (!/^[0-9a-f]{32}$/.test(folder) || picture === undefined || rest.length > 0)
      throw nothingAt(name ?? '');
    const path = this.#options.units.picturePath(folder, picture);
    await access(path).catch(() => {
      throw nothingAt(picture);
    });
    return this.#shown(path, true);
  }

  async #kept(folder: string, [name = '', ...rest]: readonly string[]): Promise<Resource> {
    if (!isPlainName(folder) || !isPlainName(name) || rest.length > 0) throw nothingAt(name);
    const path = join(this.#options.kept, folder, name);
    await access(path).catch(() => {
      throw nothingAt(name);
    });
    return { type: 'application/octet-stream', body: { path }, download: name, fixed: true };
  }

  async #converted(id: string, query: URLSearchParams): Promise<Resource> {
    const path = this.#options.gallery.path(id);
    const format = writtenFormats.find((known) => known === query.get('format'));
    const quality = Number(query.get('quality') ?? 92);
    if (format === undefined || !(quality >= 1 && quality <= 100)) {
      const accepted = writtenFormats.join(', ');
      throw new ReverieError(
        'usage/option',
        `An export needs one of the formats ${accepted}, and a quality from 1 to 100.`,
      );
    }
    const { type, extensions } = pictureFormats[format];
    const download = `${tidyName(id).stem}${extensions[0]}`;
    const original = format === 'png' && pictureFormatOf(id) === 'png';
    const body = original
      ? { path }
      : { bytes: await convertImage(path, format, { quality: Math.round(quality) }) };
    return { type, body, download, fixed: false };
  }

  #inRun(job: string, ...path: readonly string[]): string {
    return join(this.#options.runs.folder(job), ...path);
  }
}

function partsOf({ pathname }: URL): string[] {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw nothingAt(pathname);
  }
}

function nothingAt(what: string): ReverieError {
  return new ReverieError('image/missing', `There is nothing at "${what}".`);
}
