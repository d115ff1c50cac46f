/**
 * An attack on many pictures, with the figures that a paper wants: success among those that the network had right, measured
 * on files that were read back, and a matrix of what carries over to other networks.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { isBlackBox } from '../../../../shared/attacks/registry.ts';
import { worksAnywhere } from '../../../../shared/attacks/settings.ts';
import type { PassedOver } from '../../../../shared/contract/result.ts';
import type { AttackSetResult, AttackSetRow } from '../../../../shared/methods/attack.ts';
import { attack } from '../../../../shared/recipes/attack.ts';
import type { Field } from '../../../../shared/recipes/kinds.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { unlessCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { ownUnits, parseShard } from '../../../../shared/units.ts';
import { makeFolder } from '../../../files/whole-file.ts';
import { mapSteps } from '../../attack/steps.ts';
import { checkWritable } from '../../imaging/codec.ts';
import { openingCancellable, type MethodContext, type OpenNetwork } from '../common/context.ts';
import { identify } from '../common/identify.ts';
import { listPictures } from '../common/picture-list.ts';
import { readableOf } from '../common/readable.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { UnitFolder, unitJob } from '../common/units/unit-folder.ts';
import { checkPatchOutput, savePatch } from './patch/output.ts';
import { trainUniversal } from './patch/universal.ts';
import { decided, meanOf } from './decision.ts';
import { checkSettings, completed, fewClassesNotes, stepsOf } from './plan.ts';
import { attackOne, type AttackedPicture, type Source } from './set/attacked.ts';
import { rowOf, tally } from './set/figures.ts';
import { readImageLabels, type Labels } from './set/labels.ts';
import { goalFor, readPicture, type SetPicture } from './set/pictures.ts';
import {
  figuresOf,
  keepPicture,
  keptPicture,
  type PictureFigures,
  type SetFacts,
  type Transfer,
} from './set/units.ts';
import { resultStems } from '../set/names.ts';
import { openSurrogate, surrogateNotes } from './surrogate/choose.ts';
import { judgeFile } from './verdict.ts';
import { namesIn, openVictims, type Victim } from './victim.ts';

/** A set while it is attacked. */
interface SetAttack {
  readonly request: RequestOf<'attackSet'>;
  /** Those that can be read. */
  readonly images: readonly string[];
  /** Those to attack: all, or the shard's. */
  readonly mine: ReadonlySet<string>;
  /** The name of each in the set, and what its result is called, without network and extension, by its path. */
  readonly names: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, string>;
  readonly labels: Labels | null;
  /** All networks: those of the matrix, and behind them the ensemble of the first. */
  readonly victims: readonly Victim[];
  /** The networks of the matrix; the first one is the one in question. */
  readonly columns: readonly Victim[];
  /** Where results are written. */
  readonly folder: string;
  /** The same, where what is done is kept. */
  readonly kept: UnitFolder | null;
  readonly notes: string[];
  readonly signal: AbortSignal | undefined;
}

