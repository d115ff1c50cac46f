/** `reverie classify`. */
import { resolve } from 'node:path';
import { classify } from '../../shared/recipes/classify.ts';
import { execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Command } from './command.ts';
import { pick } from './dream.ts';

const printed = {
  printed: {
    kind: 'boolean',
    label: 'Printed',
    help: 'The pictures are photos of sheets from "attack --print": find the markers and straighten them first',
    default: false,
  },
} as const satisfies Fields;

export const classifyCommand: Command = {
  name: 'classify',
  usage: '<image…>',
  positionals: { min: 1, max: Infinity },
  summary: 'List the likeliest classes of pictures',
  options: { Classify: { ...classify, ...printed }, Network: execution },
  async run({ engine, interruption, given, positionals }) {
    const result = await interruption.unless(
      engine.classify({
        images: positionals.map((path) => resolve(path)),
        settings: parse(classify, pick(given, classify)),
        ...parse(printed, pick(given, printed)),
        ...parse(execution, pick(given, execution)),
      }),
    );
    const lines = result.images.flatMap(({ path, classes }) => [
      path,
      ...classes.map(({ index, label, probability }) => {
        return `  ${(100 * probability).toFixed(2).padStart(6)} %  ${label ?? `class ${index}`}`;
      }),
    ]);
    return { json: result, lines };
  },
};
