/** The terminal door: `reverie <command> [options]`. Results go to stdout, everything else to stderr. */
import { join } from 'node:path';
import { ReverieError, errorData, exitCode } from '../shared/errors.ts';
import { anyMethod, methodNames } from '../shared/methods/registry.ts';
import { didYouMean } from '../shared/nearest.ts';
import { powerIn } from '../shared/power.ts';
import { byFlag, parse } from '../shared/recipes/fields.ts';
import { checkPositionals, readArguments } from './cli/arguments.ts';
import { attackCommand } from './cli/attack.ts';
import { classifyCommand } from './cli/classify.ts';
import { general, pick, type Command, type Outcome } from './cli/command.ts';
import { devicesCommand } from './cli/devices.ts';
import { beginCommandLog } from './cli/command-log.ts';
import { commandHelp, overview } from './cli/help.ts';
import { listenForInterruption } from './cli/interruption.ts';
import { methodCommand } from './cli/method-command.ts';
import { modelsCommand } from './cli/models.ts';
import { runCommand } from './cli/run.ts';
import { serveCommand } from './cli/serve.ts';
import { setupCommand } from './cli/setup.ts';
import { VERSION } from './log/facts.ts';
import { carryOn } from './studio/jobs/carry-on.ts';
import { createEngineHost } from './studio/engine/host.ts';
import { EnginePowerSwitch } from './studio/engine/power.ts';
import { forkEngine } from './studio/engine/process.ts';

const commands: readonly Command[] = [
  ...methodNames.flatMap((name) => {
    if (name === 'attack') return [attackCommand];
    return anyMethod[name].command === null ? [] : [methodCommand(name)];
  }),
  classifyCommand,
  runCommand,
  modelsCommand,
  devicesCommand,
  serveCommand,
  setupCommand,
];

/** How long after its work something that a library has left open may keep the program, in ms. */
const STRAGGLERS_MS = 2000;

/** Set by hand rather than by process.exit(), which would cut off what a pipe has not taken yet. */
process.exitCode = await main(process.argv.slice(2));
setInterval(() => {
  if (process.stdout.writableLength === 0) process.exit();
}, STRAGGLERS_MS).unref();

async function main(words: readonly string[]): Promise<number> {
  const json = words.includes('--json');
  const commandLog = beginCommandLog(words, process.stderr);
  try {
    const outcome = await perform(words);
    if (outcome !== null) print(json ? JSON.stringify(outcome.json) : outcome.lines.join('\n'));
    return 0;
  } catch (error) {
    const { code, message, details } = errorData(error);
    if (json) print(JSON.stringify({ error: { code, message, details } }));
    else process.stderr.write(`${message}\n`);
    const more = commandLog.failed(error);
    if (!json || words.includes('--debug')) for (const line of more) process.stderr.write(`${line}\n`);
    return exitCode(code);
  } finally {
    commandLog.end();
  }
}

async function perform([name, ...rest]: readonly string[]): Promise<Outcome | null> {
  if (name === '--version' || name === '-v') return { json: { version: VERSION }, lines: [VERSION] };
  if (name === undefined || name.startsWith('-') || name === 'help') return help(name, rest);
  const command = commandNamed(name);
  const { given, positionals } = readArguments(command, rest);
  const { help: wanted, threads, quiet } = parse(general, pick(given, general), byFlag);
  if (wanted) return helpOn(command);
  checkPositionals(command, positionals);
  const surroundings = powerIn(process.env);
  const power = new EnginePowerSwitch(forkEngine, {
    threads: threads ?? surroundings.threads,
    quiet: quiet || surroundings.quiet,
  });
  const host = createEngineHost(join(import.meta.dirname, 'engine.js'), {
    start: power.start,
    startProbe: power.beside(forkEngine),
  });
  const engine = power.over(carryOn(host));
  const interruption = listenForInterruption();
  try {
    return await command.run({ engine, power, interruption, given, positionals, stderr: process.stderr });
  } finally {
    await host.close();
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

function print(text: string): void {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${text}\n`);
}
