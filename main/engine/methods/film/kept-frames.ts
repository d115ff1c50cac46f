/**
 * The files of a film: `0001.png` and on, and beside them, until it is whole, those frames of its segments that are faded into others.
 * What is there is not made again, so these files are all the state that a film has.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { checkPlace, makeFolder } from '../../../files/whole-file.ts';
import { decodeImage, saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { readStoredRecipe } from '../common/stored-recipe.ts';
import { originOf, type Segment } from './segments.ts';

/** Of what is made as a folder of frames. */
type FilmRecipe = Recipe<'film' | 'video'>;

interface Cut {
  readonly frames: number;
  readonly overlap: number;
  readonly segments: readonly Segment[];
}

/** `0060.png`. */
const fileName = (frame: number): string => `${String(frame).padStart(4, '0')}.png`;

export class KeptFrames {
  readonly #folder: string;
  readonly recipe: FilmRecipe;
  readonly cut: Cut;

  constructor(folder: string, recipe: FilmRecipe, cut: Cut) {
    this.#folder = folder;
    this.recipe = recipe;
    this.cut = cut;
  }

  /** Of the film. */
  path(frame: number): string {
    return join(this.#folder, fileName(frame));
  }

  has(frame: number): boolean {
    return existsSync(this.path(frame));
  }

  /** The film's frames that are not there, in order. */
  get missing(): readonly number[] {
    return Array.from({ length: this.cut.frames }, (_, i) => i + 1).filter((frame) => !this.has(frame));
  }

  /** The last frame of a segment before the first that is missing, or has not come into the film; undefined where that is all. */
  lastOf(segment: Segment): number | undefined {
    const isOwn = (frame: number): boolean => segment.first <= frame && frame <= segment.last;
    const isDone = (frame: number): boolean =>
      existsSync(this.#ownPath(segment, frame)) && (!isOwn(frame) || this.has(frame));
    let frame = segment.from;
    while (frame <= segment.to && isDone(frame)) frame++;
    return frame === segment.from ? undefined : frame - 1;
  }

  async read(segment: Segment, frame: number): Promise<Pixels> {
    return (await decodeImage(this.#ownPath(segment, frame))).pixels;
  }

  /** A frame of the film itself. */
  async film(frame: number): Promise<Pixels> {
    return (await decodeImage(this.path(frame))).pixels;
  }

  /** Keeps a segment's own frame, as it is before it is faded into another. */
  async keep(segment: Segment, frame: number, picture: Pixels): Promise<void> {
    const path = this.#ownPath(segment, frame);
    await mkdir(dirname(path), { recursive: true });
    await saveImage(picture, path, { recipe: this.recipe });
  }

  async keepMixed(frame: number, picture: Pixels): Promise<void> {
    await saveImage(picture, this.path(frame), { recipe: this.recipe });
  }

  /** Removes what is not of the film itself. */
  async tidy(): Promise<void> {
    await rm(join(this.#folder, SEGMENTS), { recursive: true, force: true });
  }

  #ownPath(segment: Segment, frame: number): string {
    const origin = originOf(this.cut.segments, this.cut.overlap, frame);
    return origin.of === segment && !('next' in origin)
      ? this.path(frame)
      : join(this.#folder, SEGMENTS, String(segment.number), fileName(frame));
  }
}

const SEGMENTS = '.segments';

/**
 * Makes a folder ready for a film, or finds the same film there. Tiles that were chosen for it then are kept.
 * @returns the recipe by which it goes on
 * @throws ReverieError `usage/option` for a folder with another film or with other numbered pictures; `output/unwritable`
 */
export async function openFolder<R extends FilmRecipe>(
  folder: string,
  recipe: R,
  tile: number | null,
): Promise<R> {
  await makeFolder(folder);
  const first = join(folder, fileName(1));
  await checkPlace(first);
  if (!existsSync(first)) return recipe;
  const known = await readStoredRecipe(first).then(
    ({ recipe: stored }) => (stored.method === recipe.method ? (stored as R) : undefined),
    () => undefined,
  );
  const same =
    known !== undefined && isSame(known, tile === null ? withTile(recipe, known.settings.tile) : recipe);
  if (same) return known;
  const what = known === undefined ? 'other pictures' : 'another film';
  throw new ReverieError(
    'usage/option',
    `The folder "${folder}" already holds ${what}; name another one for this film.`,
    { path: folder },
  );
}

const withTile = <R extends FilmRecipe>(recipe: R, tile: number | null): R => ({
  ...recipe,
  settings: { ...recipe.settings, tile },
});

/** Names of files do not count. */
const isSame = (a: FilmRecipe, b: FilmRecipe): boolean =>
  a.model.sha256 === b.model.sha256 &&
  a.model.output === b.model.output &&
  a.source?.sha256 === b.source?.sha256 &&
  a.files?.['clip']?.sha256 === b.files?.['clip']?.sha256 &&
  isDeepStrictEqual(a.settings, b.settings);
