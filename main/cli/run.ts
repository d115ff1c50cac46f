/** `reverie run`: repeats a recipe from its JSON or from the picture that holds it, with any option of its method changed. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { anyMethod, isRecipeMethod, methodNames, type RecipeMethod } from '../../shared/methods/registry.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { flagOf, parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import { general, pick, type Command, type Given } from './command.ts';
import { optionTables, perform } from './method-command.ts';

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
  notes: [
    "Every option of the recipe's method changes its setting; without one, the setting is the recipe's.",
    `See reverie help ${methodNames.filter(isRecipeMethod).join(', ')}.`,
  ],
  options: { Picture: source },
  // Which of them are meant is known once the recipe has been read.
  accepts: methodNames.filter(isRecipeMethod).flatMap((name) => Object.values(optionTables(name))),
  async run(context) {
    const { engine, interruption, given, positionals, stderr } = context;
    const path = resolve(positionals[0] ?? '');
    const { recipe, notes } = await interruption.unless(engine.readRecipe({ path }));
    for (const note of notes) stderr.write(`${note}\n`);
    refuseForeignOptions(recipe.method, given);
    const inputs = recipe.source === null ? {} : { image: imageOf(given, recipe.source.name, path) };
    const files = locateFiles(recipe, given, path);
    return perform({ ...context, given: { ...given, ...files } }, recipe.method, { inputs, repeats: recipe });
  },
};

/** @throws usage/option for an option of other methods alone */
function refuseForeignOptions(method: RecipeMethod, given: Given): void {
  const known = Object.assign({}, source, general, ...Object.values(optionTables(method))) as Fields;
  const foreign = Object.keys(given).find((key) => !Object.hasOwn(known, key));
  if (foreign === undefined) return;
  const flag = `--${flagOf(foreign)}`;
  const hint = didYouMean(
    flag,
    Object.keys(known).map((key) => `--${flagOf(key)}`),
  );
  const { noun } = anyMethod[method].words;
  throw new ReverieError('usage/option', `There is no option ${flag} for the recipe of a ${noun}.${hint}`);
}

/** The picture that is named, or the recipe's. */
function imageOf(given: Given, name: string, recipePath: string): string {
  return resolve(parse(source, pick(given, source)).image ?? locate('image', name, dirname(recipePath)));
}

/** Paths of the files that settings of a recipe name without folders and the command line does not give. */
function locateFiles(
  { method, files = {} }: Recipe,
  given: Given,
  recipePath: string,
): Record<string, string> {
  const { settings } = anyMethod[method];
  const missing = Object.entries(files).filter(
    ([key]) => settings[key]?.kind === 'file' && given[key] === undefined,
  );
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
