/** The gallery: a folder of picture files. What is listed is what lies there; there is no database to disagree with it. */
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import {
  isPictureName,
  pictureFormatOf,
  pictureFormats,
  type PictureFormatName,
} from '../../../shared/picture-formats.ts';
import { isPlainName } from '../../../shared/schema.ts';
import type { Mark, Picture } from '../../../shared/studio/gallery.ts';
import { decodeImage } from '../../engine/imaging/codec.ts';
import { moveFile, writeAtomically } from '../../files/whole-file.ts';
import { log } from '../../log/log.ts';
import { freeName, tidyName } from './file-names.ts';
import { DetailsCache, detailsOf, examine, type Details, type FileState } from './picture-details.ts';
import { Marks } from './marks.ts';
import { SMALL_SIDE, writeSmallCopy, type SmallCopies } from './small-copies.ts';
import { WatchedItems } from '../../../shared/watch.ts';

interface GalleryOptions {
  readonly folder: string;
  /** For thumbnails and details. */
  readonly cache: string;
  readonly copies: SmallCopies;
  /** Removes a file so that it can be brought back. */
  readonly trash: (path: string) => Promise<void>;
}

/** Every change costs a window work on all pictures, so those that come by the thousand come in lots. */
const NEWS_MS = 300;

/** Whether all is known of a picture that this version asks for. */
const isComplete = (details: Details | undefined): boolean =>
  details !== undefined && (!details.made || details.facts !== undefined);

interface Entry extends FileState {
  details: Details | undefined;
}

export class Gallery {
  readonly watched: WatchedItems<Picture>;
  readonly #options: GalleryOptions;
  readonly #details: DetailsCache;
  readonly #marks: Marks;
  readonly #entries = new Map<string, Entry>();
  /** Names are given and files put in their place one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #examining: Promise<void> | undefined;

  private constructor(options: GalleryOptions, details: DetailsCache, marks: Marks) {
    this.#options = options;
    this.#details = details;
    this.#marks = marks;
    this.watched = new WatchedItems(
      () => this.#entries.keys(),
      (id) => this.find(id),
    );
  }

  static async open(options: GalleryOptions): Promise<Gallery> {
    const [details, marks] = await Promise.all([
      DetailsCache.open(join(options.cache, 'pictures.json')),
      Marks.open(options.folder),
    ]);
    const gallery = new Gallery(options, details, marks);
    await gallery.scan();
    return gallery;
  }

  /** What of the folder could not be used, in sentences. */
  get notes(): readonly string[] {
    return this.#marks.notes;
  }

