/** Recipes: everything needed to repeat a picture, stored inside it and as JSON. */
import { ReverieError, errorData } from '../errors.ts';
import { attack } from './attack.ts';
import { dream } from './dream.ts';
import { explain } from './explain.ts';
import { byFlag, parse, type Fields, type SettingsOf } from './fields.ts';
import { isRecord } from '../schema.ts';
import { filters } from './filters.ts';
import { inWords } from './kinds.ts';
import { visualize } from './visualize.ts';

/** The format that this version writes and reads. */
export const RECIPE_FORMAT = 1;

/** A file that took part: its name without the folder (a picture travels, a home folder should not), and its hash. */
export interface FileIdentity {
  name: string;
  /** SHA-256 of the file's bytes, 64 lower-case hexadecimal digits. */
  sha256: string;
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

/** The methods that leave a recipe: the table of their settings, and whether they start from a picture. */
export const methods = {
  attack: { settings: attack, picture: true },
  dream: { settings: dream, picture: true },
  explain: { settings: explain, picture: true },
  filters: { settings: filters, picture: false },
  visualize: { settings: visualize, picture: false },
} as const satisfies Record<string, { settings: Fields; picture: boolean }>;

export type Method = keyof typeof methods;
/** The methods that start from a picture. */
export type MethodWithPicture = {
  [M in Method]: (typeof methods)[M]['picture'] extends true ? M : never;
}[Method];

interface RecipeOf<M extends Method> {
  reverie: typeof RECIPE_FORMAT;
  method: M;
  /** `name` is the id of an installed network, or the file's name of one opened by its path. */
  model: FileIdentity;
  /** `null` for a method that starts from noise. */
  source: M extends MethodWithPicture ? PictureIdentity : null;
  /** Other files that the settings name, by the key of the setting; there, too, without their folders. */
  files?: Readonly<Record<string, FileIdentity>>;
  /** Where the tiles of a dream were not those of the settings, in the order of the steps. */
  tiles?: readonly TileChange[];
  /** Complete: every default filled in. */
  settings: SettingsOf<(typeof methods)[M]['settings']>;
}

/** The recipe of any method, or of the one that is named. */
export type Recipe<M extends Method = Method> = { [K in M]: RecipeOf<K> }[M];

/**
 * A recipe from parsed JSON. @throws recipe/invalid saying what is wrong, also for a recipe of another format.
 */
export function parseRecipe(value: unknown): Recipe {
  if (!isRecord(value) || !('reverie' in value))
    throw invalid('This is not a recipe of Reverie: it has no "reverie" entry.');
  if (value['reverie'] !== RECIPE_FORMAT) {
    throw invalid(
      `The recipe has format ${JSON.stringify(value['reverie'])}, and this version of Reverie reads format ${RECIPE_FORMAT}; another version wrote it.`,
    );
  }
  const { method } = value;
  if (!isMethod(method)) {
    throw invalid(
      `The recipe's method ${JSON.stringify(method ?? null)} is not known; this version knows ${inWords(Object.keys(methods))}.`,
    );
  }
  const { settings, picture } = methods[method];
  const files = value['files'] === undefined ? undefined : parseFiles(value['files']);
  // The one place where the table is taken on trust: what belongs to the method was read by the method's own entries.
  return {
    reverie: RECIPE_FORMAT,
    method,
    model: parseFile(value['model'], 'model'),
    source: picture ? parsePicture(value['source'], 'source') : null,
    ...(files === undefined ? {} : { files }),
    ...(value['tiles'] === undefined ? {} : { tiles: parseTiles(value['tiles']) }),
    settings: parseSettings(settings, value['settings']),
  } as Recipe;
}

/** Whether a value names a method that leaves a recipe. */
export function isMethod(value: unknown): value is Method {
  return typeof value === 'string' && Object.hasOwn(methods, value);
}

function parseSettings(fields: Fields, value: unknown): unknown {
  try {
    return parse(fields, value, byFlag);
  } catch (error) {
    throw invalid(`The recipe's settings cannot be used: ${errorData(error).message}`);
  }
}

function parseFiles(value: unknown): Record<string, FileIdentity> {
  if (!isRecord(value)) throw invalid('The recipe\'s "files" must be an object.');
  return Object.fromEntries(
    Object.entries(value).map(([key, file]) => [key, parseFile(file, `files.${key}`)]),
  );
}

/** Tiles in the order of their steps. @throws recipe/invalid */
export function parseTiles(value: unknown): TileChange[] {
  const refuse = (): never => {
    throw invalid('The recipe\'s "tiles" must be a list of steps with the sides of their tiles, in order.');
  };
  if (!Array.isArray(value)) return refuse();
  let last = 0;
  return value.map((change: unknown) => {
    const [step, side] = isRecord(change) ? [change['step'], change['side']] : [];
    if (typeof step !== 'number' || !Number.isInteger(step) || step <= last) return refuse();
    if (typeof side !== 'number' || !Number.isInteger(side) || side < 16 || side > 8192) return refuse();
    last = step;
    return { step, side };
  });
}

function parsePicture(value: unknown, where: string): PictureIdentity {
  const file = parseFile(value, where);
  const side = (key: string): number => {
    const number = isRecord(value) ? value[key] : undefined;
    if (typeof number === 'number' && Number.isInteger(number) && number > 0) return number;
    throw invalid(`The recipe's "${where}.${key}" must be a whole number of pixels.`);
  };
  return { ...file, width: side('width'), height: side('height') };
}

function parseFile(value: unknown, where: string): FileIdentity {
  if (!isRecord(value)) throw invalid(`The recipe's "${where}" must name a file and its sha256.`);
  const { name, sha256 } = value;
  if (typeof name !== 'string' || name === '') throw invalid(`The recipe's "${where}.name" must be a name.`);
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid(`The recipe's "${where}.sha256" must be 64 hexadecimal digits.`);
  }
  return { name, sha256 };
}

function invalid(message: string): ReverieError {
  return new ReverieError('recipe/invalid', message);
}
