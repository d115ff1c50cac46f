/** The commands of methods that work on a single picture, or on several, a folder, or a list, with one table for all of them. */
import { existsSync, statSync } from 'node:fs';
import { parse as parsePath, resolve } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { anyMethod, type MethodName } from '../../shared/methods/registry.ts';
import { setOf, targetList } from '../../shared/methods/sets.ts';
import { flagOf, parse, type Fields } from '../../shared/recipes/fields.ts';
import { expectation, readValue } from '../../shared/recipes/kinds.ts';
import { shortName } from '../files/short-name.ts';
import { readText } from '../files/text-file.ts';
import { pick, type Command, type Context, type Given } from './command.ts';
import { methodCommand, perform } from './method-command.ts';

/** The methods that take pictures, and what does the same with many. */
const many = { ...setOf, attack: 'attackSet' } as const;
type Many = keyof typeof many;

const SINGLE = 'is for a single picture';
const SEVERAL = 'is for a folder or several pictures';

export function oneOrManyCommand(name: Exclude<Many, 'visualize'>): Command {
  const one = methodCommand(name);
  const set = many[name];
  return {
    ...one,
    options: withOutputs(one, set),
    run(context) {
      const { given, positionals } = context;
      const [image = ''] = positionals;
      if (!areMany(positionals)) {
        refuse(given, keysOf(set, name), SEVERAL);
        return perform(context, name, { inputs: { image: resolve(image) } });
      }
      refuse(given, keysOf(name, set), SINGLE);
      const stem = positionals.length === 1 ? parsePath(resolve(image)).base : 'pictures';
      const named = name === 'attack' ? context : withFolder(context, `${shortName(stem)}-${name}`);
      return perform(named, set, { inputs: { images: positionals.map((path) => resolve(path)) } });
    },
  };
}

const visualize = methodCommand('visualize');

/** The command whose targets may be a list. */
export const targetsCommand: Command = {
  ...visualize,
  options: {
    Targets: targetList,
    ...withOutputs(visualize, 'visualizeSet'),
  },
  async run(context) {
    const { given } = context;
    const { targets } = parse(targetList, pick(given, targetList));
    if (targets === null) {
      refuse(given, keysOf('visualizeSet', 'visualize'), 'is for a list of --targets');
      return visualize.run(context);
    }
    refuse(
      given,
      [...keysOf('visualize', 'visualizeSet'), 'target', 'interpolate'],
      'does not go with --targets',
    );
    const stem = shortName(parsePath(targets).name);
    const { targets: _, ...rest } = withFolder(context, `${stem}-visualize`).given;
    const target = (await linesOf(targets)).join('\n');
    return perform({ ...context, given: { ...rest, target } }, 'visualizeSet', { inputs: {} });
  },
};

/** The options of one, and what else is written of many. */
function withOutputs(one: Command, set: MethodName): Command['options'] {
  return { ...one.options, Output: { ...one.options['Output'], ...anyMethod[set].outputs } };
}

/** What the first can write, and the second cannot. */
function keysOf(name: MethodName, other: MethodName): string[] {
  const known: Fields = anyMethod[other].outputs;
  return Object.keys(anyMethod[name].outputs).filter((key) => !Object.hasOwn(known, key));
}

const withFolder = (context: Context, automatic: string): Context => {
  const { out = 'auto' } = context.given;
  return { ...context, given: { ...context.given, out: out === 'auto' ? automatic : out } };
};

/** @throws usage/option for options that say nothing here */
export function refuse(given: Given, keys: readonly string[], where: string): void {
  const key = keys.find((name) => given[name] !== undefined && given[name] !== 'auto');
  if (key !== undefined) throw new ReverieError('usage/option', `--${flagOf(key)} ${where}.`);
}

/** Whether these are several pictures, or a folder of them. */
export const areMany = (paths: readonly string[]): boolean => paths.length !== 1 || paths.some(isFolder);

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The targets of a list; empty lines and those that begin with # are none. @throws usage/option, naming the line that is none */
async function linesOf(path: string): Promise<string[]> {
  const text = await readText(path).catch((cause: unknown) => {
    throw new ReverieError('usage/option', `The list of targets "${path}" cannot be read.`, {}, { cause });
  });
  const field = { kind: 'objective', label: '', help: '', default: null } as const;
  const targets: string[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const target = readValue(field, line.trim());
    if (typeof target !== 'string')
      throw new ReverieError(
        'usage/option',
        `Line ${i + 1} of "${path}" must be ${expectation(field)}, not "${line.trim()}".`,
      );
    targets.push(target);
  }
  if (targets.length > 0) return targets;
  throw new ReverieError(
    'usage/option',
    `The list "${path}" has no targets; each stands in a line of its own.`,
  );
}
