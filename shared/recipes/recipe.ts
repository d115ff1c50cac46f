/** Recipes: everything needed to repeat a picture, stored inside it and as JSON. */
import { ReverieError, errorData } from '../errors.ts';
import { dream, type DreamSettings } from './dream.ts';
import { byFlag, isRecord, parse } from './fields.ts';

/** The format that this version writes and reads. */
export const RECIPE_FORMAT = 1;

/** A file that took part: its name without the folder (a picture travels, a home folder should not), and its hash. */
export interface FileIdentity {
  name: string;
  /** SHA-256 of the file's bytes, 64 lower-case hexadecimal digits. */
  sha256: string;
}

/** The picture a recipe starts from, with its size in pixels after orientation. */
export interface PictureIdentity extends FileIdentity {
  width: number;
  height: number;
}

interface RecipeOf<Method extends string, Settings> {
  reverie: typeof RECIPE_FORMAT;
  method: Method;
  /** `name` is the id of an installed network, or the file's name of one opened by its path. */
  model: FileIdentity;
  source: PictureIdentity;
  /** Other files that the settings name, by the key of the setting; there, too, without their folders. */
  files?: Readonly<Record<string, FileIdentity>>;
  /** Complete: every default filled in. */
  settings: Settings;
}

export type Recipe = RecipeOf<'dream', DreamSettings>;

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
  if (value['method'] !== 'dream') {
    throw invalid(
      `The recipe's method ${JSON.stringify(value['method'] ?? null)} is not known; this version knows "dream".`,
    );
  }
  const files = value['files'] === undefined ? undefined : parseFiles(value['files']);
  return {
    reverie: RECIPE_FORMAT,
    method: 'dream',
    model: parseFile(value['model'], 'model'),
    source: parsePicture(value['source'], 'source'),
    ...(files === undefined ? {} : { files }),
    settings: parseSettings(value['settings']),
  };
}

function parseSettings(value: unknown): DreamSettings {
  try {
    return parse(dream, value, byFlag);
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
