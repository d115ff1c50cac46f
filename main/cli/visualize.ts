/** `reverie visualize`, and the following of one that `reverie run` shares. */
import { resolve } from 'node:path';
import type { VisualizeRequest, VisualizeResult } from '../../shared/contract/visualize.ts';
import { ReverieError } from '../../shared/errors.ts';
import { execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import { PARAMETRISATION_DEFAULTS, visualize } from '../../shared/recipes/visualize.ts';
import type { Command, Context, Given, Outcome } from './command.ts';
import { pick, unwatched } from './dream.ts';
import { freeName } from './free-name.ts';
import { createProgress } from './progress.ts';

export const visualizeOutput = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The PNG to write; several images make one sheet',
    default: null,
    auto: '<target>-visualize.png here',
    accepts: 'picture',
  },
  separate: {
    kind: 'boolean',
    label: 'Separate',
    help: 'Also write each image of a sheet as a file of its own: out-1.png, out-2.png, …',
    default: false,
  },
  film: {
    kind: 'file',
    label: 'Film',
    help: 'A folder for PNGs of the steps on the way, 0000.png being the noise at the start',
    default: null,
    auto: 'none',
    accepts: 'folder',
  },
  filmSteps: {
    kind: 'integers',
    label: 'Film steps',
    help: 'Which steps the film has; the last is always one',
    default: null,
    auto: '0, 1, 2, 4, 8, …',
    min: 0,
    max: 16384,
  },
} as const satisfies Fields;

export const visualizeCommand: Command = {
  name: 'visualize',
  usage: '--target <target>',
  positionals: { min: 0, max: 0 },
  summary: 'Optimise images from noise that excite units of a network',
  notes: [
    'A target is layer:<name>, channel:<layer>/<n>, neuron:<layer>/<n>@<x>,<y>, class:<index or name>',
    'or direction:<layer>/<file.npy>; several add up with weights in one text:',
    '  --target "channel:mixed4a/11*1 channel:mixed4a/6*-0.5"',
    'Each --target makes an image of its own.',
  ],
  options: { Visualize: visualize, Output: visualizeOutput, Network: execution },
  run: (context) =>
    followVisualize(context, {
      settings: parse(visualize, pick(context.given, visualize)),
      repeats: null,
      ...parse(execution, pick(context.given, execution)),
    }),
};

/** Repeats a recipe with what the command line changes about it. */
export function repeatVisualize(context: Context, recipe: Recipe<'visualize'>): Promise<Outcome> {
  return followVisualize(context, {
    settings: parse(visualize, { ...recipe.settings, ...pick(context.given, visualize) }),
    repeats: recipe,
    ...parse(execution, { model: recipe.model.name, ...pick(context.given, execution) }),
  });
}

async function followVisualize(
  { engine, interruption, given, stderr }: Context,
  asked: Omit<VisualizeRequest, 'out' | 'separate' | 'film' | keyof typeof unwatched>,
): Promise<Outcome> {
  const progress = createProgress(stderr);
  try {
    const events = engine.visualize({ ...asked, ...outputOf(given, asked), ...unwatched });
    for await (const event of interruption.follow(events)) {
      if (event.kind === 'started') progress.started(event);
      else if (event.kind === 'step') progress.step(event);
      else return { json: event.result, lines: summaryOf(event.result) };
    }
  } finally {
    progress.end();
  }
  throw new ReverieError('internal', 'The visualisation ended without a result.');
}

function outputOf(
  given: Given,
  { settings }: Pick<VisualizeRequest, 'settings'>,
): Pick<VisualizeRequest, 'out' | 'separate' | 'film'> {
  const { out, separate, film, filmSteps } = parse(visualizeOutput, pick(given, visualizeOutput));
  const last = settings.steps ?? PARAMETRISATION_DEFAULTS[settings.param].steps;
  return {
    out: resolve(out ?? freeName(stemOf(settings), 'visualize')),
    separate,
    film: film === null ? null : { folder: resolve(film), steps: filmSteps ?? doublings(last) },
  };
}

/** The first target as a part of a file's name. */
const stemOf = ({ target }: VisualizeRequest['settings']): string =>
  (target?.[0] ?? 'image').replace(/[^\w-]+/g, '-');

/** 0, 1, 2, 4, … below `last`: early steps change most. */
function doublings(last: number): number[] {
  const steps = [0];
  for (let step = 1; step < last; step *= 2) steps.push(step);
  return steps;
}

function summaryOf({
  output,
  images,
  notes,
  steps,
  seconds,
  msPerStep,
  runtime,
  device,
  recipe,
}: VisualizeResult): string[] {
  return [
    output,
    ...images.map(({ target, objective: { first, last }, output: own }) => {
      const file = own === null ? '' : `  ${own}`;
      return `  ${target}: ${first.toPrecision(4)} → ${last.toPrecision(4)}${file}`;
    }),
    ...notes,
    `${steps} steps in ${seconds.toFixed(1)} s, ${msPerStep.toFixed(0)} ms a step on ${runtime} (${device}), seed ${recipe.settings.seed}`,
  ];
}
