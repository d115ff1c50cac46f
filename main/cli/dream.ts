/** `reverie dream`, and the following of a dream that `reverie run` shares. */
import { resolve } from 'node:path';
import type { PictureResult } from '../../shared/contract/result.ts';
import { ReverieError } from '../../shared/errors.ts';
import { execution } from '../../shared/recipes/common.ts';
import { dream } from '../../shared/recipes/dream.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { DreamRequest } from '../../shared/contract/dream.ts';
import type { Command, Context, Given, Outcome } from './command.ts';
import { freeName } from './free-name.ts';
import { createProgress } from './progress.ts';

/** Where the pictures go. */
export const output = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The PNG to write',
    default: null,
    auto: '<picture>-dream.png here',
    accepts: 'picture',
  },
  frames: {
    kind: 'file',
    label: 'Frames',
    help: 'A folder for one PNG of every step',
    default: null,
    auto: 'none',
    accepts: 'folder',
  },
} as const satisfies Fields;

/** A terminal shows no pictures, and a dream that it starts runs in one go. */
export const unwatched = { preview: null, checkpoint: null, start: null } as const;

export const dreamCommand: Command = {
  name: 'dream',
  usage: '<image>',
  positionals: { min: 1, max: 1 },
  summary: 'Grow a deep dream out of a picture',
  options: { Dream: dream, Output: output, Network: execution },
  run(context) {
    const [image = ''] = context.positionals;
    return follow(context, {
      image: resolve(image),
      settings: parse(dream, pick(context.given, dream)),
      repeats: null,
      smaller: false,
      ...unwatched,
      ...parse(execution, pick(context.given, execution)),
      ...outputOf(context.given, image),
    });
  },
};

/** Paths of what a dream of `image` writes. */
export function outputOf(given: Given, image: string): Pick<DreamRequest, 'out' | 'frames'> {
  const { out, frames } = parse(output, pick(given, output));
  return {
    out: resolve(out ?? freeName(image, 'dream')),
    frames: frames === null ? null : { folder: resolve(frames), scale: 'full' },
  };
}

/** The options that belong to a table. */
export function pick(given: Given, fields: Fields): Given {
  return Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(fields, key)));
}

/** Runs a dream to its end, telling its progress. */
export async function follow(
  { engine, interruption, stderr }: Context,
  request: DreamRequest,
): Promise<Outcome> {
  const progress = createProgress(stderr);
  try {
    for await (const event of interruption.follow(engine.dream(request))) {
      if (event.kind === 'started') progress.started(event);
      else if (event.kind === 'step') progress.step(event);
      else return { json: event.result, lines: summaryOf(event.result) };
    }
  } finally {
    progress.end();
  }
  throw new ReverieError('internal', 'The dream ended without a result.');
}

function summaryOf({
  output: path,
  steps,
  seconds,
  msPerStep,
  runtime,
  device,
  recipe,
}: PictureResult): string[] {
  const seed = 'seed' in recipe.settings ? `, seed ${recipe.settings.seed}` : '';
  return [
    path,
    `${steps} steps in ${seconds.toFixed(1)} s, ${msPerStep.toFixed(0)} ms a step on ${runtime} (${device})${seed}`,
  ];
}
