/**
 * An attack on many pictures, with the figures that a paper wants: success among those that the network had right, measured
 * on files that were read back, and a matrix of what carries over to other networks.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse as parsePath } from 'node:path';
import type {
  AttackSetRequest,
  AttackSetResult,
  AttackSetRow,
  ViewShare,
} from '../../../shared/contract/attack.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { AttackSettings } from '../../../shared/recipes/attack.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import { argmax, type Goal } from '../attack/goal.ts';
import { fromLevels, toLevels } from '../attack/lattice.ts';
import { checkWritable, saveImage } from '../imaging/codec.ts';
import { pixelsFrom } from '../imaging/pixels.ts';
import { namesIn, type OpenNetwork } from './attack-job.ts';
import { Matrix, mediansOf, queriesOf, tally } from './attack-figures.ts';
import { readImageLabels, type Labels } from './attack-labels.ts';
import { maskFor } from './attack-mask.ts';
import { checkPatchOutput, elsewhere, savePatch } from './attack-patch-output.ts';
import { goalOf, readSubject, stage, type Sight, type Subject } from './attack-subject.ts';
import { patchOn, trainUniversal, type UniversalPatch } from './attack-universal.ts';
import { freshOf, judgeViews } from './attack-views.ts';
import { completed, isBlackBox, stepsOf } from './attack-plan.ts';
import { openStandIn, standInNotes } from './stand-in.ts';
import { judgeFile, type Judged } from './attack-verdict.ts';
import { Victim } from './attack-victim.ts';
import { attackPicture, type Attacked, type Opponent } from './attack.ts';
import { labelOf } from './classify.ts';
import type { Workbench } from './workbench.ts';

export async function* runAttackSet(
  open: OpenNetwork,
  request: AttackSetRequest,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackSetResult>, void, undefined> {
  const began = performance.now();
  const { settings, images } = request;
  const universal = settings.method === 'patch' && settings.placement === 'anywhere';
  if (!universal && request.print !== null)
    throw new ReverieError(
      'usage/option',
      'Of several pictures only a patch that works anywhere can be printed.',
    );
  await checkPatchOutput(settings, request.patch);
  if (request.print !== null) await checkWritable(request.print);
  const labels = request.labels === null ? null : await readImageLabels(request.labels);
  const folder = await folderFor(request.out);
  const members = namesIn(settings.ensemble);
  const victims: Victim[] = [];
  try {
    for (const name of [null, ...request.transfer, ...members])
      victims.push(await Victim.create(await open(name), isBlackBox(settings.method)));
    const columns = victims.slice(0, 1 + request.transfer.length);
    const [first] = columns;
    if (first === undefined) throw new Error('There is no network.');
    const allies = victims.slice(columns.length);
    const { model, runtime } = first.bench;
    const matrix = new Matrix(columns.length);
    const rows: AttackSetRow[] = [];
    const standIns = new Map<Victim, Workbench | null>();
    for (const victim of columns) standIns.set(victim, await openStandIn(open, settings, victim.bench));
    const notes = notesOf(victims, labels);
    for (const [victim, standIn] of standIns) notes.push(...standInNotes(standIn, victim.bench));
    const training = universal ? columns.length * stepsOf(settings) : 0;
    const of = images.length * columns.length + training;
    const names = { runtime: runtime.name, device: runtime.device };
    yield { kind: 'started', steps: of, width: 0, height: 0, ...names, notes };
    let step = 0;
    const made: UniversalPatch[] = [];
    for (const i of universal ? columns.keys() : []) {
      const since = performance.now();
      const team = i === 0 ? [first, ...allies] : columns.slice(i, i + 1);
      const subjects = images.map((path) => () => readSubject(path, victims, labels));
      const steps = trainUniversal(subjects, team, settings);
      for (let next = await steps.next(); ; next = await steps.next()) {
        if (next.done === true) {
          made.push(next.value);
          break;
        }
        step++;
        const { width, height } = next.value.patch;
        const size = { width, height, octave: 1, octaves: 1 };
        yield { kind: 'step', step, of, ...size, objective: next.value.loss, ms: performance.now() - since };
        if (signal?.aborted === true) throw new ReverieError('job/cancelled', 'The attack was cancelled.');
      }
    }
    const [mine] = made;
    if (mine !== undefined) {
      notes.push(mine.note);
      await savePatch(mine, request);
    }
    for (const [number, path] of images.entries()) {
      const subject = await readSubject(path, victims, labels);
      for (const [i, attacker] of columns.entries()) {
        const since = performance.now();
        const sight = subject.sights[i];
        const team = i === 0 ? [attacker, ...allies] : [attacker];
        const judged =
          sight?.right === true
            ? await attackOne(subject, team, request, {
                standIn: standIns.get(attacker) ?? null,
                folder: folder.path,
                universal: patchOn(made[i], number),
              })
            : null;
        if (i === 0) rows.push(rowOf(subject, judged, mine?.trained(path) ?? null));
        if (judged !== null) await compare(matrix, i, subject, columns, judged);
        const { fooled, counted } = tally(rows);
        const ms = performance.now() - since;
        step++;
        yield {
          kind: 'step',
          step,
          of,
          octave: 1,
          octaves: 1,
          ...subject.size,
          objective: counted === 0 ? 0 : fooled / counted,
          ms,
        };
        if (signal?.aborted === true) throw new ReverieError('job/cancelled', 'The attack was cancelled.');
      }
    }
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
        median: mediansOf(rows.filter(({ success }) => success)),
        queries: queriesOf(rows.filter(({ success }) => success)),
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

interface Made extends Judged {
  readonly path: string;
  readonly maker: Victim;
  readonly goal: Goal;
  readonly unrounded: Attacked['unrounded'];
  readonly queries: number | null;
  readonly substitute: AttackSetRow['substitute'];
  readonly views: ViewShare | null;
}

/** What an attack on one of the pictures is made with. */
interface Means {
  readonly standIn: Workbench | null;
  /** Where results are written. */
  readonly folder: string;
  readonly universal: { patch: UniversalPatch; number: number } | null;
}

