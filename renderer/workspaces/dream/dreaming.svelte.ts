/** What is looked at on the dream desk: its picture, a dream that grew out of it, a step of that; and what can be done with it. */
import type { Picture } from '../../../shared/studio/gallery.ts';
import type { Job } from '../../../shared/studio/jobs.ts';
import type { Exported, Shell } from '../../state/shell.svelte.ts';
import { isUnfinished, originStep } from '../../state/studio.svelte.ts';
import { DreamDesk } from './desk.svelte.ts';

export class Dreaming {
  readonly desk: DreamDesk;
  /** Whether the original is shown beside the dream. */
  comparing = $state(false);
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.desk = shell.desk(DreamDesk);
  }

  /** The dream that is looked at. */
  get job(): Job | undefined {
    return this.#shell.studio.jobs.get(this.desk.now.job);
  }

  /** The recorded step that is looked at, the newest when none is chosen; `null` at the beginning. */
  get step(): number | null {
    const { frames } = this.job ?? {};
    const step = this.desk.now.step ?? frames?.last ?? 0;
    return frames !== undefined && frames !== null && step >= frames.first
      ? Math.min(step, frames.last)
      : null;
  }

  /** What the dream that is looked at has become. */
  get result(): Picture | undefined {
    return this.#shell.studio.pictures.get(this.job?.result ?? null);
  }

  /** The picture on the desk. */
  get picture(): Picture | undefined {
    return this.#shell.studio.pictures.get(this.desk.now.picture);
  }

  /** What can be exported: the picture, or what became of the dream, and its steps. */
  get exported(): Exported | undefined {
    const { job, picture } = this;
    if (job === undefined) return picture === undefined ? undefined : { pictures: [picture.id], job };
    if (!isUnfinished(job) || job.frames !== null)
      return { pictures: job.result === null ? [] : [job.result], job };
    return undefined;
  }

  /** Starts a dream; `fromStep`: where the step that is looked at ended, else with the picture. */
  async start(fromStep = false): Promise<void> {
    const { settings } = this.#shell.studio;
    const job = await this.#shell.start(this.desk.order(settings, fromStep ? this.step : null));
    if (job !== undefined) this.desk.change({ job: job.id, step: null }, 'dream');
  }

  async pauseOrResume(): Promise<void> {
    const { job } = this;
    if (job === undefined) return;
    await (job.state === 'running' ? this.#shell.pause(job) : this.#shell.continue(job));
  }

  /** Puts the step that is looked at into the gallery. */
  async keepStep(): Promise<void> {
    const { job } = this.desk.now;
    const { step } = this;
    if (job === null || step === null) return;
    const picture = await this.#shell.jobAction.run(() => this.#shell.host.studio.keepStep({ job, step }));
    if (picture !== undefined) this.#shell.selection.only(picture.id);
  }

  /** Goes along the strip; beyond its end lies the newest. */
  scrub(by: number): void {
    const { job } = this;
    if (job === undefined || job.frames === null) return;
    const next = (this.desk.now.step ?? job.frames.last) + by;
    this.desk.look(next > job.frames.last ? null : Math.max(next, originStep(job)));
  }
}
