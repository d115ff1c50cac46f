/** The runs on disk: every job in memory has its folder, and every folder is a job or told to be unreadable. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import type { Job } from '../../../shared/studio/jobs.ts';
import { JsonFile } from '../../files/json-file.ts';
import { RUN, readRuns, removeRun, serialise, type RunRecord, type UnreadableRun } from './run-record.ts';
import { Watched, WatchedItems } from '../../../shared/watch.ts';

export class RunStore {
  readonly watched: WatchedItems<Job>;
  /** Folders that hold no job that can be read. */
  readonly unreadable = new Watched<readonly UnreadableRun[]>([]);
  readonly #folder: string;
  readonly #runs = new Map<string, { record: RunRecord; file: JsonFile }>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.watched = new WatchedItems(
      () => this.#runs.keys(),
      (id) => this.view(id),
    );
  }

  static async open(folder: string): Promise<RunStore> {
    const store = new RunStore(folder);
    const { records, unreadable } = await readRuns(folder);
    for (const record of records) store.#enter(record);
    store.unreadable.set(unreadable);
    return store;
  }

  /** Oldest first. */
  get records(): RunRecord[] {
    return [...this.#runs.values()].map(({ record }) => record);
  }

  /** Those that wait, next first. */
  get queue(): RunRecord[] {
    return this.records.filter(({ state }) => state === 'queued').sort((a, b) => a.rank - b.rank);
  }

  /** @throws ReverieError job/unknown */
  get(id: string): RunRecord {
    const run = this.#runs.get(id);
    if (run !== undefined) return run.record;
    throw new ReverieError('job/unknown', `There is no job "${id}"; it may have been removed.`);
  }

  /** The job as windows see it. */
  view(id: string): Job | undefined {
    const record = this.#runs.get(id)?.record;
    if (record === undefined) return undefined;
    const { rank: _rank, inputs: _inputs, start: _start, repeats: _repeats, curve: _curve, ...job } = record;
    return { ...job, position: record.state === 'queued' ? this.queue.indexOf(record) : null };
  }

  /** Of a run, whether it is there yet or not. */
  folder(id: string): string {
    return join(this.#folder, id);
  }

  async add(record: RunRecord): Promise<void> {
    await mkdir(this.folder(record.id), { recursive: true });
    this.#enter(record);
    await this.save(record);
  }

  /** Tells the windows; the queue's positions may have changed with it. */
  touch(id: string): void {
    this.watched.touch(id, ...this.queue.map((record) => record.id));
  }

  async save({ id }: RunRecord): Promise<void> {
    const run = this.#runs.get(id);
    await run?.file.write(serialise(run.record));
  }

  /** A gallery picture has another name now: jobs on it, and the one that made it, know it by that. */
  async renamePicture(from: string, to: string): Promise<void> {
    for (const record of this.records) {
      const { order, result } = record;
      if (order.picture !== from && result !== from) continue;
      if (order.picture === from) record.order = { ...order, picture: to };
      if (result === from) record.result = to;
      this.touch(record.id);
      await this.save(record);
    }
  }

  /** Removes a folder that cannot be read. @returns whether there was one of this name */
  async removeUnreadable(id: string): Promise<boolean> {
    const others = this.unreadable.value.filter((run) => run.id !== id);
    if (others.length === this.unreadable.value.length) return false;
    await removeRun(this.#folder, id);
    this.unreadable.set(others);
    return true;
  }

  async remove(id: string): Promise<void> {
    this.#runs.delete(id);
    this.touch(id);
    await removeRun(this.#folder, id);
  }

  #enter(record: RunRecord): void {
    this.#runs.set(record.id, { record, file: new JsonFile(join(this.folder(record.id), RUN.record)) });
  }
}
