/** `reverie attack`: one picture, or many with the table of success rates. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import type { AttackRequest } from '../../shared/contract/attack.ts';
import { ReverieError } from '../../shared/errors.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import { attack } from '../../shared/recipes/attack.ts';
import { execution, type Execution } from '../../shared/recipes/common.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import { attackLines, attackSetLines } from './attack-lines.ts';
import type { Command, Context, Outcome } from './command.ts';
import { pick } from './dream.ts';
import { freeName } from './free-name.ts';
import { createProgress } from './progress.ts';

const output = {
  out: {
    kind: 'text',
    label: 'Output',
    help: 'The PNG to write; of several pictures a folder',
    default: null,
    auto: '<picture>-attack.png here; of several pictures none is kept',
  },
  perturbation: {
    kind: 'text',
    label: 'Perturbation',
    help: 'A PNG of what was changed, ten times as strong on mid-grey',
    default: null,
    auto: 'none',
  },
  views: {
    kind: 'text',
    label: 'Views',
    help: 'A PNG with fresh random views of the result, framed bright where it succeeds',
    default: null,
    auto: 'none',
  },
  print: {
    kind: 'text',
    label: 'Print',
    help: 'A PNG to be printed, with markers; "classify --printed" straightens a photo of it',
    default: null,
    auto: 'none',
  },
  patch: {
    kind: 'text',
    label: 'Patch',
    help: 'A PNG of the patch alone, transparent around it, of one that works anywhere (--placement anywhere)',
    default: null,
    auto: 'none',
  },
  transfer: {
    kind: 'text',
    label: 'Transfer',
    help: 'Other networks that see the result, separated by commas, or "all"; with several pictures a matrix',
    default: null,
    auto: 'none',
  },
  labels: {
    kind: 'text',
    label: 'Labels',
    help: 'What several pictures show: CSV lines file,class or JSON',
    default: null,
    auto: 'what the network sees before the attack',
  },
} as const satisfies Fields;

/** Files of a folder that are pictures, by extension. */
const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif', '.gif']);

export const attackCommand: Command = {
  name: 'attack',
  usage: '<image…|folder>',
  positionals: { min: 1, max: Infinity },
  summary: 'Change a picture as little as possible, so that a network sees something else',
  notes: [
    'Success, classes and norms are those of the file, read back from the disk. Of a folder or several pictures a table is',
    'printed, in which only those count that the network had right before. Of a folder, a patch with --placement anywhere',
    'is one for all pictures: every fourth is kept apart from its training.',
  ],
  options: { Attack: attack, Output: output, Network: execution },
  async run(context) {
    const { engine, given, positionals, interruption } = context;
    const choice = parse(execution, pick(given, execution));
    const settings = parse(attack, pick(given, attack));
    const { out, perturbation, views, print, patch, transfer, labels } = parse(output, pick(given, output));
    const [image = ''] = positionals;
    if (positionals.length === 1 && !isFolder(image)) {
      if (labels !== null)
        throw new ReverieError('usage/option', '--labels is for a folder or several pictures.');
      return attackOne(context, { image: resolve(image), settings, ...choice });
    }
    if (perturbation !== null || views !== null) {
      throw new ReverieError('usage/option', '--perturbation and --views are for a single picture.');
    }
    const events = engine.attackSet({
      images: positionals.flatMap(picturesIn),
      settings,
      labels: labels === null ? null : resolve(labels),
      out: out === null ? null : resolve(out),
      print: print === null ? null : resolve(print),
      patch: patch === null ? null : resolve(patch),
      transfer: await interruption.unless(networksIn(engine, transfer, choice)),
      ...choice,
    });
    return follow(context, events, (result) => ({ json: result, lines: attackSetLines(result) }));
  },
};

/** Attacks a picture again as its recipe says, with what the command line changes. */
export function repeatAttack(context: Context, recipe: Recipe<'attack'>, image: string): Promise<Outcome> {
  return attackOne(context, {
    image,
    settings: parse(attack, { ...recipe.settings, ...pick(context.given, attack) }),
    ...parse(execution, { model: recipe.model.name, ...pick(context.given, execution) }),
  });
}

async function attackOne(
  context: Context,
  asked: Pick<AttackRequest, 'image' | 'settings' | keyof Execution>,
): Promise<Outcome> {
  const { engine, given, interruption } = context;
  const { out, perturbation, views, print, patch, transfer } = parse(output, pick(given, output));
  const events = engine.attack({
    ...asked,
    out: resolve(out ?? freeName(asked.image, 'attack')),
    perturbation: perturbation === null ? null : resolve(perturbation),
    views: views === null ? null : resolve(views),
    print: print === null ? null : resolve(print),
    patch: patch === null ? null : resolve(patch),
    transfer: await interruption.unless(networksIn(engine, transfer, asked)),
    preview: null,
  });
  return follow(context, events, (result) => ({ json: result, lines: attackLines(result) }));
}

async function follow<Result>(
  { interruption, stderr }: Context,
  events: AsyncIterable<JobEvent<Result>>,
  outcome: (result: Result) => Outcome,
): Promise<Outcome> {
  const progress = createProgress(stderr);
  try {
    for await (const event of interruption.follow(events)) {
      if (event.kind === 'started') progress.started(event);
      else if (event.kind === 'step') progress.step(event);
      else return outcome(event.result);
    }
  } finally {
    progress.end();
  }
  throw new ReverieError('internal', 'The attack ended without a result.');
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The pictures of a folder in the order of their names; a file stands for itself. */
function picturesIn(path: string): string[] {
  if (!isFolder(path)) return [resolve(path)];
  const files = readdirSync(path).filter((name) => PICTURES.has(extname(name).toLowerCase()));
  if (files.length === 0) {
    const accepted = [...PICTURES].join(', ');
    throw new ReverieError('image/missing', `The folder "${path}" has no pictures (${accepted}).`);
  }
  return files.sort().map((name) => resolve(join(path, name)));
}

/** The networks of a list; `all` are those that are installed, but for the one that is attacked. */
async function networksIn(
  engine: EngineApi,
  list: string | null,
  { model }: Pick<Execution, 'model'>,
): Promise<string[]> {
  if (list === null) return [];
  if (list !== 'all') return list.split(',').map((name) => name.trim());
  const { models } = await engine.listModels();
  const attacked = models.find((row) => (model === null ? row.default : row.id === model));
  return models.filter((row) => row !== attacked).map(({ id }) => id);
}
