/** The recipe in a JSON file, or in a PNG made by Reverie. */
import { readFile } from 'node:fs/promises';
import { textOf } from '../../../files/text-file.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { readRecipe, type StoredRecipe } from '../../../../shared/recipes/recipe.ts';
import { isPng } from '../../imaging/png-chunks.ts';
import { readRecipe as recipeIn } from '../../imaging/recipe-chunk.ts';

/** @throws ReverieError `recipe/missing` or `recipe/invalid`, naming the file */
export async function readStoredRecipe(path: string): Promise<StoredRecipe> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new ReverieError('recipe/missing', `The recipe "${path}" cannot be read.`, {}, { cause: error });
  });
  if (!isPng(bytes)) return readRecipe(parseJson(textOf(bytes), path));
  const recipe = recipeIn(bytes);
  if (recipe === undefined) {
    throw new ReverieError(
      'recipe/missing',
      `The picture "${path}" holds no recipe: Reverie did not make it, or it was saved again by another program.`,
    );
  }
  return readRecipe(recipe);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ReverieError(
      'recipe/invalid',
      `"${path}" is neither a recipe in JSON nor a picture in PNG.`,
      {},
      { cause },
    );
  }
}
