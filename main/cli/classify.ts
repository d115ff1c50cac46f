/** `reverie classify`. */
import { resolve } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { classify } from '../../shared/recipes/classify.ts';
import { execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { pick, type Command } from './command.ts';

const printed = {
  printed: {
    kind: 'boolean',
    label: 'Printed',
    help: 'The pictures are photos of sheets from "attack --print": find the markers and straighten them first',
    default: false,
  },
  straightened: {
    kind: 'text',
    label: 'Straightened',
    help: 'A folder for the pictures on such sheets, straightened, as <photo>-straightened.png',
    default: null,
    auto: 'none',
  },
} as const satisfies Fields;

export const classifyCommand: Command = {
  name: 'classify',
  usage: '<image…>',
  positionals: { min: 1, max: Infinity },
  summary: 'List the likeliest classes of pictures',
  options: { Classify: { ...classify, ...printed }, Network: execution },
  async run({ engine, interruption, given, positionals }) {
    const sheets = parse(printed, pick(given, printed));
    if (sheets.straightened !== null && !sheets.printed)
      throw new ReverieError('usage/option', '--straightened is for photos of sheets; add --printed.');
    const result = await interruption.unless(
      engine.classify({
        images: positionals.map((path) => resolve(path)),
        settings: parse(classify, pick(given, classify)),
        printed: sheets.printed,
        straightened: sheets.straightened === null ? null : resolve(sheets.straightened),
        ...parse(execution, pick(given, execution)),
      }),
    );
    const lines = result.images.flatMap(({ path, classes }) => [
      path,
      ...classes.map(({ index, label, probability, logit }) => {
        const score = logit === undefined ? '' : `  (logit ${logit.toFixed(3)})`;
        return `  ${(100 * probability).toFixed(2).padStart(6)} %  ${label ?? `class ${index}`}${score}`;
      }),
    ]);
    const broken = result.failed.map(({ reason }) => reason);
    return { json: result, lines: [...lines, ...broken] };
  },
};
