/** `reverie atlas`: every channel of a layer, kept as they are made. */
import { resolve } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { atlas } from '../../shared/recipes/atlas.ts';
import { execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Command } from './command.ts';
import { pick } from './dream.ts';
import { createProgress } from './progress.ts';

const output = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The PNG to write: all channels on one sheet',
    default: null,
    auto: 'none; the images are kept for the studio',
    accepts: 'picture',
  },
} as const satisfies Fields;

export const atlasCommand: Command = {
  name: 'atlas',
  usage: '',
  positionals: { min: 0, max: 0 },
  summary: 'Make every channel of a layer visible',
  notes: ['What was made is kept: an atlas that was interrupted goes on where it stopped.'],
  options: { Atlas: atlas, Output: output, Network: execution },
  async run({ engine, interruption, given, stderr }) {
    const { out } = parse(output, pick(given, output));
    const request = {
      settings: parse(atlas, pick(given, atlas)),
      out: out === null ? null : resolve(out),
      preview: null,
      ...parse(execution, pick(given, execution)),
    };
    const progress = createProgress(stderr);
    try {
      for await (const event of interruption.follow(engine.atlas(request))) {
        if (event.kind === 'started') progress.started(event);
        else if (event.kind === 'step') progress.step(event);
        else {
          const { layer, done, silent, made, folder, output: sheet, msPerChannel } = event.result;
          const pace = made === 0 ? '' : `, ${(msPerChannel / 1000).toFixed(1)} s each`;
          const mute = silent.length === 0 ? '' : `; ${silent.length} channels are silent`;
          return {
            json: event.result,
            lines: [`${layer}: ${done.length} channels, ${made} made now${pace}${mute}`, sheet ?? folder],
          };
        }
      }
    } finally {
      progress.end();
    }
    throw new ReverieError('internal', 'The atlas ended without a result.');
  },
};
