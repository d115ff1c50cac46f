/** What a recipe wants and this machine or this version has not. */
import type { RestoredRecipe } from '../../shared/studio/gallery.ts';

/** Sentences, each with what to do; `further`: where the picture goes on from itself. */
export function missingFrom(
  { recipe, notes, source, model, files }: RestoredRecipe,
  further: boolean,
): readonly string[] {
  const sentences: string[] = [...notes];
  if (model === null) {
    sentences.push(
      `The recipe was made with the network "${recipe.model.name}", which is not installed: add its file under Models, or go on with the network chosen here.`,
    );
  }
  if (source === null && recipe.source !== null && !further) {
    sentences.push(
      `It started from "${recipe.source.name}", which is not in the gallery: add that picture, or choose another one.`,
    );
  }
  for (const [key, file] of Object.entries(recipe.files ?? {})) {
    if ((files[key] ?? null) === null)
      sentences.push(`Its ${key} "${file.name}" is not in the gallery: add it, or leave it out.`);
  }
  return sentences;
}
