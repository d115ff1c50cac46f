/**
 * Many dreams, explanations or visualisations as one job: a step for each, whose picture and record are kept as soon as they are made.
 * What is there is passed over, and so is what cannot be read.
 */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve as resolvePath, sep } from 'node:path';
import { unlessCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { resultOf, type JobEvent } from '../../../../shared/jobs.ts';
import { anyMethod, type Results } from '../../../../shared/methods/registry.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { setOf, type SetMethod, type SetName, type SetResult } from '../../../../shared/methods/sets.ts';
import { ownUnits, parseShard } from '../../../../shared/units.ts';
import { sha256OfFiles } from '../../../files/sha256.ts';
import type { MethodContext } from '../common/context.ts';
import { identify } from '../common/identify.ts';
import { listPictures } from '../common/picture-list.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { UnitFolder, unitJob, type UnitRecord } from '../common/units/unit-folder.ts';
import { resultNames, targetName } from './names.ts';
import { factsOf, finishSet, rowsOf } from './results.ts';

/** Of any set. */
export type SetRequest = { [Name in SetName]: RequestOf<Name> }[SetName];

/** What the engine does of one, by as much of a request as must be said. */
type RunOne = (asked: object, signal: AbortSignal | undefined) => AsyncIterable<JobEvent<OneResult>>;
type OneResult = Results[SetMethod];

/** A picture or a target, and where its result goes, relative to the folder. */
interface SetUnit {
  readonly name: string;
  /** Absolute; `null` for a target. */
  readonly path: string | null;
  readonly output: string;
}

export async function* runSet(
  context: MethodContext,
  method: SetMethod,
  request: SetRequest,
  one: RunOne,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<SetResult>, void, undefined> {
  yield* runJob<SetName>(context, (own, scope) => work(own, method, request, one, scope), signal);
}

async function* work(
  context: MethodContext,
  method: SetMethod,
  request: SetRequest,
  one: RunOne,
  { signal }: Scope,
): AsyncGenerator<Told, Own<SetName>, undefined> {
  const shard = parseShard(request.shard);
  const units = await unlessCancelled(unitsOf(request), signal);
  const { model, runtime } = context;
  const folder = await UnitFolder.open(
    request.out,
    unitJob({
      method: setOf[method],
      model: model.identity,
      order: await orderOf(method, request),
      units: units.map(({ name }) => name),
    }),
  );
  if (shard !== null) await folder.noteShard(shard);
  const mine = ownUnits(units, { shard, named: request.units }, ({ name }) => name);
  const records = new Map<string, UnitRecord>();
  for (const unit of mine) {
    const record = await folder.record(unit.name);
    if (record !== undefined && (await isStill(record, unit))) records.set(unit.name, record);
  }
  const missing = mine.filter(({ name }) => !records.has(name));
  yield { kind: 'started', steps: mine.length, width: 0, height: 0, notes: notesOf(mine, missing) };

  let first: ReverieError | undefined;
  for (const unit of missing) {
    const record = await make(folder, unit).catch(async (error: unknown) => {
      if (!isAboutOne(method, error)) throw error;
      first ??= error;
      // It lies elsewhere on other machines.
      const failed = error.message.replaceAll(unit.path ?? unit.name, unit.name);
      return folder.keep({ ...told(unit, await sourceOf(unit)), failed });
    });
    records.set(unit.name, record);
    const note = record.failed === null ? {} : { note: reasonOf(unit.name, record.failed) };
    yield { kind: 'step', step: records.size, ...note };
  }

  const done = mine.flatMap(({ name }) => records.get(name) ?? []);
  if (first !== undefined && shard === null && done.every(({ failed }) => failed !== null)) throw first;
  if (mine.length === units.length) await finishSet(folder, done);
  return {
    output: resolvePath(request.out),
    units: units.length,
    made: missing.filter(({ name }) => records.get(name)?.failed === null).length,
    ...rowsOf(folder.path, done),
    shard: request.shard,
  };

  async function make(into: UnitFolder, unit: SetUnit): Promise<UnitRecord> {
    // Read before the work, so that a picture that changes meanwhile is done again.
    const source = await sourceOf(unit);
    const out = join(into.path, unit.output);
    await mkdir(dirname(out), { recursive: true });
    const result = factsOf(await resultOf(one(askedOf(request, unit, out), signal)));
    return into.keep({ ...told(unit, source), files: [unit.output], result });
  }

  function told({ name }: SetUnit, source: string | null) {
    const { name: library, device } = runtime;
    return { unit: name, source, runtime: library, device, files: [], result: null, failed: null };
  }
}

/** What is to be done: pictures, or targets. @throws ReverieError `image/missing`, `usage/option` */
async function unitsOf(request: SetRequest): Promise<SetUnit[]> {
  if ('images' in request) {
    const within = resolvePath(request.out) + sep;
    const own = request.images.find((path) => `${resolvePath(path)}${sep}`.startsWith(within));
    if (own !== undefined)
      throw new ReverieError(
        'usage/option',
        `The results cannot go into "${request.out}", where "${own}" lies; name another folder with --out.`,
      );
    const pictures = await listPictures(request.images, request.out);
    const names = resultNames(pictures.map(({ name }) => name));
    return pictures.map((picture, i) => ({ ...picture, output: names[i] ?? '' }));
  }
  const targets = [...new Set(request.settings.target ?? [])];
  if (targets.length === 0) throw new ReverieError('usage/option', 'The list of targets is empty.');
  const names = resultNames(targets.map(targetName));
  return targets.map((name, i) => ({ name, path: null, output: names[i] ?? '' }));
}

/** Others take targets. */
const takesPictures = (method: SetMethod): boolean => 'image' in anyMethod[method].inputs;

/** All but the units that has a say in the results, with files by name and hash, since they lie elsewhere on other machines. */
async function orderOf(method: SetMethod, { settings: given }: SetRequest): Promise<Record<string, unknown>> {
  const fields = anyMethod[method].settings;
  const order: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!takesPictures(method) && key === 'target') continue;
    const isFile = fields[key]?.kind === 'file' && typeof value === 'string';
    order[key] = isFile ? await identify(value).catch(() => ({ name: basename(value) })) : value;
  }
  return order;
}

