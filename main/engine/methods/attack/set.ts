/**
 * An attack on many pictures, with the figures that a paper wants: success among those that the network had right, measured
 * on files that were read back, and a matrix of what carries over to other networks.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBlackBox } from '../../../../shared/attacks/registry.ts';
import { worksAnywhere } from '../../../../shared/attacks/settings.ts';
import type { AttackSetResult, AttackSetRow } from '../../../../shared/methods/attack.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { unlessCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { mapSteps } from '../../attack/steps.ts';
import { checkWritable, decodeImage } from '../../imaging/codec.ts';
import { openingCancellable, type MethodContext, type OpenNetwork } from '../common/context.ts';
import { listPictures } from '../common/picture-list.ts';
import { withEach } from '../common/readable.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { checkPatchOutput, savePatch } from './patch/output.ts';
import { trainUniversal } from './patch/universal.ts';
import { decided, meanOf } from './decision.ts';
import { checkSettings, completed, fewClassesNotes, stepsOf } from './plan.ts';
import { attackOne, type AttackedPicture, type Source } from './set/attacked.ts';
import { Matrix, mediansOf, queriesOf, robustnessOf, rowOf, tally } from './set/figures.ts';
import { readImageLabels, type Labels } from './set/labels.ts';
import { goalFor, readPicture, type SetPicture } from './set/pictures.ts';
import { resultStems } from '../set/names.ts';
import { openSurrogate, surrogateNotes } from './surrogate/choose.ts';
import { judgeFile } from './verdict.ts';
import { namesIn, openVictims, type Victim } from './victim.ts';

/** A set while it is attacked. */
interface SetAttack {
  readonly request: RequestOf<'attackSet'>;
  /** Those that can be read. */
  readonly images: readonly string[];
  /** What the result of each is called, without network and extension, by its path. */
  readonly results: ReadonlyMap<string, string>;
  readonly labels: Labels | null;
  /** All networks: those of the matrix, and behind them the ensemble of the first. */
  readonly victims: readonly Victim[];
  /** The networks of the matrix; the first one is the one in question. */
  readonly columns: readonly Victim[];
  /** Where results are written. */
  readonly folder: string;
  /** What comes out, as it grows. */
  readonly rows: AttackSetRow[];
  readonly matrix: Matrix;
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
  const transfer = asked.transfer ?? [];
  if (!worksAnywhere(asked.settings) && asked.print !== null)
    throw new ReverieError(
      'usage/option',
      'Of several pictures only a patch that works anywhere can be printed.',
    );
  await checkPatchOutput(asked.settings, asked.patch);
  if (asked.print !== null) await checkWritable(asked.print);
  // Each is decoded once before it is needed: then the number of steps is known, and a patch is trained on what is there.
  const images: string[] = [];
  const listed = await unlessCancelled(listPictures(asked.images, asked.out), signal);
  const stems = resultStems(listed.map(({ name }) => name));
  const results = new Map(listed.map(({ path }, i) => [path, stems[i] ?? '']));
  const failed = await withEach([...results.keys()], async (path) => {
    await decodeImage(path, { signal });
    images.push(path);
  });
  const seen = () => meanOf(own, images, signal);
  const { context, target, open, decision } = await decided(own, openOther, seen, asked.settings.target);
  const request = { ...asked, settings: { ...asked.settings, target } };
  const { settings } = request;
  const labels = request.labels === null ? null : await readImageLabels(request.labels);
  const folder = await folderFor(request.out, atEnd);
  const names = [...transfer, ...namesIn(settings.ensemble)];
  const blackBox = isBlackBox(settings.method);
  const victims = await openVictims(context, names, { open, blackBox, atEnd });
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
  const steps = columns.length * (images.length + (worksAnywhere(settings) ? stepsOf(settings) : 0));
  yield { kind: 'started', steps, width: 0, height: 0, notes };
  const matrix = new Matrix(columns.length);
  const rows: AttackSetRow[] = [];
  yield* attackAll(
    { request, images, results, labels, victims, columns, folder, rows, matrix, notes, signal },
    sources,
  );
  const fooled = rows.filter(({ success }) => success);
  return {
    settings: completed(asked.settings),
    truth: labels === null ? 'prediction' : 'labels',
    rows,
    failed,
    ...tally(rows),
    robust: robustnessOf(settings, rows),
    median: mediansOf(fooled),
    queries: queriesOf(fooled),
    transfer:
      columns.length === 1
        ? null
        : { models: columns.map((victim) => victim.context.model.name), ...matrix.counts },
    notes,
  };
}

/** What a network of sigmoids is attacked about where nobody said so. */
const subjectNote = ({ model }: MethodContext): string =>
  `The attack is about "${model.card.labels?.[1] ?? 'yes'}", of which the network is surest in these pictures; --target class:<name or index> names another one.`;

async function* attackAll(set: SetAttack, sources: readonly Source[]): AsyncGenerator<Told, void, undefined> {
  const { request, images, results, labels, victims, columns, folder, rows, matrix, signal } = set;
  const { settings } = request;
  const options = { settings, folder, results, signal };
  const ready = worksAnywhere(settings) ? yield* trainPatches(set, sources) : sources;
  for (const [number, path] of images.entries()) {
    const picture = await readPicture(path, victims, labels, signal);
    for (const [i, source] of ready.entries()) {
      const since = performance.now();
      const counts = picture.predictions[i]?.correct === true;
      const attacked = counts ? await attackOne(picture, source, number, options) : null;
      if (i === 0) rows.push(rowOf(picture, attacked, source.patch?.trained(path) ?? null));
      if (attacked !== null) await compare(matrix, i, picture, columns, attacked);
      const { fooled, counted } = tally(rows);
      const objective = counted === 0 ? 0 : fooled / counted;
      yield { kind: 'step', objective, ms: performance.now() - since };
    }
  }
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
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new ReverieError('output/unwritable', `The folder "${out}" cannot be made.`, {}, { cause });
  });
  return out;
}

/** Shows a result to every network that was right about the picture. */
async function compare(
  matrix: Matrix,
  row: number,
  { predictions, original }: SetPicture,
  columns: readonly Victim[],
  { goal, victim: source, path }: AttackedPicture,
): Promise<void> {
  for (const [column, victim] of columns.entries()) {
    if (predictions[column]?.correct !== true) continue;
    const own = goalFor(victim, goal, source);
    if (own === null) continue;
    const { success } = await judgeFile(path, [{ context: victim.context, goal: own }], original);
    matrix.add(row, column, success);
  }
}
