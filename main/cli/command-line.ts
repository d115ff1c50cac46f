/** The command line: from words to what is printed and the exit code. Results go to stdout, everything else to stderr. */
import { ReverieError, errorData, exitCode } from '../../shared/errors.ts';
import { anyMethod, methodNames } from '../../shared/methods/registry.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { powerIn, type EnginePower } from '../../shared/power.ts';
import { byFlag, parse } from '../../shared/recipes/fields.ts';
import { checkPositionals, readArguments } from './arguments.ts';
import { classifyCommand } from './classify.ts';
import { general, pick, type Command, type Outcome, type Output } from './command.ts';
import { devicesCommand } from './devices.ts';
import { beginCommandLog } from './command-log.ts';
import type { OpenEngine } from './engine.ts';
import { commandHelp, overview } from './help.ts';
import { explainCommand } from './explain.ts';
import type { Interruption } from './interruption.ts';
import { mergeCommand } from './merge.ts';
import { methodCommand } from './method-command.ts';
import { modelsCommand } from './models.ts';
import { oneOrManyCommand, targetsCommand } from './one-or-many.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { setupCommand } from './setup.ts';
import { VERSION } from '../log/facts.ts';

/** What a command runs in; the process gives its own. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asked by a command that computes. */
  readonly openEngine: (power: EnginePower) => OpenEngine;
  readonly listenForInterruption: () => Interruption;
  /** The folder of the built window. Only the entry of the program knows where it lies: what is loaded later lies elsewhere. */
  readonly page: string;
}

/** The methods whose commands also take many. */
const ofMany = [oneOrManyCommand('dream'), oneOrManyCommand('attack'), explainCommand, targetsCommand];

const commands: readonly Command[] = [
  ...methodNames.flatMap((name) => {
    const own = ofMany.find((command) => command.name === name);
    return own ?? (anyMethod[name].command === null ? [] : methodCommand(name));
  }),
  classifyCommand,
  runCommand,
  mergeCommand,
  modelsCommand,
  devicesCommand,
  serveCommand,
  setupCommand,
];

/** Performs a command and prints what has become of it. @returns the exit code */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  const print = (text: string): void => void stdout.write(`${text}\n`);
  const json = words.includes('--json');
  const commandLog = beginCommandLog(words, stderr);
  try {
    const outcome = await perform(words, surroundings);
    if (outcome !== null) print(json ? JSON.stringify(outcome.json) : outcome.lines.join('\n'));
    return 0;
  } catch (error) {
    const { code, message, details } = errorData(error);
    if (json) print(JSON.stringify({ error: { code, message, details } }));
    else stderr.write(`${message}\n`);
    const more = commandLog.failed(error);
    if (!json || words.includes('--debug')) for (const line of more) stderr.write(`${line}\n`);
    return exitCode(code);
  } finally {
    commandLog.end();
  }
}

async function perform(
  [name, ...rest]: readonly string[],
  { stdout, stderr, openEngine, listenForInterruption, page }: Surroundings,
): Promise<Outcome | null> {
  if (name === '--version' || name === '-v') return { json: { version: VERSION }, lines: [VERSION] };
  if (name === undefined || name.startsWith('-') || name === 'help') return help(name, rest);
  const command = commandNamed(name);
  const { given, positionals } = readArguments(command, rest);
  const { help: wanted, threads, quiet } = parse(general, pick(given, general), byFlag);
  if (wanted) return helpOn(command);
  checkPositionals(command, positionals);
  const usual = powerIn(process.env);
  const opened = openEngine({
    threads: threads ?? usual.threads,
    quiet: quiet || usual.quiet,
  });
  const interruption = listenForInterruption();
  try {
    return await command.run({
      engine: opened.engine,
      power: opened.power,
      interruption,
      given,
      positionals,
      stdout,
      stderr,
      page,
    });
  } finally {
    await opened.close();
  }
}

function help(name: string | undefined, rest: readonly string[]): Outcome {
  const topic = rest.find((word) => !word.startsWith('-'));
  if (name === 'help' && topic !== undefined) return helpOn(commandNamed(topic));
  if (name !== undefined && !['help', '--help', '-h', '--json', '--debug'].includes(name)) {
    throw new ReverieError(
      'usage/option',
      `A command comes first, not "${name}". Usage: reverie <command> [options]`,
    );
  }
  const text = overview(commands);
  return { json: { help: text }, lines: [text] };
}

function helpOn(command: Command): Outcome {
  const text = commandHelp(command);
  return { json: { help: text }, lines: [text] };
}

function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = commands.map((candidate) => candidate.name);
  const hint = didYouMean(name, names);
  throw new ReverieError(
    'usage/option',
    `There is no command "${name}"; there are ${names.join(', ')}.${hint}`,
  );
}