async function attackOne(
  subject: Subject,
  team: readonly Victim[],
  { settings }: AttackSetRequest,
  { standIn, folder, universal }: Means,
): Promise<Made | null> {
  const [maker] = team;
  const staged = stage(subject, team, settings);
  if (maker === undefined || staged === null) return null;
  const { goal, opponents } = staged;
  const { size, original } = subject;
  const { width, height } = size;
  const shown =
    universal === null ? null : elsewhere(maker, universal.patch, subject, settings, universal.number);
  const found =
    shown === null
      ? await attackAlone(opponents, subject, settings, standIn)
      : { levels: toLevels(shown(0).data), unrounded: null, queries: null, substitute: null };
  const path = join(folder, `${parsePath(subject.path).name}-${maker.bench.model.name}.png`);
  await saveImage(pixelsFrom(width, height, fromLevels(found.levels)), path);
  const judged = await judgeFile(path, opponents, subject.original);
  const fresh = freshOf(settings, false);
  const before = pixelsFrom(width, height, fromLevels(original));
  const picture = shown ?? (() => judged.picture);
  const views = fresh === 0 ? null : (await judgeViews(maker, picture, before, goal, settings, fresh)).share;
  return {
    ...judged,
    path,
    maker,
    goal,
    views,
    unrounded: found.unrounded ?? { margin: judged.margin, l2: judged.norms.l2, linf: judged.norms.linf },
    queries: found.queries,
    substitute: found.substitute,
  };
}

/** An attack on one picture, without its steps. */
async function attackAlone(
  opponents: readonly Opponent[],
  { original, size }: Subject,
  settings: AttackSettings,
  standIn: Workbench | null,
): Promise<Attacked> {
  const tools = { mask: await maskFor(settings, size), standIn };
  const steps = attackPicture(opponents, original, settings, size, tools);
  let next = await steps.next();
  while (next.done !== true) next = await steps.next();
  return next.value;
}

function rowOf(
  { path, original, sights }: Subject,
  made: Made | null,
  trained: boolean | null,
): AttackSetRow {
  const [sight] = sights;
  if (sight === undefined) throw new Error('There is no network.');
  const before = seen(sight);
  const norms = made?.norms ?? { l0: 0, l2: 0, linf: 0 };
  const { l2, linf, margin } = made?.unrounded ?? { l2: 0, linf: 0, margin: -Infinity };
  const length = Math.sqrt(original.reduce((sum, level) => sum + level * level, 0));
  return {
    image: path,
    truth: sight.label ?? -1,
    before,
    after: made?.top[0] ?? before,
    counted: made !== null,
    success: made?.success ?? false,
    norms,
    relativeL2: share(norms.l2, length),
    queries: made?.queries ?? null,
    substitute: made?.substitute ?? null,
    views: made?.views ?? null,
    trained: made === null ? null : trained,
    unrounded: { success: margin > 0, l2, linf, relativeL2: share(l2, length) },
  };
}

/** A black picture has no length to compare with. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The likeliest class in some scores. */
function seen({ victim, scores }: Sight) {
  const index = argmax(scores);
  const top = scores[index] ?? 0;
  const probability = 1 / scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
  return { index, label: labelOf(victim.bench.model, index), probability };
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
