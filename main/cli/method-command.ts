/** The command of a method, made from its descriptor: options, request, progress and result are the same for all of them. */
import { existsSync, readFileSync } from 'node:fs';
import { parse as parsePath, resolve } from 'node:path';
import { shortName } from '../files/short-name.ts';
import { ReverieError, errorData } from '../../shared/errors.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import { resultOf } from '../../shared/jobs.ts';
import type { MethodCommand } from '../../shared/methods/method.ts';
import { anyMethod, subjectOf, type MethodName, type Results } from '../../shared/methods/registry.ts';
import { requestOf, type RequestOf } from '../../shared/methods/request.ts';
import { execution } from '../../shared/recipes/common.ts';
import { flagOf, parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import type { EngineApi } from '../../shared/contract.ts';
import { pick, type Command, type Context, type Outcome } from './command.ts';
import { createProgress } from './progress.ts';
import { reports } from './reports.ts';

/** What a request is made from, beside the options. */
export interface Asked {
  /** Paths by the keys of the method's inputs. */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  /** The recipe that is repeated, or `null`. */
  readonly repeats?: Recipe | null;
}

/** @throws Error for a method that has no command of its own */
export function methodCommand(name: MethodName): Command {
  const { command, inputs } = anyMethod[name];
  if (command === null) throw new Error(`There is no command for ${name}.`);
  return {
    name,
    ...describe(command),
    options: optionTables(name),
    run(context) {
      const paths = context.positionals.map((path) => resolve(path));
      const given = Object.entries(inputs).map(([key, kind]) => [
        key,
        kind === 'file' ? (paths[0] ?? '') : paths,
      ]);
      return perform(context, name, { inputs: Object.fromEntries(given) as Asked['inputs'] });
    },
  };
}

function describe({
  usage,
  positionals,
  summary,
  notes,
}: MethodCommand): Omit<Command, 'name' | 'options' | 'run'> {
  return { usage, positionals, summary, ...(notes === undefined ? {} : { notes }) };
}

/** Everything that a method can be told, under the headings of the help. */
export function optionTables(name: MethodName): Readonly<Record<string, Fields>> {
  const { settings, out, outputs, command } = anyMethod[name];
  return { [command?.heading ?? name]: settings, Output: { out: out.field, ...outputs }, Network: execution };
}

/** Runs a method to its end with the options that were given, telling its progress. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- request, stream and report are of the same method
export async function perform<M extends MethodName>(
  context: Context,
  name: M,
  asked: Asked,
): Promise<Outcome> {
  const result = await follow(
    context,
    name,
    context.engine[name] as Stream<M>,
    requestFrom(context, name, asked),
  );
  return { json: result, lines: reports[name](result) };
}

type Stream<M extends MethodName> = EngineApi[M] &
  ((request: RequestOf<M>) => AsyncIterable<JobEvent<Results[M]>>);

function requestFrom<M extends MethodName>(
  { given }: Context,
  name: M,
  { inputs, repeats = null }: Asked,
): RequestOf<M> {
  const { settings: fields, out, outputs } = anyMethod[name];
  const before = repeats === null ? {} : (repeats.settings as object);
  const settings = parse(fields, { ...before, ...keysFromFiles(fields, pick(given, fields)) });
  const chosen = parse(execution, {
    ...(repeats === null ? {} : { model: repeats.model.name }),
    ...(repeats?.model.output === undefined || given['model'] !== undefined
      ? {}
      : { output: repeats.model.output }),
    ...pick(given, execution),
  });
  const { out: named, ...others } = fromHere({ out: out.field, ...outputs }, given);
  const automatic = (): string => {
    const stem = `${stemOf(name, inputs, settings, chosen.model)}-${name}`;
    // What goes on in its folder is to find it again.
    const isFolder = out.field.kind === 'file' && out.field.accepts === 'folder';
    return resolve(isFolder ? stem : freeName(stem));
  };
  const asked = {
    ...inputs,
    settings,
    ...others,
    out: named ?? (out.when === 'optional' ? null : automatic()),
    repeats,
    ...chosen,
  };
  // Inputs, settings and outputs are those of the method's own descriptor.
  return requestOf(name, asked as unknown as Parameters<typeof requestOf<M>>[1]);
}

/** Key frames that are named by a JSON file, as it has them. @throws usage/option for one that cannot be read */
function keysFromFiles(fields: Fields, given: Context['given']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const isFile = fields[key]?.kind === 'keys' && typeof value === 'string' && /\.json$/i.test(value);
      return [key, isFile ? jsonIn(value, key) : value];
    }),
  );
}

function jsonIn(path: string, key: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new ReverieError(
      'usage/option',
      `The file "${path}" of --${flagOf(key)} ${reason}.`,
      {},
      { cause },
    );
  }
}

/** Values of options, with paths as they are meant from where the user stands. */
function fromHere(fields: Fields, given: Context['given']): Readonly<Record<string, unknown>> {
  const values = parse(fields, pick(given, fields));
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const isPath = fields[key]?.kind === 'file' && typeof value === 'string';
      return [key, isPath ? resolve(value) : value];
    }),
  );
}

/** What a result is called by: its picture, else what it is about, else the network. */
function stemOf(name: MethodName, inputs: Asked['inputs'], settings: object, model: string | null): string {
  const file = Object.values(inputs).find((path) => typeof path === 'string');
  if (file !== undefined) return shortName(parsePath(file).name);
  const [subject] = subjectOf(name, settings);
  return (subject ?? parsePath(model ?? 'network').name).replace(/[^\w-]+/g, '-');
}

/** A PNG's name in this folder that is not taken yet: `cat-dream.png`, `cat-dream-2.png`, …. */
function freeName(stem: string): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${stem}.png` : `${stem}-${n}.png`;
    if (!existsSync(name)) return name;
  }
}

async function follow<M extends MethodName>(
  { interruption, stderr }: Context,
  name: M,
  stream: Stream<M>,
  request: RequestOf<M>,
): Promise<Results[M]> {
  const progress = createProgress(stderr);
  async function* told(): AsyncGenerator<JobEvent<Results[M]>, void, undefined> {
    for await (const event of interruption.follow(stream(request))) {
      if (event.kind === 'started') progress.started(event);
      if (event.kind === 'step') progress.step(event);
      yield event;
    }
  }
  try {
    return await resultOf(told());
  } catch (error) {
    const keeps = anyMethod[name].resumes.from === 'kept parts';
    if (!keeps || errorData(error).code !== 'job/cancelled') throw error;
    const message = 'Interrupted: what is done is kept, and the same command goes on from there.';
    throw new ReverieError('job/cancelled', message);
  } finally {
    progress.end();
  }
}
