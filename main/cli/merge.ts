/** `reverie merge`: joins what the shards of a job have made. */
import { resolve } from 'node:path';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { pick, type Command } from './command.ts';
import { reports } from './reports.ts';

const options = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The folder for the whole; it may be one of those that are joined',
    default: 'merged',
    accepts: 'folder',
  },
  mixed: {
    kind: 'boolean',
    label: 'Mixed',
    help: 'Also join what different kinds of devices have computed, whose results differ a little',
    default: false,
  },
} as const satisfies Fields;

export const mergeCommand: Command = {
  name: 'merge',
  usage: '<folder…>',
  positionals: { min: 1, max: Infinity },
  summary: 'Join what the shards of a job have made',
  notes: [
    'Shards are made by the same command with --shard 1/n to --shard n/n, each with a folder --out of its own or all with the same. The whole is what one machine would have made, byte for byte.',
  ],
  options: { Merge: options },
  async run({ engine, interruption, given, positionals }) {
    const { out, mixed } = parse(options, pick(given, options));
    const folders = [...new Set(positionals.map((path) => resolve(path)))];
    const { method, result } = await interruption.unless(engine.merge({ folders, out: resolve(out), mixed }));
    return { json: result, lines: (reports[method] as (of: object) => readonly string[])(result) };
  },
};
