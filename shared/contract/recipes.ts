/** Reading the recipe that a file holds. */
import { record, text } from './check.ts';

export interface ReadRecipeRequest {
  /** Path of a recipe (JSON) or of a picture that holds one. */
  path: string;
}

/** @throws usage/option on anything but a complete request */
export function parseReadRecipeRequest(value: unknown): ReadRecipeRequest {
  return { path: text(record(value, 'readRecipe')['path'], 'path') };
}
