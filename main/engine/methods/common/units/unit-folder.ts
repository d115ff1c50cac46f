/**
 * The folder of a job that is a list of units. `.units` in it says what job it is, and holds a record of each unit that is done, written
 * when all files of the unit are there: a unit is whole or absent. Nothing in it tells who did which unit, or when, so that the
 * folder is the same however the work was divided and interrupted.
 */
import { existsSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { ReverieError } from '../../../../../shared/errors.ts';
import type { MethodName } from '../../../../../shared/methods/registry.ts';
import type { NetworkIdentity } from '../../../../../shared/recipes/recipe-form.ts';
import type { Shard } from '../../../../../shared/units.ts';
import { readJson } from '../../../../files/json-file.ts';
import { sha256 } from '../../../../files/sha256.ts';
import { makeFolder, writeAtomically } from '../../../../files/whole-file.ts';
import { VERSION } from '../../../../log/facts.ts';

/** What any of its units can be computed from, together with the files that it names; the same for all parts of a job. */
export interface UnitJob {
  readonly reverie: 1;
  /** Of the program: another one may come to other results. */
  readonly version: string;
  readonly method: MethodName;
  readonly model: NetworkIdentity;
  /** All that has a say in the results. */
  readonly order: Readonly<Record<string, unknown>>;
  /** Names of all units, in the order of the results. */
  readonly units: readonly string[];
}

/** A unit that is done. */
export interface UnitRecord {
  readonly unit: string;
  /** SHA-256 of the file that it was made from, or `null`. */
  readonly source: string | null;
  /** What computed it. */
  readonly runtime: string;
  readonly device: string;
  /** Its files, relative to the folder with `/`, and their SHA-256. */
  readonly files: Readonly<Record<string, string>>;
  /** What is told of it in the end; `null` where it failed. */
  readonly result: unknown;
  /** Why nothing can be made of it, in a sentence. */
  readonly failed: string | null;
}

/** A unit as whoever computed it tells of it: with the names of its files alone. */
type Done = Omit<UnitRecord, 'files'> & { readonly files: readonly string[] };

export const UNITS = '.units';
const JOB = 'job.json';

const text = v.string();
const jobSchema = v.object({
  reverie: v.literal(1),
  version: text,
  method: text,
  model: v.object({ name: text, sha256: text, output: v.exactOptional(text) }),
  order: v.record(text, v.unknown()),
  units: v.array(text),
});
const recordSchema = v.object({
  unit: text,
  source: v.nullable(text),
  runtime: text,
  device: text,
  files: v.record(text, text),
  result: v.unknown(),
  failed: v.nullable(text),
});

export function unitJob(job: Omit<UnitJob, 'reverie' | 'version'>): UnitJob {
  return { reverie: 1, version: VERSION, ...job };
}

export class UnitFolder {
  readonly path: string;
  readonly job: UnitJob;

  private constructor(path: string, job: UnitJob) {
    this.path = path;
    this.job = job;
  }

  /**
   * Makes a folder ready for a job, or finds the same job there; it may have other units by now.
   * @throws ReverieError `usage/option` for a folder of another job; `output/unwritable`
   */
  static async open(path: string, job: UnitJob): Promise<UnitFolder> {
    const known = await readJob(path);
    const what = known && differenceOf(known, job);
    if (what !== undefined)
      throw new ReverieError(
        'usage/option',
        `The folder "${path}" already holds results of ${what}; name another one with --out.`,
        { path },
      );
    await makeFolder(join(path, UNITS));
    const folder = new UnitFolder(path, job);
    if (!isDeepStrictEqual(known, job)) await folder.#write(JOB, job);
    return folder;
  }

  /** A folder as it was left. @throws ReverieError `usage/option` where there is none, or one that is damaged */
  static async read(path: string): Promise<UnitFolder> {
    const job = await readJob(path);
    if (job !== undefined) return new UnitFolder(path, job);
    const what = existsSync(path) ? 'holds no units of a job' : 'does not exist';
    throw new ReverieError(
      'usage/option',
      `The folder "${path}" ${what}; shards are made by a command with --shard i/n and --out <folder>.`,
      { path },
    );
  }

  /** A unit that is whole; undefined where it is absent, or its files are not all there. */
  async record(unit: string): Promise<UnitRecord | undefined> {
    const stored = await readJson(join(this.path, UNITS, nameOf(unit))).catch(() => undefined);
    const { success, output } = v.safeParse(recordSchema, stored);
    if (!success || output.unit !== unit) return undefined;
    return Object.keys(output.files).every((name) => existsSync(join(this.path, name))) ? output : undefined;
  }

  /** Records a unit, whose files lie in the folder. */
  async keep({ files, ...done }: Done): Promise<UnitRecord> {
    const hashes: Record<string, string> = {};
    for (const name of files) hashes[name] = sha256(await readFile(join(this.path, name)));
    const record: UnitRecord = { ...done, files: hashes };
    return this.#record(record);
  }

  /** Takes a unit over from another folder, with its files. @throws ReverieError `output/unwritable`, `usage/option` for damage */
  async take(from: UnitFolder, record: UnitRecord): Promise<void> {
    for (const [name, hash] of Object.entries(record.files)) {
      const bytes = await readFile(join(from.path, name));
      if (sha256(bytes) !== hash)
        throw new ReverieError(
          'usage/option',
          `"${join(from.path, name)}" is not the file that was made there; remove it, and run that shard again.`,
        );
      const target = join(this.path, name);
      await makeFolder(dirname(target));
      await writeAtomically(target, bytes, { flush: false });
    }
    await this.#record(record);
  }

  /** Leaves a note of a shard that works here, by which it can be named if it never ends. */
  async noteShard({ index, of }: Shard): Promise<void> {
    await this.#write(`shard-${index}-of-${of}.json`, { index, of });
  }

  /** Into how many parts those who work here have divided the job: mostly one number. */
  async divisions(): Promise<number[]> {
    const notes = (await this.#notes()).map((name) => Number(/-of-(\d+)/.exec(name)?.[1]));
    return [...new Set(notes)];
  }

  /** Removes the notes of shards: all units are there. */
  async forgetShards(): Promise<void> {
    for (const name of await this.#notes()) await rm(join(this.path, UNITS, name), { force: true });
  }

  /** The records of all units in their order; undefined for those that are absent. */
  async records(): Promise<(UnitRecord | undefined)[]> {
    const records: (UnitRecord | undefined)[] = [];
    for (const unit of this.job.units) records.push(await this.record(unit));
    return records;
  }

  /** Removes the records, of a job whose results say themselves that they are whole. */
  async tidy(): Promise<void> {
    await rm(join(this.path, UNITS), { recursive: true, force: true });
  }

  async #notes(): Promise<string[]> {
    const names = await readdir(join(this.path, UNITS)).catch(() => []);
    return names.filter((name) => /^shard-\d+-of-\d+\.json$/.test(name));
  }

  /** With its entries in one order, whoever made it. */
  async #record(record: UnitRecord): Promise<UnitRecord> {
    await this.#write(nameOf(record.unit), v.parse(recordSchema, record));
    return record;
  }

  async #write(name: string, value: unknown): Promise<void> {
    await writeAtomically(join(this.path, UNITS, name), `${JSON.stringify(value, null, 1)}\n`, {
      flush: false,
    });
  }
}

