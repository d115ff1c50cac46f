/**
 * An attack on many pictures, with the figures that a paper wants: success among those that the network had right, measured
 * on files that were read back, and a matrix of what carries over to other networks.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, parse as parsePath } from 'node:path';
import type {
  AttackSetRequest,
  AttackSetResult,
  AttackSetRow,
  ViewShare,
} from '../../../shared/contract/attack.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import { argmax, type Goal } from '../attack/goal.ts';
import { fromLevels, toLevels, type Levels } from '../attack/lattice.ts';
import { decodeImage, saveImage } from '../imaging/codec.ts';
import { pixelsFrom } from '../imaging/pixels.ts';
import { resolveGoal, sameClass } from './attack-goal.ts';
import { namesIn, type OpenNetwork } from './attack-job.ts';
import { Matrix, mediansOf, queriesOf, tally } from './attack-figures.ts';
import { readImageLabels, type Labels } from './attack-labels.ts';
import { maskFor } from './attack-mask.ts';
import { freshOf, judgeViews } from './attack-views.ts';
import { completed, isBlackBox } from './attack-plan.ts';
import { openStandIn, standInNotes } from './stand-in.ts';
import { judgeFile, type Judged } from './attack-verdict.ts';
import { Victim } from './attack-victim.ts';
import { attackPicture, type Attacked } from './attack.ts';
import { labelOf } from './classify.ts';
import type { Size } from './octaves.ts';
import { findClass } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** A picture of the set, and how each network stands towards it before the attack. */
interface Subject {
  readonly path: string;
  readonly size: Size;
  readonly original: Levels;
  readonly sights: readonly Sight[];
}

/** `label` is what the picture shows, in the network's own classes; null where it has no such class. */
interface Sight {
  readonly victim: Victim;
  readonly scores: Float32Array;
  readonly label: number | null;
  readonly right: boolean;
}

export async function* runAttackSet(
  open: OpenNetwork,
  request: AttackSetRequest,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackSetResult>, void, undefined> {
  const began = performance.now();
  const { settings, images } = request;
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
    const of = images.length * columns.length;
    const names = { runtime: runtime.name, device: runtime.device };
    yield { kind: 'started', steps: of, width: 0, height: 0, ...names, notes };
    let step = 0;
    for (const path of images) {
      const subject = await readSubject(path, victims, labels);
      for (const [i, attacker] of columns.entries()) {
        const since = performance.now();
        const sight = subject.sights[i];
        const team = i === 0 ? [attacker, ...allies] : [attacker];
        const judged =
          sight?.right === true
            ? await attackOne(subject, team, request, standIns.get(attacker) ?? null, folder.path)
            : null;
        if (i === 0) rows.push(rowOf(subject, judged));
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

async function readSubject(
  path: string,
  victims: readonly Victim[],
  labels: Labels | null,
): Promise<Subject> {
  const { pixels } = await decodeImage(path);
  const original = toLevels(pixels.data);
  const size = { width: pixels.width, height: pixels.height };
  const [first] = victims;
  if (first === undefined) throw new Error('There is no network.');
  const picture = fromLevels(original);
  const looks: { victim: Victim; scores: Float32Array }[] = [];
  for (const victim of victims)
    looks.push({ victim, scores: (await victim.at(size).scores(picture)).slice() });
  const { model } = first.bench;
  const truth = labels === null ? argmax(looks[0]?.scores ?? []) : labelled(path, labels, first);
  const sights = looks.map(({ victim, scores }) => {
    const label = sameClass(model, truth, victim.bench.model, victim.classes);
    return { victim, scores, label, right: label !== null && argmax(scores) === label };
  });
  return { path, size, original, sights };
}

function labelled(path: string, labels: Labels, { bench: { model } }: Victim): number {
  const name = basename(path);
  const label = labels.get(name);
  if (label === undefined) {
    throw new ReverieError('usage/option', `The table of labels does not say what "${name}" shows.`);
  }
  return findClass(model, model.layers(), label);
}

/** The goal of `maker` in the classes of `victim`; null where it has no such class. */
function goalOf(victim: Victim, from: Goal, maker: Victim): Goal | null {
  const label = sameClass(maker.bench.model, from.label, victim.bench.model, victim.classes);
  return label === null ? null : { ...from, label };
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

async function attackOne(
  subject: Subject,
  team: readonly Victim[],
  { settings }: AttackSetRequest,
  standIn: Workbench | null,
  folder: string,
): Promise<Made | null> {
  const [maker] = team;
  const sight = subject.sights.find(({ victim }) => victim === maker);
  if (maker === undefined || sight?.label === undefined || sight.label === null) return null;
  const goal = resolveGoal(maker.bench.model, settings.target, sight.label, sight.scores, settings.seed);
  const opponents = team.flatMap((victim) => {
    const own = goalOf(victim, goal, maker);
    return own === null ? [] : [{ bench: victim.bench, oracle: victim.at(subject.size), goal: own }];
  });
  const steps = attackPicture(opponents, subject.original, settings, subject.size, {
    mask: await maskFor(settings, subject.size),
    standIn,
  });
  let next = await steps.next();
  while (next.done !== true) next = await steps.next();
  const path = join(folder, `${parsePath(subject.path).name}-${maker.bench.model.name}.png`);
  const { width, height } = subject.size;
  await saveImage(pixelsFrom(width, height, fromLevels(next.value.levels)), path);
  const judged = await judgeFile(path, opponents, subject.original);
  const fresh = freshOf(settings, false);
  const before = pixelsFrom(width, height, fromLevels(subject.original));
  const views =
    fresh === 0 ? null : (await judgeViews(maker, judged.picture, before, goal, settings, fresh)).share;
  return {
    ...judged,
    path,
    maker,
    goal,
    views,
    unrounded: next.value.unrounded,
    queries: next.value.queries,
    substitute: next.value.substitute,
  };
}

function rowOf({ path, original, sights }: Subject, made: Made | null): AttackSetRow {
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
