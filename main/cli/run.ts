/** `reverie run`: repeats a recipe from its JSON or from the picture that holds it. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { execution } from '../../shared/recipes/common.ts';
import { dream } from '../../shared/recipes/dream.ts';
import { flagOf, parse, type Fields } from '../../shared/recipes/fields.ts';
import type { PictureIdentity, Recipe } from '../../shared/recipes/recipe.ts';
import { repeatAttack } from './attack.ts';
import type { Command, Context, Given, Outcome } from './command.ts';
import { follow, output, outputOf, pick, unwatched } from './dream.ts';
import { repeatExplain } from './explain.ts';
import { repeatFilters } from './filters.ts';
import { repeatVisualize } from './visualize.ts';

const source = {
  image: {
    kind: 'file',
    label: 'Picture',
    help: 'The picture to start from',
    default: null,
    auto: "the recipe's, looked for here and beside the recipe",
    accepts: 'picture',
  },
} as const satisfies Fields;

export const runCommand: Command = {
  name: 'run',
  usage: '<recipe.json|picture.png>',
  positionals: { min: 1, max: 1 },
  summary: 'Repeat a recipe, stored as JSON or inside a picture',
  notes: ["Every option changes the recipe's setting; without one, the setting is the recipe's."],
  options: { Picture: source, Dream: dream, Output: output, Network: execution },
  async run(context) {
    const path = resolve(context.positionals[0] ?? '');
    const recipe = await context.interruption.unless(context.engine.readRecipe({ path }));
    switch (recipe.method) {
      case 'attack': {
        const given = { ...context.given, ...locateFiles(recipe, context.given, path) };
        return repeatAttack({ ...context, given }, recipe, imageOf(given, recipe.source, path));
      }
      case 'dream':
        return repeatDream(context, recipe, path);
      case 'visualize':
        return repeatVisualize(context, recipe);
      case 'explain':
        return repeatExplain(context, recipe, imageOf(context.given, recipe.source, path));
      case 'filters':
        return repeatFilters(context, recipe);
    }
  },
};

function repeatDream(context: Context, recipe: Recipe<'dream'>, path: string): Promise<Outcome> {
  const given = { ...context.given, ...locateFiles(recipe, context.given, path) };
  const image = resolve(parse(source, pick(given, source)).image ?? recipe.source.name);
  return follow(context, {
    image,
    settings: parse(dream, { ...recipe.settings, ...pick(given, dream) }),
    repeats: recipe,
    smaller: false,
    ...unwatched,
    ...parse(execution, { model: recipe.model.name, ...pick(given, execution) }),
    ...outputOf(given, image),
  });
}

/** The picture that is named, or the recipe's. */
function imageOf(given: Given, { name }: PictureIdentity, recipePath: string): string {
  return resolve(parse(source, pick(given, source)).image ?? locate('image', name, dirname(recipePath)));
}

/** Paths of the files that a recipe names without folders and the command line does not give. */
function locateFiles(
  recipe: Recipe<'dream' | 'attack'>,
  given: Record<string, unknown>,
  recipePath: string,
): Record<string, string> {
  const named = { image: recipe.source, ...recipe.files };
  const missing = Object.entries(named).filter(([key]) => given[key] === undefined);
  return Object.fromEntries(missing.map(([key, { name }]) => [key, locate(key, name, dirname(recipePath))]));
}

function locate(key: string, name: string, folder: string): string {
  const path = [resolve(name), join(folder, name)].find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new ReverieError(
    'image/missing',
    `The recipe's picture "${name}" is neither here nor beside the recipe; name it with --${flagOf(key)}.`,
  );
}
