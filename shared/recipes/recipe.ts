/** Recipes: everything needed to repeat a picture, stored inside it and as JSON. */
import { ReverieError, errorData } from '../errors.ts';
import { isRecord } from '../schema.ts';
import { knownEntries, leftOut, upgraded, type StoredFormat } from '../stored.ts';
import {
  isRecipeMethod,
  methods,
  methodNames,
  type MethodSettings,
  type PictureMethod,
  type RecipeMethod,
} from '../methods/registry.ts';
import { byFlag, parse, type Fields } from './fields.ts';
import { inWords } from './kinds.ts';
import {
  RECIPE_FORMAT,
  type FileIdentity,
  type NetworkIdentity,
  type PictureIdentity,
  type RecipeForm,
  type TileChange,
} from './recipe-form.ts';

/** The recipe of any method, or of the one that is named. */
export type Recipe<M extends RecipeMethod = RecipeMethod> = {
  [K in M]: RecipeForm<K, MethodSettings<K>, K extends PictureMethod ? PictureIdentity : null>;
}[M];

export const RECIPE: StoredFormat = {
  name: 'The recipe',
  key: 'reverie',
  current: RECIPE_FORMAT,
  steps: {},
};

/** A recipe, and what of it could not be used, in sentences. */
export interface StoredRecipe {
  recipe: Recipe;
  notes: readonly string[];
}

/** The recipe alone; see {@link readRecipe}. @throws recipe/invalid */
export function parseRecipe(value: unknown): Recipe {
  return readRecipe(value).recipe;
}

/**
 * A recipe of this format or an earlier one, from parsed JSON. A setting that is not known is left out, and told.
 * @throws recipe/invalid saying what is wrong, also for a recipe of a later format
 */
export function readRecipe(stored: unknown): StoredRecipe {
  if (!isRecord(stored) || !('reverie' in stored))
    throw invalid('This is not a recipe of Reverie: it has no "reverie" entry.');
  const value = upgraded(RECIPE, stored, invalid);
  const { method } = value;
  if (!isRecipeMethod(method)) {
    throw invalid(
      `The recipe's method ${JSON.stringify(method ?? null)} is not known; this version knows ${inWords(methodNames.filter(isRecipeMethod).sort())}.`,
    );
  }
  const { settings, inputs } = methods[method];
  const files = value['files'] === undefined ? undefined : parseFiles(value['files']);
  const { known, unknown } = knownSettings(settings, value['settings']);
  // The one place where the table is taken on trust: what belongs to the method was read by the method's own entries.
  const recipe = {
    reverie: RECIPE_FORMAT,
    method,
    model: parseNetwork(value['model']),
    source: 'image' in inputs ? parsePicture(value['source'], 'source') : null,
    ...(files === undefined ? {} : { files }),
    ...(value['tiles'] === undefined ? {} : { tiles: parseTiles(value['tiles']) }),
    settings: parseSettings(settings, known),
  } as Recipe;
  return { recipe, notes: leftOut('The recipe', unknown) };
}

/** The settings that a table knows, and the names of the others. */
export function knownSettings(
  fields: Fields,
  settings: unknown,
): { known: unknown; unknown: readonly string[] } {
  if (!isRecord(settings)) return { known: settings, unknown: [] };
  return knownEntries(settings, (key) => Object.hasOwn(fields, key));
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

function parseNetwork(value: unknown): NetworkIdentity {
  const output = isRecord(value) ? value['output'] : undefined;
  if (output !== undefined && typeof output !== 'string')
    throw invalid('The recipe\'s "model.output" must be a name.');
  return { ...parseFile(value, 'model'), ...(output === undefined ? {} : { output }) };
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
