/**
 * The attacks on real photos: how often each network is fooled, by how much, what carries over, and what a step costs. All
 * figures are those of the set runner, so they are measured on PNGs that were read back.
 */
import { basename, join } from 'node:path';
import type { AttackSetResult } from '../../shared/methods/attack.ts';
import { modelsFolder } from '../engine/models/folder.ts';
import { ProgramCache } from '../engine/runtime/cache.ts';
import { benchOverhead, type OverheadRow } from './attacks-overhead.ts';
import { TRANSFERS, WHITE_BOX, type AttackCase } from './attack-cases.ts';
import { attackPhotos, Contexts, type Photos } from './attacks-set.ts';
import type { Kept } from './kept.ts';
import { networkFiles } from './run.ts';

/** Networks of the table: whole classifiers with the classes of the photos. */
const CLASSIFIERS = ['googlenet.onnx', 'squeezenet1.1.onnx', 'mobilenet_v2.onnx'];

/** Those that lie beside a checkout. */
export const classifierFiles = (): string[] =>
  networkFiles().filter((path) => CLASSIFIERS.includes(basename(path)));

/** The photos that lie beside a checkout. */
export const photosFolder = (): string => join(modelsFolder(), '..', '..', 'shared', 'images');

/** How many photos attacks on black boxes are run on where no number is given, because they take long. */
export const SLOW_PHOTOS = 10;

export interface AttackRow {
  readonly model: string;
  readonly attack: string;
  readonly result: AttackSetResult;
}

export interface AttackReport {
  readonly rows: readonly AttackRow[];
  readonly transfers: readonly { readonly attack: string; readonly result: AttackSetResult }[];
  readonly overhead: readonly OverheadRow[];
}

export interface AttackBench {
  /** Paths of networks. */
  readonly networks: readonly string[];
  readonly photos: Photos;
  /** Methods whose parts are wanted; null for all. */
  readonly methods: readonly string[] | null;
  /** Results of single photos, which are not measured again. */
  readonly kept: Kept;
  /** Told after every part of the table. */
  readonly tell: (line: string) => void;
}

/** Everything, network by network. */
export async function benchAttacks(given: AttackBench): Promise<AttackReport> {
  const programs = new ProgramCache(2 ** 30);
  const contexts = new Contexts(programs);
  try {
    const rows = await tables(given, contexts, WHITE_BOX);
    const transfers = [];
    for (const { name, settings } of wanted(given, TRANSFERS)) {
      const case_ = { name: `${name} transfer`, settings };
      const result = await attackPhotos(contexts, given.networks, given.photos, case_, given.kept);
      if (result === null) continue;
      transfers.push({ attack: name, result });
      given.tell(`transfer: ${name}`);
    }
    const overhead: OverheadRow[] = [];
    for (const path of given.methods === null ? given.networks : []) {
      const row = await benchOverhead(await contexts.open(path));
      overhead.push(row);
      given.tell(`${row.model}: 10 steps of PGD take ${row.ratio.toFixed(3)} × ten engine steps`);
    }
    return { rows, transfers, overhead };
  } finally {
    await programs.clear();
  }
}

/** The tables of attacks that take long. */
export async function benchSlowAttacks(
  given: AttackBench,
  cases: readonly AttackCase[],
): Promise<AttackRow[]> {
  const programs = new ProgramCache(2 ** 30);
  try {
    return await tables(given, new Contexts(programs), cases);
  } finally {
    await programs.clear();
  }
}

const wanted = ({ methods }: AttackBench, cases: readonly AttackCase[]): AttackCase[] =>
  cases.filter(({ settings }) => methods?.includes(settings.method) ?? true);

async function tables(
  given: AttackBench,
  contexts: Contexts,
  cases: readonly AttackCase[],
): Promise<AttackRow[]> {
  const rows: AttackRow[] = [];
  for (const path of given.networks) {
    const { model } = await contexts.open(path);
    for (const part of wanted(given, cases)) {
      const result = await attackPhotos(contexts, [path], given.photos, part, given.kept);
      if (result === null) continue;
      rows.push({ model: model.name, attack: part.name, result });
      const relative = result.median?.relativeL2.toExponential(2) ?? '–';
      given.tell(
        `${model.name}: ${part.name}: ${result.fooled} of ${result.counted}, relative L2 ${relative} (${result.seconds.toFixed(0)} s)`,
      );
    }
  }
  return rows;
}
