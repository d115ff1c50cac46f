/** `reverie filters`. */
import { resolve } from 'node:path';
import type { FiltersRequest } from '../../shared/contract/filters.ts';
import { execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { filters } from '../../shared/recipes/filters.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import type { Command, Context, Outcome } from './command.ts';
import { pick } from './dream.ts';
import { freeName } from './free-name.ts';

const output = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The PNG to write',
    default: null,
    auto: '<network>-filters.png here',
    accepts: 'picture',
  },
} as const satisfies Fields;

export const filtersCommand: Command = {
  name: 'filters',
  usage: '',
  positionals: { min: 0, max: 0 },
  summary: "Show the weights of a network's first layer as pictures",
  options: { Filters: filters, Output: output, Network: { model: execution.model } },
  run(context) {
    return showFilters(context, {
      settings: parse(filters, pick(context.given, filters)),
      ...parse(execution, pick(context.given, execution)),
    });
  },
};

/** Repeats a sheet of filters; options of the command line go before the recipe's. */
export function repeatFilters(context: Context, recipe: Recipe<'filters'>): Promise<Outcome> {
  return showFilters(context, {
    settings: parse(filters, { ...recipe.settings, ...pick(context.given, filters) }),
    ...parse(execution, { model: recipe.model.name, ...pick(context.given, execution) }),
  });
}

async function showFilters(
  { engine, interruption, given }: Context,
  asked: Omit<FiltersRequest, 'out' | 'pictures'>,
): Promise<Outcome> {
  const { out } = parse(output, pick(given, output));
  const target = resolve(out ?? freeName(asked.model ?? 'network', 'filters'));
  const result = await interruption.unless(engine.filters({ ...asked, out: target, pictures: false }));
  const { layer, filters: count, channels, kernel, normalisation } = result;
  return {
    json: result,
    lines: [
      target,
      `${layer}: ${count} filters of ${kernel.width}×${kernel.height} weights in ${channels} channels`,
      normalisation,
    ],
  };
}
