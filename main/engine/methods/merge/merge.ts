/**
 * Shards of a job joined without a server: the units of all folders are gathered in one, and the job is finished there as if it had
 * never been divided. Nothing is written before all units are known to be there and to fit together.
 */
import { isDeepStrictEqual } from 'node:util';
import { ReverieError } from '../../../../shared/errors.ts';
import type { DividedMethod, Merged } from '../../../../shared/methods/merged.ts';
import type { Results } from '../../../../shared/methods/registry.ts';
import { setOf, type SetName } from '../../../../shared/methods/sets.ts';
import { inWords } from '../../../../shared/recipes/kinds.ts';
import { finishAtlas } from '../atlas/sheet.ts';
import { mergedAttacks } from '../attack/set/units.ts';
import type { MergedResult } from '../common/units/merged.ts';
import { differenceOf, UnitFolder, type UnitRecord } from '../common/units/unit-folder.ts';
import { mergedSet } from '../set/results.ts';

type Finish<M extends DividedMethod> = (
  folder: UnitFolder,
  records: readonly UnitRecord[],
) => Promise<MergedResult<Results[M]>>;

const finishesOfSets = Object.fromEntries(Object.values(setOf).map((name) => [name, mergedSet])) as Readonly<
  Record<SetName, typeof mergedSet>
>;

/** How each kind of job is finished when all its units are there. */
const finishes: { readonly [M in DividedMethod]: Finish<M> } = {
  ...finishesOfSets,
  atlas: (folder) => finishAtlas(folder),
  attackSet: mergedAttacks,
};

/** A unit, and the folder where it is. */
interface Found {
  readonly record: UnitRecord;
  readonly folder: UnitFolder;
}

/** @throws ReverieError `usage/option` for folders that do not fit together, or are not all; `output/unwritable` */
export async function merge({
  folders,
  out,
  mixed,
}: {
  readonly folders: readonly string[];
  readonly out: string;
  readonly mixed: boolean;
}): Promise<Merged> {
  const began = performance.now();
  const parts = await Promise.all(folders.map((path) => UnitFolder.read(path)));
  const { job } = sameJob(parts);
  const finish = Object.hasOwn(finishes, job.method) ? finishes[job.method as DividedMethod] : undefined;
  if (finish === undefined)
    throw new ReverieError('usage/option', `This version of Reverie cannot join a job of "${job.method}".`);
  const found = await gather(parts);
  const computed = deviceOf(found, mixed);

  const whole = await UnitFolder.open(out, job);
  for (const { record, folder } of found)
    if (!isDeepStrictEqual(await whole.record(record.unit), record)) await whole.take(folder, record);
  const records = found.map(({ record }) => record);
  const result = {
    model: job.model.name,
    ...computed,
    ...(await finish(whole, records)),
    steps: 0,
    msPerStep: 0,
    seconds: (performance.now() - began) / 1000,
  };
  return { method: job.method, result } as Merged;
}

/** The job that all folders are parts of. @throws ReverieError `usage/option` */
function sameJob([first, ...others]: readonly UnitFolder[]): UnitFolder {
  if (first === undefined) throw new ReverieError('usage/option', 'There are no folders to join.');
  for (const other of others) {
    const what =
      differenceOf(other.job, first.job) ??
      (isDeepStrictEqual(other.job.units, first.job.units) ? undefined : unitsApart(other, first));
    if (what !== undefined)
      throw new ReverieError(
        'usage/option',
        `"${other.path}" does not belong to "${first.path}": it holds ${what}.`,
      );
  }
  return first;
}

function unitsApart(a: UnitFolder, b: UnitFolder): string {
  const known = new Set(b.job.units);
  const more = a.job.units.find((unit) => !known.has(unit));
  const less = b.job.units.find((unit) => !a.job.units.includes(unit));
  if (more !== undefined) return `a job with "${more}", which the other does not have`;
  return less === undefined ? 'the same units in another order' : `a job without "${less}"`;
}

/** Every unit from one of the folders. @throws ReverieError `usage/option` for units that differ, or are missing */
async function gather(parts: readonly UnitFolder[]): Promise<Found[]> {
  const found: Found[] = [];
  const missing: number[] = [];
  for (const [i, unit] of (parts[0]?.job.units ?? []).entries()) {
    let best: Found | undefined;
    for (const folder of parts) {
      const record = await folder.record(unit);
      if (record === undefined) continue;
      const other = best?.record;
      // Where one machine could not read what another could, there is a result.
      if (other === undefined || (other.failed !== null && record.failed === null)) best = { record, folder };
      else if (record.failed === null && !isDeepStrictEqual(contentsOf(record), contentsOf(other)))
        throw new ReverieError(
          'usage/option',
          `"${unit}" is in "${best?.folder.path}" and in "${folder.path}", and not the same; leave one of them out.`,
        );
    }
    if (best === undefined) missing.push(i);
    else found.push(best);
  }
  if (missing.length > 0) throw await incomplete(parts, missing);
  return found;
}

const contentsOf = ({ source, files, result }: UnitRecord) => ({ source, files, result });

/** Names the shards that units are missing of, where all have counted alike. */
async function incomplete(parts: readonly UnitFolder[], missing: readonly number[]): Promise<ReverieError> {
  const units = parts[0]?.job.units ?? [];
  const divisions = new Set((await Promise.all(parts.map((part) => part.divisions()))).flat());
  const [of, ...others] = divisions;
  const count = `${missing.length} of ${units.length} units are missing, the first of them "${units[missing[0] ?? 0]}"`;
  if (of === undefined || others.length > 0) return new ReverieError('usage/option', `${count}.`);
  const shards = [...new Set(missing.map((i) => (i % of) + 1))].sort((a, b) => a - b);
  const names = inWords(shards.map((index) => `${index}/${of}`)).replace(' or ', ' and ');
  return new ReverieError(
    'usage/option',
    `${count}: run ${shards.length === 1 ? 'shard' : 'shards'} ${names} to the end, or name ${shards.length === 1 ? 'its folder' : 'their folders'}.`,
    { shards },
  );
}

/** What computed the units. @throws ReverieError `usage/option` where that were several kinds of devices and nobody allowed it */
function deviceOf(found: readonly Found[], mixed: boolean): { runtime: string; device: string } {
  const kinds = new Map(
    found.map(({ record: { runtime, device } }) => [`${runtime} (${device})`, { runtime, device }]),
  );
  if (kinds.size > 1 && !mixed)
    throw new ReverieError(
      'usage/option',
      `Some units were computed on ${[...kinds.keys()].join(', others on ')}, so they differ a little from those of one machine; --mixed joins them all the same.`,
    );
  const all = [...kinds.values()];
  const names = (each: readonly string[]): string => [...new Set(each)].join(', ');
  return {
    runtime: names(all.map(({ runtime }) => runtime)),
    device: names(all.map(({ device }) => device)),
  };
}