/** The request for one of them. */
function askedOf(
  { settings, model, output, runtime, device }: SetRequest,
  { name, path }: SetUnit,
  out: string,
): object {
  const subject = path === null ? { settings: { ...settings, target: [name] } } : { settings, image: path };
  const execution = { model, runtime, device, ...(output === undefined ? {} : { output }) };
  return { ...subject, ...execution, out };
}

const sourceOf = async ({ path }: SetUnit): Promise<string | null> =>
  path === null ? null : sha256OfFiles(path).catch(() => null);

/** A sentence that names what it is about: those about pictures do. */
const reasonOf = (name: string, failed: string): string =>
  failed.includes(name) ? failed : `${name}: ${failed}`;

/** Whether a record is of the picture as it is now, under the same name; what failed is tried again. */
async function isStill(record: UnitRecord, unit: SetUnit): Promise<boolean> {
  if (record.failed !== null || !Object.hasOwn(record.files, unit.output)) return false;
  return record.source === (await sourceOf(unit));
}

/** Whether a failure may be about one picture or target, so that the others can go on; where all fail, it was about all. */
function isAboutOne(method: SetMethod, error: unknown): error is ReverieError {
  if (!(error instanceof ReverieError)) return false;
  const { code } = error;
  return takesPictures(method) ? code.startsWith('image/') : /^(layer|class|usage)\//.test(code);
}

function notesOf(mine: readonly SetUnit[], missing: readonly SetUnit[]): string[] {
  const there = mine.length - missing.length;
  return there === 0 ? [] : [`${there} of ${mine.length} are there from before, and are passed over.`];
}
