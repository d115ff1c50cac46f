/** What every recipe has, whatever its method: the names and hashes of the files that took part, and complete settings. */

/** The format that this version writes. */
export const RECIPE_FORMAT = 1;

/** A file that took part: its name without the folder (a picture travels, a home folder should not), and its hash. */
export interface FileIdentity {
  name: string;
  /** SHA-256 of the file's bytes, 64 lower-case hexadecimal digits. */
  sha256: string;
}

/** A network, and which of its outputs was meant where somebody had chosen one. */
export interface NetworkIdentity extends FileIdentity {
  output?: string;
}

/** From a step on (counted from 1 over the whole job) tiles had another side, in pixels, because memory ran short. */
export interface TileChange {
  step: number;
  side: number;
}

/** The picture a recipe starts from, with its size in pixels after orientation. */
export interface PictureIdentity extends FileIdentity {
  width: number;
  height: number;
}

/** The recipe of one method: `Source` is the picture it starts from, or `null`. */
export interface RecipeForm<
  Name extends string = string,
  Settings = unknown,
  Source extends PictureIdentity | null = PictureIdentity | null,
> {
  reverie: typeof RECIPE_FORMAT;
  method: Name;
  /** `name` is the id of an installed network, or the file's name of one opened by its path. */
  model: NetworkIdentity;
  source: Source;
  /** Other files that the settings name, by the key of the setting; there, too, without their folders. */
  files?: Readonly<Record<string, FileIdentity>>;
  /** Where the tiles of a dream were not those of the settings, in the order of the steps. */
  tiles?: readonly TileChange[];
  /** Complete: every default filled in. */
  settings: Settings;
}
