/** The gallery as the window sees it: pictures known by id, never by path, and what becomes of files given to Reverie. */
import type { Recognition } from '../contract/models.ts';
import type { ErrorData } from '../errors.ts';
import type { RecipeMethod } from '../methods/registry.ts';
import type { Recipe } from '../recipes/recipe.ts';
import type { InstalledModel } from './models.ts';

/** What a person says of a picture. */
export interface Mark {
  /** 0: none. */
  readonly stars: number;
  readonly label: Label | null;
}

export const MOST_STARS = 5;
export const labels = ['red', 'yellow', 'green', 'blue'] as const;
export type Label = (typeof labels)[number];
export const NO_MARK: Mark = { stars: 0, label: null };

/** What a recipe tells of its picture that one looks for pictures by. */
export interface RecipeFacts {
  /** Its name. */
  readonly network: string;
  /** The name of the picture that it started from. */
  readonly source: string | null;
  readonly layers: readonly string[];
  /** The settings that are not usual ones, as one would type them; classes and units among them. */
  readonly words: string;
}

/** A picture of the gallery. */
export interface Picture extends Mark {
  /** Its file name in the gallery folder, extension included. */
  id: string;
  /** In pixels, upright; `null` until the file has been looked at, which a change then tells. */
  width: number | null;
  height: number | null;
  /** Of the file. */
  bytes: number;
  /** When it came into the gallery or was made, in ms since 1970; newest first is the order to show. */
  added: number;
  /** Whether Reverie made it and it holds its recipe. */
  made: boolean;
  /** How, where the recipe can be read. */
  method: RecipeMethod | null;
  /** `null` for a photo, for a recipe that cannot be used, and until the file has been looked at. */
  facts: RecipeFacts | null;
}

/**
 * What changed since the last value of a stream; the first value holds everything. Several changes of one item arrive as its
 * latest state, however slowly the stream is pulled.
 */
export interface Changes<Item> {
  changed: readonly Item[];
  /** Ids. */
  removed: readonly string[];
}

/** One for each file; a folder gives one for each picture in it. A file that is refused costs none of the others. */
export type Imported = { name: string } & (
  | { kind: 'picture'; picture: Picture }
  | { kind: 'model'; model: InstalledModel; recognised: Recognition }
  | { kind: 'refused'; error: Pick<ErrorData, 'code' | 'message'> }
);

/** A picture's recipe, and what of it is at hand on this machine. */
export interface RestoredRecipe {
  recipe: Recipe;
  /** What of it could not be used, in sentences. */
  notes: readonly string[];
  /** The picture it started from, found in the gallery by its contents; `null` when it is not there. */
  source: string | null;
  /** An installed network of the recipe's name; `null` when there is none. */
  model: string | null;
  /** The output of that network that it was about, where it says so. */
  output: string | null;
  /** Gallery pictures for the files in its settings (`guide`, `mask`), by the key of the setting. */
  files: Readonly<Record<string, string | null>>;
}
