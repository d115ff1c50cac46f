/** The pictures of a set as units of work: each with its row, its files, and which networks its results fool. */
import { relative, sep } from 'node:path';
import type { PassedOver } from '../../../../../shared/contract/result.ts';
import type { AttackSetResult, AttackSetRow } from '../../../../../shared/methods/attack.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { sha256OfFiles } from '../../../../files/sha256.ts';
import type { MergedResult } from '../../common/units/merged.ts';
import type { UnitFolder, UnitRecord } from '../../common/units/unit-folder.ts';
import type { Runtime } from '../../../runtime/runtime.ts';
import { Matrix, mediansOf, queriesOf, robustnessOf, tally } from './figures.ts';

/** What is known of a picture when all networks were attacked with it. */
export interface PictureFigures {
  readonly row: AttackSetRow;
  readonly transfers: readonly Transfer[];
}

/** A result that was made against the network of a row of the matrix, seen by that of a column. */
export interface Transfer {
  readonly row: number;
  readonly column: number;
  readonly fooled: boolean;
}

/** All that belongs to the set as a whole. */
export interface SetFacts {
  readonly settings: AttackSettings;
  readonly truth: AttackSetResult['truth'];
  readonly failed: readonly PassedOver[];
  /** The networks of the matrix. */
  readonly models: readonly string[];
  readonly notes: readonly string[];
}

/** The figures of a paper. */
export function figuresOf(
  { settings, truth, failed, models, notes }: SetFacts,
  pictures: readonly PictureFigures[],
): MergedResult<AttackSetResult> {
  const rows = pictures.map(({ row }) => row);
  const fooled = rows.filter(({ success }) => success);
  const matrix = new Matrix(models.length);
  for (const { row, column, fooled: also } of pictures.flatMap(({ transfers }) => transfers))
    matrix.add(row, column, also);
  return {
    settings,
    truth,
    rows,
    failed,
    ...tally(rows),
    robust: robustnessOf(settings, rows),
    median: mediansOf(fooled),
    queries: queriesOf(fooled),
    transfer: models.length === 1 ? null : { models, ...matrix.counts },
    notes,
  };
}

/** Keeps a picture's figures, of which its place on this machine is no part. */
export async function keepPicture(
  folder: UnitFolder,
  { unit, runtime, files }: { unit: string; runtime: Runtime; files: readonly string[] },
  { row: { image, ...row }, transfers }: PictureFigures,
): Promise<void> {
  await folder.keep({
    unit,
    source: await sha256OfFiles(image),
    runtime: runtime.name,
    device: runtime.device,
    files: files.map((path) => relative(folder.path, path).replaceAll(sep, '/')),
    result: { row, transfers },
    failed: null,
  });
}

/** What was kept of a picture; undefined where that was another picture under the same name. */
export async function keptPicture(
  folder: UnitFolder,
  unit: string,
  image: string,
): Promise<PictureFigures | undefined> {
  const record = await folder.record(unit);
  return record?.source === (await sha256OfFiles(image)) ? figuresIn(record, image) : undefined;
}

function figuresIn({ result }: UnitRecord, image: string): PictureFigures {
  const { row, transfers } = result as { row: Omit<AttackSetRow, 'image'>; transfers: Transfer[] };
  return { row: { image, ...row }, transfers };
}

/** The figures of all shards together. The files say no more than that, so nothing else is left in the folder. */
export async function mergedAttacks(
  folder: UnitFolder,
  records: readonly UnitRecord[],
): Promise<MergedResult<AttackSetResult>> {
  const facts = folder.job.order['attack'] as SetFacts;
  await folder.tidy();
  return figuresOf(
    facts,
    records.map((record) => figuresIn(record, record.unit)),
  );
}
