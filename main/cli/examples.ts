/** `reverie examples`: the photos of a folder that excite units most, with the crops that did. */
import { basename, resolve } from 'node:path';
import type { ExamplesResult, UnitExamples } from '../../shared/contract/examples.ts';
import { columns } from '../../shared/columns.ts';
import { ReverieError } from '../../shared/errors.ts';
import { execution } from '../../shared/recipes/common.ts';
import { examples } from '../../shared/recipes/examples.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Command, Outcome } from './command.ts';
import { pick } from './dream.ts';
import { createProgress } from './progress.ts';

const output = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The PNG to write: for each unit a row of crops, and a row of what in them excites it',
    default: null,
    auto: 'none',
    accepts: 'picture',
  },
} as const satisfies Fields;

export const examplesCommand: Command = {
  name: 'examples',
  usage: '<folder>',
  positionals: { min: 1, max: 1000 },
  summary: 'Find the photos that excite a unit most, and where in them',
  notes: [
    'What was learned of a photo is kept: asking for another unit of the same layer takes no time, and a scan that was interrupted goes on.',
  ],
  options: { Examples: examples, Output: output, Network: execution },
  async run({ engine, interruption, given, positionals, stderr }) {
    const { out } = parse(output, pick(given, output));
    const request = {
      photos: positionals.map((path) => resolve(path)),
      settings: parse(examples, pick(given, examples)),
      out: out === null ? null : resolve(out),
      pictures: false,
      ...parse(execution, pick(given, execution)),
    };
    const progress = createProgress(stderr);
    try {
      for await (const event of interruption.follow(engine.examples(request))) {
        if (event.kind === 'started') progress.started(event);
        else if (event.kind === 'step') progress.step(event);
        else return outcomeOf(event.result);
      }
    } finally {
      progress.end();
    }
    throw new ReverieError('internal', 'The scan ended without a result.');
  },
};

function outcomeOf(result: ExamplesResult): Outcome {
  const { photos, cached, failed, msPerPhoto, seconds, units, output: sheet } = result;
  const known = cached === 0 ? '' : `, ${cached} of them known from before`;
  const unreadable = failed.map(({ path, reason }) => `${basename(path)}: ${reason}`);
  return {
    json: result,
    lines: [
      ...units.flatMap(linesOf),
      `${photos} photos in ${seconds.toFixed(1)} s${known}, ${msPerPhoto.toFixed(0)} ms each`,
      ...unreadable,
      ...(sheet === null ? [] : [sheet]),
    ],
  };
}

function linesOf({ target, label, examples: found, inputs }: UnitExamples): string[] {
  const rows = found.map(({ path, value, crop }) => [
    value.toPrecision(4),
    basename(path),
    `${crop.width}×${crop.height} at ${crop.x},${crop.y}`,
  ]);
  const fed = inputs.map(({ layer, channel, weight }) => `${layer}/${channel} (${weight.toPrecision(2)})`);
  return [
    label === null ? target : `${target} (${label})`,
    ...columns(rows).map((row) => `  ${row}`),
    ...(fed.length === 0 ? [] : [`  fed most by ${fed.join(', ')}`]),
  ];
}
