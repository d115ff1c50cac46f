/**
 * An attack on many pictures, with the figures that a paper wants: success among those that the network had right, measured
 * on files that were read back, and a matrix of what carries over to other networks.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttackSetRequest, AttackSetResult, AttackSetRow } from '../../../../shared/contract/attack.ts';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import type { JobEvent, Step } from '../../../../shared/jobs.ts';
import { mapSteps } from '../../attack/steps.ts';
import { checkWritable } from '../../imaging/codec.ts';
import { namesIn } from './job.ts';
import { Matrix, mediansOf, queriesOf, rowOf, tally } from './figures.ts';
import { readImageLabels, type Labels } from './labels.ts';
import { checkPatchOutput, savePatch } from './patch-output.ts';
import { completed, isBlackBox, stepsOf } from './plan.ts';
import { attackOne, type Front, type Made } from './set-picture.ts';
import { goalOf, readSubject, type Subject } from './subject.ts';
import { trainUniversal } from './universal.ts';
import { judgeFile } from './verdict.ts';
import { Victim } from './victim.ts';
import { openStandIn, standInNotes } from './surrogate/choose.ts';
import { cancellable, type OpenNetwork } from '../common/workbench.ts';

/** A step that has not been counted yet. */
type Uncounted = Pick<Step, 'width' | 'height' | 'objective' | 'ms'>;

/** A set while it is attacked. */
interface Undertaking {
  readonly request: AttackSetRequest;
  readonly labels: Labels | null;
  /** All networks: those of the matrix, of which the first is the one in question, and behind them its ensemble. */
  readonly victims: readonly Victim[];
  /** Networks of the matrix. */
  readonly columns: readonly Victim[];
  /** Where results are written. */
  readonly folder: string;
  /** What comes out, as it grows. */
  readonly rows: AttackSetRow[];
  readonly matrix: Matrix;
  readonly notes: string[];
}

export async function* runAttackSet(
  openNetwork: OpenNetwork,
  request: AttackSetRequest,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackSetResult>, void, undefined> {
  const began = performance.now();
  const { settings, images } = request;
  const open: OpenNetwork = async (name) => cancellable(await openNetwork(name), signal);
  if (!isUniversal(settings) && request.print !== null)
    throw new ReverieError(
      'usage/option',
      'Of several pictures only a patch that works anywhere can be printed.',
    );
  await checkPatchOutput(settings, request.patch);
  if (request.print !== null) await checkWritable(request.print);
  const labels = request.labels === null ? null : await readImageLabels(request.labels);
  const folder = await folderFor(request.out);
  const victims: Victim[] = [];
  try {
    for (const name of [null, ...request.transfer, ...namesIn(settings.ensemble)])
      victims.push(await Victim.create(await open(name), isBlackBox(settings.method)));
    const columns = victims.slice(0, 1 + request.transfer.length);
    const [first] = columns;
    if (first === undefined) throw new Error('There is no network.');
    const allies = victims.slice(columns.length);
    const notes = notesOf(victims, labels);
    const fronts: Front[] = [];
    for (const victim of columns) {
      const standIn = await openStandIn(open, settings, victim.bench);
      notes.push(...standInNotes(standIn, victim.bench));
      fronts.push({ team: victim === first ? [victim, ...allies] : [victim], standIn, patch: null });
    }
    const { model, runtime } = first.bench;
    const names = { runtime: runtime.name, device: runtime.device };
    const of = columns.length * (images.length + (isUniversal(settings) ? stepsOf(settings) : 0));
    yield { kind: 'started', steps: of, width: 0, height: 0, ...names, notes };
    const matrix = new Matrix(columns.length);
    const rows: AttackSetRow[] = [];
    let step = 0;
    const set = { request, labels, victims, columns, folder: folder.path, rows, matrix, notes };
    for await (const done of attackAll(set, fronts)) {
      yield { kind: 'step', step: ++step, of, octave: 1, octaves: 1, ...done };
      throwIfCancelled(signal);
    }
    const fooled = rows.filter(({ success }) => success);
    yield {
      kind: 'done',
      result: {
        model: model.name,
        ...names,
        seconds: (performance.now() - began) / 1000,
        settings: completed(settings),
        truth: labels === null ? 'prediction' : 'labels',
        rows,
        ...tally(rows),
        median: mediansOf(fooled),
        queries: queriesOf(fooled),
        transfer:
          columns.length === 1
            ? null
            : { models: columns.map((victim) => victim.bench.model.name), ...matrix.counts },
        notes,
      },
    };
  } finally {
    for (const victim of victims) await victim.release();
    if (folder.temporary) await rm(folder.path, { recursive: true, force: true });
  }
}

/** Whether all pictures get the same patch. */
const isUniversal = ({ method, placement }: AttackSettings): boolean =>
  method === 'patch' && placement === 'anywhere';

async function* attackAll(set: Undertaking, fronts: readonly Front[]): AsyncGenerator<Uncounted> {
  const { request, labels, victims, columns, folder, rows, matrix } = set;
  const { settings, images } = request;
  const ready = isUniversal(settings) ? yield* trainPatches(set, fronts) : fronts;
  for (const [number, path] of images.entries()) {
    const subject = await readSubject(path, victims, labels);
    for (const [i, front] of ready.entries()) {
      const since = performance.now();
      const right = subject.sights[i]?.right === true;
      const made = right ? await attackOne(subject, front, settings, number, folder) : null;
      if (i === 0) rows.push(rowOf(subject, made, front.patch?.trained(path) ?? null));
      if (made !== null) await compare(matrix, i, subject, columns, made);
      const { fooled, counted } = tally(rows);
      const objective = counted === 0 ? 0 : fooled / counted;
      yield { ...subject.size, objective, ms: performance.now() - since };
    }
  }
}

/** Gives each network its patch for all pictures; the first one's is saved. */
async function* trainPatches(
  { request, labels, victims, notes }: Undertaking,
  fronts: readonly Front[],
): AsyncGenerator<Uncounted, Front[], undefined> {
  const ready: Front[] = [];
  for (const front of fronts) {
    const subjects = request.images.map((path) => () => readSubject(path, victims, labels));
    const steps = trainUniversal(subjects, front.team, request.settings);
    const patch = yield* mapSteps(steps, ({ patch: { width, height }, loss }, ms) => ({
      width,
      height,
      objective: loss,
      ms,
    }));
    ready.push({ ...front, patch });
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

async function folderFor(out: string | null): Promise<{ path: string; temporary: boolean }> {
  if (out === null) return { path: await mkdtemp(join(tmpdir(), 'reverie-')), temporary: true };
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new ReverieError('output/unwritable', `The folder "${out}" cannot be made.`, {}, { cause });
  });
  return { path: out, temporary: false };
}

/** Shows a result to every network that was right about the picture. */
async function compare(
  matrix: Matrix,
  row: number,
  subject: Subject,
  columns: readonly Victim[],
  made: Made,
): Promise<void> {
  for (const [column, victim] of columns.entries()) {
    if (subject.sights[column]?.right !== true) continue;
    const goal = goalOf(victim, made.goal, made.maker);
    if (goal === null) continue;
    const { success } = await judgeFile(made.path, [{ bench: victim.bench, goal }], subject.original);
    matrix.add(row, column, success);
  }
}