export async function* runAttackSet(
  open: OpenNetwork,
  request: RequestOf<'attackSet'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackSetResult>, void, undefined> {
  const others = openingCancellable(open, signal);
  yield* runJob(await open(null), (context, scope) => work(context, others, request, scope), signal);
}

async function* work(
  own: MethodContext,
  openOther: OpenNetwork,
  asked: RequestOf<'attackSet'>,
  { signal, atEnd }: Scope,
): AsyncGenerator<Told, Own<'attackSet'>, undefined> {
  checkSettings(asked.settings);
  const shard = parseShard(asked.shard);
  if (shard !== null && asked.out === null)
    throw new ReverieError('usage/option', 'The shards of an attack go into a folder: name one with --out.');
  const transfer = asked.transfer ?? [];
  if (!worksAnywhere(asked.settings) && asked.print !== null)
    throw new ReverieError(
      'usage/option',
      'Of several pictures only a patch that works anywhere can be printed.',
    );
  await checkPatchOutput(asked.settings, asked.patch);
  if (asked.print !== null) await checkWritable(asked.print);
  const listed = await unlessCancelled(listPictures(asked.images, asked.out), signal);
  const names = new Map(listed.map(({ name, path }) => [path, name]));
  const stems = resultStems(listed.map(({ name }) => name));
  const results = new Map(listed.map(({ path }, i) => [path, stems[i] ?? '']));
  // Then the number of steps is known, and a patch is trained on what is there.
  const { readable: images, failed } = await readableOf([...results.keys()], signal);
  const seen = () => meanOf(own, images, signal);
  const { context, target, open, decision } = await decided(own, openOther, seen, asked.settings.target);
  const request = { ...asked, settings: { ...asked.settings, target } };
  const { settings } = request;
  const labels = request.labels === null ? null : await readImageLabels(request.labels);
  const folder = await folderFor(request.out, atEnd);
  const others = [...transfer, ...namesIn(settings.ensemble)];
  const blackBox = isBlackBox(settings.method);
  const victims = await openVictims(context, others, { open, blackBox, atEnd });
  const columns = victims.slice(0, 1 + transfer.length);
  const notes = notesOf(victims, labels);
  if (decision && asked.settings.target === null) notes.push(subjectNote(context));
  const sources: Source[] = [];
  for (const victim of columns) {
    const surrogate = await openSurrogate(open, settings, victim.context);
    notes.push(...surrogateNotes(surrogate, victim.context));
    notes.push(...fewClassesNotes(settings, victim.context.model.name, victim.classes));
    const ensemble = victim === victims[0] ? victims.slice(columns.length) : [];
    sources.push({ victims: [victim, ...ensemble], surrogate, patch: null });
  }
  const facts: SetFacts = {
    settings: completed(asked.settings),
    truth: labels === null ? 'prediction' : 'labels',
    failed,
    models: columns.map((victim) => victim.context.model.name),
    notes,
  };
  const kept = request.out === null ? null : await openUnits({ request, images, names, facts, victims });
  if (shard !== null) await kept?.noteShard(shard);
  const named = { shard, named: request.units };
  const mine = new Set(ownUnits(images, named, (path) => names.get(path) ?? ''));
  const set = {
    request,
    images,
    mine,
    names,
    results,
    labels,
    victims,
    columns,
    folder,
    kept,
    notes,
    signal,
  };
  const steps = columns.length * (mine.size + (worksAnywhere(settings) ? stepsOf(settings) : 0));
  yield { kind: 'started', steps, width: 0, height: 0, notes };
  const pictures = yield* attackAll(set, sources);
  if (shard === null && mine.size === images.length) await kept?.tidy();
  return figuresOf(facts, pictures);
}

/** What a network of sigmoids is attacked about where nobody said so. */
const subjectNote = ({ model }: MethodContext): string =>
  `The attack is about "${model.card.labels?.[1] ?? 'yes'}", of which the network is surest in these pictures; --target class:<name or index> names another one.`;

/** Attacks what is not done yet, picture by picture. */
async function* attackAll(
  set: SetAttack,
  sources: readonly Source[],
): AsyncGenerator<Told, PictureFigures[], undefined> {
  const { request, images, mine, names, results, labels, victims, columns, folder, kept, signal } = set;
  const { settings } = request;
  const options = { settings, folder, results, signal };
  const ready = worksAnywhere(settings) ? yield* trainPatches(set, sources) : sources;
  const runtime = columns[0]?.context.runtime;
  const done: PictureFigures[] = [];
  for (const [number, path] of images.entries()) {
    if (!mine.has(path)) continue;
    const unit = names.get(path) ?? '';
    const before = kept === null ? undefined : await keptPicture(kept, unit, path);
    if (before !== undefined) {
      done.push(before);
      continue;
    }
    const picture = await readPicture(path, victims, labels, signal);
    const transfers: Transfer[] = [];
    const files: string[] = [];
    let row: AttackSetRow | undefined;
    for (const [i, source] of ready.entries()) {
      const since = performance.now();
      const counts = picture.predictions[i]?.correct === true;
      const attacked = counts ? await attackOne(picture, source, number, options) : null;
      row ??= rowOf(picture, attacked, source.patch?.trained(path) ?? null);
      if (attacked !== null) {
        files.push(attacked.path);
        transfers.push(...(await compare(i, picture, columns, attacked)));
      }
      const figures = { row, transfers };
      if (kept !== null && runtime !== undefined && i === ready.length - 1)
        await keepPicture(kept, { unit, runtime, files }, figures);
      const { fooled, counted } = tally([...done.map((picture) => picture.row), row]);
      const objective = counted === 0 ? 0 : fooled / counted;
      yield { kind: 'step', objective, ms: performance.now() - since };
    }
    if (row !== undefined) done.push({ row, transfers });
  }
  return done;
}

/** Gives each source its patch for all pictures; the first one's is saved. */
async function* trainPatches(
  { request, images, labels, victims, notes, signal }: SetAttack,
  sources: readonly Source[],
): AsyncGenerator<Told, Source[], undefined> {
  const ready: Source[] = [];
  for (const source of sources) {
    const pictures = images.map((path) => () => readPicture(path, victims, labels, signal));
    const steps = trainUniversal(pictures, source.victims, request.settings);
    const patch = yield* mapSteps(steps, ({ loss }, ms): Told => ({ kind: 'step', objective: loss, ms }));
    ready.push({ ...source, patch });
  }
  const patch = ready[0]?.patch;
  if (patch) {
    notes.push(patch.note);
    await savePatch(patch, request);
  }
  return ready;
}

function notesOf(victims: readonly Victim[], labels: Labels | null): string[] {
  const notes = [...new Set(victims.flatMap((victim) => victim.notes))];
  if (labels === null) {
    notes.push(
      'Without labels, what the network saw before counts as the truth: pictures it had wrong cannot be left out.',
    );
  }
  return notes;
}

/** Where results are written: the folder that is asked for, or one that is removed when the job ends. */
async function folderFor(out: string | null, atEnd: Scope['atEnd']): Promise<string> {
  if (out === null) {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-'));
    atEnd(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }
  await makeFolder(out);
  return out;
}

/** The same folder as a list of units: all that has a say in the results, but for where files lie on this machine. */
async function openUnits({
  request,
  images,
  names,
  facts,
  victims,
}: Pick<SetAttack, 'request' | 'images' | 'names' | 'victims'> & { facts: SetFacts }): Promise<UnitFolder> {
  const [own] = victims;
  if (own === undefined) throw new Error('There is no network.');
  const { settings } = request;
  const fields: Readonly<Record<string, Field>> = attack;
  const files = Object.entries(settings).filter(([key]) => fields[key]?.kind === 'file');
  const inputs: Record<string, unknown> = {};
  for (const [key, path] of [...files, ['labels', request.labels] as const])
    if (typeof path === 'string') inputs[key] = await identify(path);
  const order = {
    attack: {
      ...facts,
      settings: { ...facts.settings, ...inputs },
      failed: facts.failed.map(namedIn(names)),
    },
    networks: victims.map(({ context: { model } }) => model.identity),
    inputs,
  };
  return UnitFolder.open(
    resolvePath(request.out ?? ''),
    unitJob({
      method: 'attackSet',
      model: own.context.model.identity,
      // As it is read again.
      order: JSON.parse(JSON.stringify(order)) as typeof order,
      units: images.map((path) => names.get(path) ?? ''),
    }),
  );
}

const namedIn =
  (names: SetAttack['names']) =>
  ({ path, reason }: PassedOver): PassedOver => {
    const name = names.get(path) ?? path;
    return { path: name, reason: reason.replaceAll(path, name) };
  };

/** Shows a result to every network that was right about the picture. */
async function compare(
  row: number,
  { predictions, original }: SetPicture,
  columns: readonly Victim[],
  { goal, victim: source, path }: AttackedPicture,
): Promise<Transfer[]> {
  const transfers: Transfer[] = [];
  for (const [column, victim] of columns.entries()) {
    if (predictions[column]?.correct !== true) continue;
    const own = goalFor(victim, goal, source);
    if (own === null) continue;
    const { success } = await judgeFile(path, [{ context: victim.context, goal: own }], original);
    transfers.push({ row, column, fooled: success });
  }
  return transfers;
}
