/** The help texts, made from the commands and their fields. */
import { flagOf, type Fields } from '../../shared/recipes/fields.ts';
import { formatValue, type Field } from '../../shared/recipes/kinds.ts';
import { general, type Command } from './command.ts';

const WIDTH = 100;

/** `reverie help`: the commands. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, usage, summary }): [string, string] => [
    `${name} ${usage}`.trimEnd(),
    summary,
  ]);
  return [
    'Reverie optimises images through neural networks.',
    '',
    'Usage: reverie <command> [options]',
    '',
    ...table([
      ...rows,
      ['help [command]', 'Show the options of a command'],
      ['--version', 'Show the version'],
    ]),
    '',
    'Every command understands --json (one JSON object on stdout) and --help.',
  ].join('\n');
}

/** `reverie <command> --help`. */
export function commandHelp(command: Command): string {
  const sections = Object.entries({ ...command.options, Everywhere: general }).flatMap(
    ([heading, fields]) => ['', `${heading}:`, ...table(rowsOf(fields))],
  );
  return [
    `Usage: reverie ${command.name} ${command.usage}`.trimEnd() + ' [options]',
    '',
    `${command.summary}.`,
    ...(command.notes === undefined ? [] : ['', ...command.notes.flatMap(paragraph)]),
    ...sections,
  ].join('\n');
}

function rowsOf(fields: Fields): [string, string][] {
  return Object.entries(fields).map(([key, field]) => [
    `--${flagOf(key)} ${placeholder(field)}`.trimEnd(),
    `${field.help}${remarks(field)}`,
  ]);
}

function placeholder(field: Field): string {
  switch (field.kind) {
    case 'integer':
    case 'number':
      return `<${field.unit ?? 'n'}>`;
    case 'fraction':
      return '<n or n/255>';
    case 'boolean':
      return '';
    case 'choice':
      return '<choice>';
    case 'choices':
      return '<choice,…>';
    case 'text':
      return `<${field.label.toLowerCase()}>`;
    case 'file':
      return `<${field.accepts}>`;
    case 'layers':
      return '<layer:weight,…>';
    case 'integers':
      return '<n,…>';
    case 'names':
      return '<name,…>';
    case 'objective':
    case 'objectives':
      return '<target>';
    case 'keys':
      return '<frame name=value …; …>';
  }
}

/** The choices or the range, and the default; a switch is off by default. */
function remarks(field: Field): string {
  if (field.kind === 'boolean') return '';
  const remarks = [`default: ${formatValue(field, field.default)}`];
  if (field.kind === 'integer' || field.kind === 'number') remarks.unshift(`${field.min} to ${field.max}`);
  if ('options' in field) remarks.unshift(field.options.join(', '));
  return ` (${remarks.join('; ')})`;
}

/** Two columns, the second wrapped. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, text]) =>
    wrap(text, WIDTH - left - 4).map((line, i) => `  ${(i === 0 ? name : '').padEnd(left)}  ${line}`),
  );
}

/** A note; one that is indented, an example, stays as it is. */
const paragraph = (note: string): string[] => (note.startsWith(' ') ? [note] : wrap(note, WIDTH));

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
