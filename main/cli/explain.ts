/** `reverie explain`. */
import { resolve } from 'node:path';
import type { ExplainRequest, ExplainResult, MethodResult } from '../../shared/contract/explain.ts';
import { ReverieError } from '../../shared/errors.ts';
import { execution } from '../../shared/recipes/common.ts';
import { explain } from '../../shared/recipes/explain.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import type { Command, Context, Outcome } from './command.ts';
import { pick } from './dream.ts';
import { freeName } from './free-name.ts';
import { createProgress } from './progress.ts';

const output = {
  out: {
    kind: 'file',
    label: 'Output',
    help: 'The PNG to write: what the network saw, then a map for each method',
    default: null,
    auto: '<picture>-explain.png here',
    accepts: 'picture',
  },
  raw: {
    kind: 'text',
    label: 'Numbers',
    help: 'A .npy file for the numbers of the map; with several methods one for each',
    default: null,
    auto: 'none',
  },
} as const satisfies Fields;

export const explainCommand: Command = {
  name: 'explain',
  usage: '<image>',
  positionals: { min: 1, max: 1 },
  summary: 'Show what in a picture speaks for a class, or excites any other unit',
  notes: [
    'Targets are class:<index or name>, channel:<layer>/<n>, neuron:<layer>/<n>@<x>,<y>, layer:<name> or',
    'direction:<layer>/<file.npy>; several in one text, each with a weight such as *-0.5, are added up.',
  ],
  options: { Explain: explain, Output: output, Network: execution },
  run(context) {
    const [image = ''] = context.positionals;
    return followExplain(context, {
      image: resolve(image),
      settings: parse(explain, pick(context.given, explain)),
      ...parse(execution, pick(context.given, execution)),
    });
  },
};

/** Repeats an explanation, of `image`; options of the command line go before the recipe's. */
export function repeatExplain(context: Context, recipe: Recipe<'explain'>, image: string): Promise<Outcome> {
  return followExplain(context, {
    image,
    settings: parse(explain, { ...recipe.settings, ...pick(context.given, explain) }),
    ...parse(execution, { model: recipe.model.name, ...pick(context.given, execution) }),
  });
}

async function followExplain(
  { engine, interruption, given, stderr }: Context,
  asked: Omit<ExplainRequest, 'out' | 'raw' | 'pictures'>,
): Promise<Outcome> {
  const { out, raw } = parse(output, pick(given, output));
  const events = engine.explain({
    ...asked,
    out: resolve(out ?? freeName(asked.image, 'explain')),
    raw: raw === null ? null : resolve(raw),
    pictures: false,
  });
  const progress = createProgress(stderr);
  try {
    for await (const event of interruption.follow(events)) {
      if (event.kind === 'started') progress.started(event);
      else if (event.kind === 'step') progress.step(event);
      else return { json: event.result, lines: linesOf(event.result) };
    }
  } finally {
    progress.end();
  }
  throw new ReverieError('internal', 'The explanation ended without a result.');
}

function linesOf(result: ExplainResult): string[] {
  const { output: path, classes, target, recipe, methods, steps, seconds, runtime, device } = result;
  const of = target.label === null ? target.text : `${target.text} (${target.label})`;
  return [
    ...(path === null ? [] : [path]),
    ...classes.map(
      ({ index, label, probability }) => `  ${percent(probability)}  ${label ?? `class ${index}`}`,
    ),
    `${of}: ${recipe.settings.score} ${target.score.toPrecision(5)}`,
    ...methods.flatMap(describe),
    `${steps} passes in ${seconds.toFixed(1)} s on ${runtime} (${device})`,
  ];
}

/** The method with its definition, and what it has to tell. */
function describe({
  method,
  definition,
  gates,
  layer,
  completenessGap,
  difference,
  randomised,
  note,
  raw,
}: MethodResult): string[] {
  const facts = [
    ...(gates === undefined ? [] : [`gates rewritten: ${gates}`]),
    ...(layer === undefined ? [] : [`layer: ${layer}`]),
    ...(completenessGap === undefined || difference === undefined
      ? []
      : [
          `completeness gap: ${completenessGap.toPrecision(3)} of a difference of ${difference.toPrecision(5)}`,
        ]),
    ...(randomised === undefined
      ? []
      : [`rank correlation with shuffled weights: ${randomised?.toFixed(3) ?? 'none, a map is constant'}`]),
    ...(note === undefined ? [] : [note]),
    ...(raw === null ? [] : [raw]),
  ];
  return [`${method}: ${definition}`, ...facts.map((fact) => `  ${fact}`)];
}

const percent = (probability: number): string => `${(100 * probability).toFixed(1).padStart(5)} %`;
