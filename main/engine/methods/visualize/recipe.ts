/** The recipe of a visualisation. */
import { basename } from 'node:path';
import { type Recipe } from '../../../../shared/recipes/recipe.ts';
import { RECIPE_FORMAT, type FileIdentity } from '../../../../shared/recipes/recipe-form.ts';
import { formatObjective, parseObjective } from '../../../../shared/targets.ts';
import { identify } from '../common/identify.ts';
import type { CompleteSettings } from './plan.ts';
import type { MethodContext } from '../common/context.ts';

/** The recipe, with the files of directions named without their folders. */
export async function recipeOf(
  { model }: MethodContext,
  settings: CompleteSettings,
): Promise<Recipe<'visualize'>> {
  const files: Record<string, FileIdentity> = {};
  const target: string[] = [];
  for (const text of settings.target) {
    const parts = parseObjective(text);
    for (const part of parts) {
      if (part.target.kind !== 'direction') continue;
      const count = Object.keys(files).length;
      files[count === 0 ? 'target' : `target${count + 1}`] = await identify(part.target.file);
    }
    target.push(
      formatObjective(
        parts.map((part) =>
          part.target.kind === 'direction'
            ? { ...part, target: { ...part.target, file: basename(part.target.file) } }
            : part,
        ),
      ),
    );
  }
  return {
    reverie: RECIPE_FORMAT,
    method: 'visualize',
    model: model.identity,
    source: null,
    ...(Object.keys(files).length === 0 ? {} : { files }),
    settings: { ...settings, target },
  };
}