  /** Brings the list up to date with the folder, where people may add and remove files themselves. */
  async scan(): Promise<void> {
    const names = await readdir(this.#options.folder);
    const found = new Set(names.filter((name) => isPlainName(name) && isPictureName(name)));
    const gone = [...this.#entries.keys()].filter((id) => !found.has(id));
    for (const id of gone) this.#forget(id);
    const states = await Promise.all([...found].map((id) => this.#stateOf(id)));
    const changed = states.flatMap((state) => (state !== undefined && this.#update(state) ? [state.id] : []));
    this.watched.touch(...gone, ...changed);
    this.#examining ??= this.#examineAll().finally(() => (this.#examining = undefined));
  }

  find(id: string): Picture | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { added, bytes, details } = entry;
    const { width = null, height = null, made = false, method = null, facts = null } = details ?? {};
    return { id, width, height, bytes, added, made, method, facts, ...this.#marks.of(id) };
  }

  /** The file of a picture. @throws ReverieError image/missing for an id that the gallery does not list, whatever it looks like */
  path(id: string): string {
    if (this.#entries.has(id)) return join(this.#options.folder, id);
    throw new ReverieError('image/missing', `There is no picture "${id}" in the gallery.`);
  }

  /** A small JPEG of a picture, made if need be. */
  async thumbnail(id: string): Promise<string> {
    const source = this.path(id);
    const target = this.#thumbnailPath(id);
    await this.#options.copies.ensure(source, target);
    return target;
  }

  /** The picture with these contents, if the gallery has it. */
  findContents(sha256: string): string | undefined {
    for (const [id, { details }] of this.#entries) if (details?.sha256 === sha256) return id;
    return undefined;
  }

  /**
   * Copies a picture into the gallery; one that is there already is not copied again.
   * @param name What it is called, by default as its file.
   * @throws ReverieError image/missing, image/unreadable, image/size, output/unwritable
   */
  add(path: string, name: string): Promise<Picture> {
    return this.#inTurn(async () => {
      const bytes = await readFile(path).catch((error: unknown) => {
        throw new ReverieError('image/missing', `"${name}" cannot be read.`, { path }, { cause: error });
      });
      const { pixels, source } = await decodeImage(bytes, { maxSide: SMALL_SIDE, name });
      const details = detailsOf(bytes, source);
      const known = this.findContents(details.sha256);
      const picture = known === undefined ? undefined : this.find(known);
      if (picture !== undefined) return picture;
      const id = this.#freeName(name, source.format);
      const target = join(this.#options.folder, id);
      await writeAtomically(target, bytes);
      await writeSmallCopy(pixels, target, this.#thumbnailPath(id));
      return this.#enterNew(id, details);
    });
  }

  /** Moves a picture that Reverie has made into the gallery. */
  adopt(path: string, name: string): Promise<Picture> {
    return this.#inTurn(async () => {
      const id = this.#freeName(name, 'png');
      const details = await examine(path);
      const target = join(this.#options.folder, id);
      await moveFile(path, target);
      await utimes(target, new Date(), new Date());
      return this.#enterNew(id, details);
    });
  }

  /** Ids of the pictures that were not made here, oldest first. */
  photos(): string[] {
    return [...this.#entries]
      .filter(([, { details }]) => details?.made !== true)
      .sort(([, a], [, b]) => a.added - b.added)
      .map(([id]) => id);
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#options.trash(this.path(id));
      await rm(this.#thumbnailPath(id), { force: true });
      this.#forget(id);
      this.watched.touch(id);
      await this.#details.save();
      if (this.#marks.forget(id)) await this.#marks.save();
    });
  }

  /** @throws ReverieError image/missing, output/unwritable */
  mark(ids: readonly string[], change: Partial<Mark>): Promise<void> {
    return this.#inTurn(async () => {
      for (const id of ids) this.path(id);
      const changed = ids.filter((id) => this.#marks.change(id, change));
      this.watched.touch(...changed);
      if (changed.length > 0) await this.#marks.save();
    });
  }

  /** @param name Without an extension. @throws ReverieError image/missing, output/unwritable */
  rename(from: string, name: string): Promise<Picture> {
    return this.#inTurn(async () => {
      const path = this.path(from);
      const { extension } = tidyName(from);
      const { stem } = tidyName(`${name}${extension}`);
      const to = freeName(stem, from.slice(from.length - extension.length), this.#taken(from));
      const picture = this.find(from);
      if (to === from && picture !== undefined) return picture;
      const details = this.#entries.get(from)?.details;
      await moveFile(path, join(this.#options.folder, to));
      await moveFile(this.#thumbnailPath(from), this.#thumbnailPath(to)).catch(() => undefined);
      this.#forget(from);
      if (this.#marks.rename(from, to)) await this.#marks.save();
      this.watched.touch(from);
      return this.#enter(to, details ?? (await examine(join(this.#options.folder, to))));
    });
  }

  /** Resolves when all that is under way is on disk. */
  async settle(): Promise<void> {
    await this.#examining;
    await this.#last;
  }

  /** A picture under its name. What was said of another one that had this name once, and went without a word, is not said of it. */
  async #enterNew(id: string, details: Details): Promise<Picture> {
    if (this.#marks.forget(id)) await this.#marks.save();
    return this.#enter(id, details);
  }

  async #enter(id: string, details: Details): Promise<Picture> {
    const state = await this.#stateOf(id);
    const picture = state === undefined ? undefined : (this.#update(state, details), this.find(id));
    if (picture === undefined)
      throw new ReverieError('image/missing', `"${id}" has vanished from the gallery.`);
    this.watched.touch(id);
    await this.#details.save();
    return picture;
  }

  async #stateOf(id: string): Promise<(FileState & { id: string }) | undefined> {
    const found = await stat(join(this.#options.folder, id)).catch(() => undefined);
    return found?.isFile() === true ? { id, added: found.mtimeMs, bytes: found.size } : undefined;
  }

  /** Whether this is news. */
  #update({ id, added, bytes }: FileState & { id: string }, details?: Details): boolean {
    const before = this.#entries.get(id);
    if (details === undefined && before?.added === added && before.bytes === bytes) return false;
    if (details !== undefined) this.#details.set(id, { added, bytes }, details);
    this.#entries.set(id, { added, bytes, details: details ?? this.#details.get(id, { added, bytes }) });
    return true;
  }

  async #examineAll(): Promise<void> {
    const unknown = [...this.#entries].filter(([, { details }]) => !isComplete(details));
    let news: string[] = [];
    let told = Date.now();
    const tell = (): void => {
      this.watched.touch(...news);
      news = [];
      told = Date.now();
    };
    for (const [id, state] of unknown) {
      // A file that is no picture stays in the list without a size, as it stays in the folder.
      const details = await examine(join(this.#options.folder, id)).catch((error: unknown) =>
        log.swallowed('gallery', 'A file is no picture', error),
      );
      if (details !== undefined && this.#entries.get(id) === state && this.#update({ id, ...state }, details))
        news.push(id);
      if (Date.now() - told > NEWS_MS) tell();
    }
    tell();
    if (unknown.length > 0)
      await this.#details
        .save()
        .catch((error: unknown) => log.swallowed('gallery', 'What is known of it was not written', error));
  }

  #forget(id: string): void {
    this.#entries.delete(id);
    this.#details.delete(id);
  }

  #freeName(name: string, format: PictureFormatName): string {
    const { stem, extension } = tidyName(name);
    const fitting =
      pictureFormatOf(`a${extension}`) === format ? extension : pictureFormats[format].extensions[0];
    return freeName(stem, fitting, this.#taken());
  }

  /** Which names other pictures than `own` have. */
  #taken(own?: string): (lowerCase: string) => boolean {
    const taken = new Set([...this.#entries.keys()].map((id) => id.toLowerCase()));
    if (own !== undefined) taken.delete(own.toLowerCase());
    return (lowerCase) => taken.has(lowerCase);
  }

  #thumbnailPath(id: string): string {
    return join(this.#options.cache, 'thumbnails', `${id}.jpg`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
