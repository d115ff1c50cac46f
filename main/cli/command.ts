/** What a command of the terminal is, and what it is given to work with. */
import type { EngineApi } from '../../shared/contract.ts';
import type { Fields } from '../../shared/recipes/fields.ts';
import { studioSettings } from '../../shared/studio/settings.ts';
import type { EnginePowerSwitch } from '../studio/engine/power.ts';
import type { Interruption } from './interruption.ts';

/** Options as typed: text or a switch, by camelCase key; only those that were given. */
export type Given = Readonly<Record<string, string | boolean>>;

export interface Context {
  engine: EngineApi;
  /** How much of the machine the engine takes, for a command that lets it be changed meanwhile. */
  power: EnginePowerSwitch;
  interruption: Interruption;
  given: Given;
  positionals: readonly string[];
  /** Where a command writes that has something to say before its end. */
  stdout: Output;
  /** Where progress goes. */
  stderr: Output;
  /** The folder of the built window. */
  page: string;
}

/** A stream of text, a terminal's or another's. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of a terminal, in characters. */
  readonly columns?: number;
}

/** What a command has found out: one object for programs, lines for people. */
export interface Outcome {
  json: object;
  lines: readonly string[];
}

export interface Command {
  name: string;
  /** How the positionals are written in the help; the number that is accepted. */
  usage: string;
  positionals: { min: number; max: number };
  summary: string;
  /** More than a summary, for the command's own help. */
  notes?: readonly string[];
  /** Tables of options under their headings, in the order of the help. */
  options: Readonly<Record<string, Fields>>;
  /** Tables of further options that are accepted, and belong to the help of other commands. */
  accepts?: readonly Fields[];
  /** `null` from one that has said all it had to say. */
  run(context: Context): Promise<Outcome | null>;
}

/** All options of a command in one table. */
export function optionsOf(command: Command): Fields {
  return Object.assign({}, ...(command.accepts ?? []), ...Object.values(command.options), general) as Fields;
}

/** Understood by every command. */
export const general = {
  threads: { ...studioSettings.threads, help: 'Processors that a network may use at a time' },
  quiet: {
    ...studioSettings.quiet,
    help: 'Leave half of the processors alone, and let other programs go first',
  },
  json: { kind: 'boolean', label: 'JSON', help: 'Print one JSON object on stdout', default: false },
  debug: { kind: 'boolean', label: 'Debug', help: 'Print the stack of an error', default: false },
  help: { kind: 'boolean', label: 'Help', help: 'Show this help', default: false },
} as const satisfies Fields;

/** The options that belong to a table. */
export function pick(given: Given, fields: Fields): Given {
  return Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(fields, key)));
}
