/** Sentences that whoever follows a job should read before its first step. */
import type { FileIdentity } from '../../../../shared/recipes/recipe-form.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import type { ImageSource } from '../../imaging/source.ts';
import type { Model } from '../../models/model.ts';

/** What a job should tell of the file that it works from. */
export function notesOnFile({ lacksEnd }: ImageSource): string[] {
  return lacksEnd
    ? [
        'The JPEG file stops before its end marker; all of the picture is there, but it may have been cut off.',
      ]
    : [];
}

/** What may make a picture another one than expected: guessed preprocessing, and another network or source than the repeated recipe's. */
export function notesOn(
  { card, name, sha256 }: Model,
  repeats: Recipe | null = null,
  source?: FileIdentity,
): string[] {
  const notes: string[] = [];
  if (card.guessed) {
    notes.push(
      `Nothing says how "${name}" wants its pictures, so the usual preprocessing of ImageNet networks is taken.`,
    );
  }
  if (repeats !== null && repeats.model.sha256 !== sha256) {
    notes.push(
      `The recipe was made with another network, "${repeats.model.name}", so the picture will differ.`,
    );
  }
  if (repeats?.source && source !== undefined && repeats.source.sha256 !== source.sha256)
    notes.push(`The recipe was made from another picture, "${repeats.source.name}".`);
  return notes;
}