/** Why units of the one job are none of the other, as in "results of another network"; undefined where they are. */
export function differenceOf(a: UnitJob, b: UnitJob): string | undefined {
  if (a.method !== b.method) return `another kind of job (${a.method}, not ${b.method})`;
  if (a.model.sha256 !== b.model.sha256 || a.model.output !== b.model.output) return 'another network';
  if (a.model.name !== b.model.name)
    return `the network under another name ("${a.model.name}", not "${b.model.name}")`;
  if (a.version !== b.version) return `another version of Reverie (${a.version}, not ${b.version})`;
  const keys = [...new Set([...Object.keys(a.order), ...Object.keys(b.order)])];
  const settings = keys.filter((key) => !isDeepStrictEqual(a.order[key], b.order[key]));
  return settings.length === 0 ? undefined : `other settings (${settings.join(', ')})`;
}

/** Any name fits into a file's, whatever is in it. */
const nameOf = (unit: string): string => `${sha256(unit).slice(0, 32)}.json`;

async function readJob(path: string): Promise<UnitJob | undefined> {
  const file = join(path, UNITS, JOB);
  const damaged = (cause: unknown): ReverieError =>
    new ReverieError(
      'usage/option',
      `"${file}" is damaged, or of a later version of Reverie; name another folder.`,
      {},
      { cause },
    );
  const stored = await readJson(file).catch((cause: unknown) => {
    throw damaged(cause);
  });
  if (stored === undefined) return undefined;
  const { success, output, issues } = v.safeParse(jobSchema, stored);
  if (!success) throw damaged(issues);
  return output as UnitJob;
}
