/** The words of a command line, sorted into options and positionals by the tables of fields. */
import { parseArgs } from 'node:util';
import { ReverieError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { flagOf, type Fields } from '../../shared/recipes/fields.ts';
import { expectation } from '../../shared/recipes/kinds.ts';
import { optionsOf, type Command, type Given } from './command.ts';

/**
 * Values stay text: the command checks them against its fields.
 * @throws usage/option for an unknown option, one without its value, or a wrong number of positionals
 */
export function readArguments(
  command: Command,
  words: readonly string[],
): { given: Given; positionals: string[] } {
  const fields = optionsOf(command);
  const keys = new Map(Object.keys(fields).map((key) => [flagOf(key), key]));
  const { tokens } = parseArgs({ args: [...words], options: flagsOf(fields), strict: false, tokens: true });
  const given: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { key, off } = resolve(token.name, keys, fields);
    const field = key === undefined ? undefined : fields[key];
    if (key === undefined || field === undefined) throw unknownOption(token.rawName, keys.keys());
    if (field.kind === 'boolean') given[key] = off ? false : (token.value ?? true);
    else if (token.value === undefined) {
      throw new ReverieError('usage/option', `${token.rawName} needs a value: ${expectation(field)}.`);
    } else if (field.kind === 'objectives' && typeof given[key] === 'string') {
      given[key] += `;${token.value}`;
    } else given[key] = token.value;
  }
  return { given, positionals };
}

/** @throws usage/option unless the number of positionals is one the command takes */
export function checkPositionals(command: Command, positionals: readonly string[]): void {
  const { min, max } = command.positionals;
  const usage = `${`reverie ${command.name} ${command.usage}`.trimEnd()} [options]`;
  if (positionals.length < min) {
    throw new ReverieError('usage/option', `An argument is missing: ${usage}.`);
  }
  const surplus = positionals[max];
  if (surplus !== undefined) {
    throw new ReverieError('usage/option', `"${surplus}" is one argument too many: ${usage}.`);
  }
}

/** `--no-keep-colour` switches `keepColour` off; `-h` is the only short option. */
function resolve(
  name: string,
  keys: ReadonlyMap<string, string>,
  fields: Fields,
): { key?: string; off: boolean } {
  const key = keys.get(name === 'h' ? 'help' : name);
  if (key !== undefined) return { key, off: false };
  const negated = name.startsWith('no-') ? keys.get(name.slice(3)) : undefined;
  return negated !== undefined && fields[negated]?.kind === 'boolean'
    ? { key: negated, off: true }
    : { off: false };
}

function flagsOf(fields: Fields): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [
      flagOf(key),
      { type: field.kind === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
}

function unknownOption(raw: string, flags: Iterable<string>): ReverieError {
  const candidates = [...flags].map((flag) => `--${flag}`);
  return new ReverieError('usage/option', `There is no option ${raw}.${didYouMean(raw, candidates)}`);
}
