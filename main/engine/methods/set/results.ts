/** What is told of a set: rows from its records, and the file that holds them once all are there. */
import { join } from 'node:path';
import type { PassedOver } from '../../../../shared/contract/result.ts';
import type { Results } from '../../../../shared/methods/registry.ts';
import type { SetMethod, SetResult, SetRow } from '../../../../shared/methods/sets.ts';
import { writeAtomically } from '../../../files/whole-file.ts';
import type { MergedResult } from '../common/units/merged.ts';
import type { UnitFolder, UnitRecord } from '../common/units/unit-folder.ts';

type Facts = Omit<SetRow, 'unit' | 'output'>;

const RESULTS = 'results.json';

/** What is worth telling of a result among many, and is the same wherever and whenever it was made. */
export function factsOf(result: Results[SetMethod]): Facts {
  if ('objective' in result) return { objective: result.objective };
  const { classes, target, methods } = result;
  return {
    classes,
    target,
    methods: methods.map(({ raw: _raw, exported: _exported, map: _map, ...facts }) => facts),
  };
}

/** @param folder where the results lie, or `null` for their names in it */
export function rowsOf(
  folder: string | null,
  records: readonly UnitRecord[],
): { rows: SetRow[]; failed: PassedOver[] } {
  const rows: SetRow[] = [];
  const failed: PassedOver[] = [];
  for (const { unit, files, result, failed: reason } of records) {
    const [name = ''] = Object.keys(files);
    if (reason === null) {
      rows.push({ unit, output: folder === null ? name : join(folder, name), ...(result as Facts) });
    } else failed.push({ path: unit, reason });
  }
  return { rows, failed };
}

/** Writes the rows into the folder, when all units are there. */
export async function finishSet(folder: UnitFolder, records: readonly UnitRecord[]): Promise<void> {
  const { version, method, model, order } = folder.job;
  const results = { version, method, model, settings: order, ...rowsOf(null, records) };
  await writeAtomically(join(folder.path, RESULTS), `${JSON.stringify(results, null, 2)}\n`);
  await folder.forgetShards();
}

/** What the set has come to, of the units of all its shards. */
export async function mergedSet(
  folder: UnitFolder,
  records: readonly UnitRecord[],
): Promise<MergedResult<SetResult>> {
  await finishSet(folder, records);
  const rows = rowsOf(folder.path, records);
  return { output: folder.path, units: records.length, made: 0, ...rows, shard: null };
}
