/** `reverie filters`. */
import { resolve } from 'node:path';
import { execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { filters } from '../../shared/recipes/filters.ts';
import type { Command } from './command.ts';
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
  async run({ engine, interruption, given }) {
    const chosen = parse(execution, pick(given, execution));
    const { out } = parse(output, pick(given, output));
    const result = await interruption.unless(
      engine.filters({
        settings: parse(filters, pick(given, filters)),
        out: resolve(out ?? freeName(chosen.model ?? 'network', 'filters')),
        pictures: false,
        ...chosen,
      }),
    );
    const { layer, filters: count, channels, kernel, normalisation, output: path } = result;
    return {
      json: result,
      lines: [
        ...(path === null ? [] : [path]),
        `${layer}: ${count} filters of ${kernel.width}×${kernel.height} weights in ${channels} channels`,
        normalisation,
      ],
    };
  },
};
