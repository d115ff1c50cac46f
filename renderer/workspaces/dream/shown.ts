/** Which picture is looked at on the desk, and what it is compared with. */
import { frameAddress, pictureAddress, sourceAddress } from '../../../shared/studio/addresses.ts';
import type { Picture } from '../../../shared/studio/gallery.ts';
import type { Job } from '../../../shared/studio/jobs.ts';

export interface Shown {
  /** `null` with nothing to look at. */
  address: string | null;
  /** The job whose frames are drawn as they come. */
  live: string | null;
  /** In words. */
  label: string;
}

/** `step`: `null` for the newest; `result`: the picture that the job became. */
export function shownOf(
  picture: Picture | undefined,
  job: Job | undefined,
  step: number | null,
  result: Picture | undefined,
): Shown {
  if (job === undefined) {
    if (picture === undefined) return { address: null, live: null, label: 'No picture' };
    return { address: pictureAddress(picture), live: null, label: `The picture ${picture.id}` };
  }
  const { frames } = job;
  if (step !== null && frames !== null && step >= frames.first) {
    return {
      address: frameAddress(job.id, Math.min(step, frames.last)),
      live: null,
      label: `The dream after step ${step}`,
    };
  }
  if (step !== null) return { address: originAddress(job), live: null, label: 'What the dream started from' };
  if (job.state === 'running') {
    // Something to see until the first frame comes; which one does not matter after that.
    return { address: originAddress(job), live: job.id, label: 'The dream as it grows' };
  }
  if (result !== undefined)
    return { address: pictureAddress(result), live: null, label: 'The finished dream' };
  if (frames !== null)
    return {
      address: frameAddress(job.id, frames.last),
      live: null,
      label: `The dream after step ${frames.last}`,
    };
  return { address: originAddress(job), live: null, label: 'What the dream starts from' };
}

/** The picture before a job's first step; a branch has a copy of it, which its parent's end does not touch. */
export function originAddress({ id, order, frames }: Job): string {
  if (order.branch === null) return sourceAddress(id);
  return frames === null ? frameAddress(order.branch.job, order.branch.step) : frameAddress(id, frames.first);
}
