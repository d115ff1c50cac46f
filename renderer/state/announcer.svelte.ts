/** What a screen reader is told about a job, politely: its beginning, each quarter, its end. */
import { methods } from '../../shared/methods/registry.ts';
import type { Job } from '../../shared/studio/jobs.ts';

const QUARTER = 25;

export class Announcer {
  message = $state('');
  #job: string | null = null;
  #state: Job['state'] | null = null;
  #quarter = 0;

  /** Takes the latest state of the job that is looked at or runs. */
  follow(job: Job | undefined): void {
    if (job === undefined) return;
    if (job.id !== this.#job) {
      this.#job = job.id;
      this.#state = null;
      this.#quarter = 0;
    }
    if (job.state !== this.#state) {
      // What was already over when it was first seen is no news.
      if (this.#state !== null || job.state === 'running')
        this.message = `${methods[job.order.method].words.title} ${WORDS[job.state]}.`;
      this.#state = job.state;
      return;
    }
    const { progress } = job;
    const percent = progress === null ? 0 : Math.floor((100 * progress.step) / progress.of);
    const quarter = Math.floor(percent / QUARTER);
    if (job.state !== 'running' || quarter <= this.#quarter || percent >= 100) return;
    this.#quarter = quarter;
    this.message = `${methods[job.order.method].words.title} ${quarter * QUARTER} percent done.`;
  }
}

const WORDS: Record<Job['state'], string> = {
  queued: 'queued',
  running: 'started',
  paused: 'paused',
  interrupted: 'interrupted',
  done: 'finished',
  failed: 'failed',
  cancelled: 'stopped',
};
