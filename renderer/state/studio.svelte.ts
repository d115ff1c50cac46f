/** The studio's own state, mirrored: pictures, jobs, networks, settings. The window keeps no other truth about them. */
import type { PowerState } from '../../shared/power.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import type { Studio } from '../../shared/studio/contract.ts';
import type { Picture } from '../../shared/studio/gallery.ts';
import type { Job, JobProgress, JobState, QueueState } from '../../shared/studio/jobs.ts';
import type { InstalledModel } from '../../shared/studio/models.ts';
import type { StateNote } from '../../shared/studio/state-notes.ts';
import { studioSettings, type StudioSettings } from '../../shared/studio/settings.ts';
import type { Connection } from '../host/host.ts';
import { Collection } from './collection.svelte.ts';
import { follow, type Line } from './follow.ts';

const UNFINISHED: readonly JobState[] = ['running', 'queued', 'paused', 'interrupted'];

export class StudioState {
  readonly studio: Studio;
  readonly pictures = new Collection<Picture>();
  readonly jobs = new Collection<Job>();
  readonly models = new Collection<InstalledModel>();
  queue = $state.raw<QueueState>({ held: false });
  settings = $state.raw<StudioSettings>(defaultsOf(studioSettings));
  /** Whether the settings are those of the studio, and not yet the defaults. */
  settled = $state(false);
  power = $state.raw<PowerState | undefined>();
  /** What of the state folder cannot be used. */
  stateNotes = $state.raw<readonly StateNote[]>([]);
  connection = $state<Connection>('connecting');

  /** Newest first. */
  readonly gallery = $derived(
    [...this.pictures.all].sort((a, b) => b.added - a.added || (a.id < b.id ? -1 : 1)),
  );
  readonly running = $derived(this.jobs.all.find(({ state }) => state === 'running'));
  /** What is under way or waits, in the order in which it will be done. */
  readonly unfinished = $derived(
    this.jobs.all
      .filter(({ state }) => UNFINISHED.includes(state))
      .sort(
        (a, b) =>
          UNFINISHED.indexOf(a.state) - UNFINISHED.indexOf(b.state) ||
          (a.position ?? 0) - (b.position ?? 0) ||
          a.created - b.created,
      ),
  );

  constructor(line: Line & { readonly studio: Studio }) {
    const { studio } = line;
    this.studio = studio;
    line.onConnection((connection) => (this.connection = connection));
    follow(
      line,
      () => studio.pictures(),
      (changes, first) => this.pictures.take(changes, first),
    );
    follow(
      line,
      () => studio.jobs(),
      (changes, first) => this.jobs.take(changes, first),
    );
    follow(
      line,
      () => studio.progress(),
      (latest) => this.#advance(latest),
    );
    follow(
      line,
      () => studio.models(),
      (changes, first) => this.models.take(changes, first),
    );
    follow(
      line,
      () => studio.queue(),
      (queue) => (this.queue = queue),
    );
    follow(
      line,
      () => studio.settings(),
      (settings) => {
        this.settings = settings;
        this.settled = true;
      },
    );
    follow(
      line,
      () => studio.stateNotes(),
      (notes) => (this.stateNotes = notes),
    );
    follow(
      line,
      () => studio.power(),
      (power) => (this.power = power),
    );
  }

  /** A step of the job that runs; it may come after the news of the job's end. */
  #advance(latest: JobProgress | null): void {
    const job = this.jobs.get(latest?.job ?? null);
    if (latest === null || job?.state !== 'running') return;
    const { progress, frames } = latest;
    this.jobs.take({ changed: [{ ...job, progress, frames }], removed: [] }, false);
  }

  /** Whether everything has been heard once. */
  get ready(): boolean {
    return this.pictures.loaded && this.jobs.loaded && this.models.loaded;
  }

  /** The network that `null` stands for. */
  get defaultModel(): InstalledModel | undefined {
    return (
      this.models.get(this.settings.model) ??
      this.models.all.find((model) => model.default) ??
      this.models.all[0]
    );
  }

  /** The dream that a picture came from, while its film strip is kept. */
  jobOf(picture: string): Job | undefined {
    return this.jobs.all.find(({ result }) => result === picture);
  }
}

/** The step that a job's film strip begins with: 0 for its picture; a branch begins with the step that it goes on from. */
export function originStep({ order, frames }: Job): number {
  return order.branch === null ? 0 : (frames?.first ?? order.branch.step);
}

/** Whether a job's film strip can still grow. */
export function isUnfinished({ state }: Job): boolean {
  return UNFINISHED.includes(state);
}
