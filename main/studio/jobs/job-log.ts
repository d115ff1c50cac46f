/** What the log says of a job: what was asked for, on what it computes, what happened to it, how it ended. Nothing of pictures. */
import { errorFrom } from '../../../shared/errors.ts';
import type { Started } from '../../../shared/jobs.ts';
import { log } from '../../log/log.ts';
import type { RunEnd } from './run.ts';
import type { RunRecord } from './run-record.ts';

const nameOf = ({ id, order }: RunRecord): string => `The ${order.method} ${id}`;

export function tellBegin(record: RunRecord): void {
  const { model, runtime, device, settings } = record.order;
  log.info('job', `${nameOf(record)} begins.`, { model, runtime, device, settings });
}

export function tellStarted(record: RunRecord, { runtime, device, width, height, notes }: Started): void {
  log.info('job', `${nameOf(record)} computes ${width}×${height} pixels on ${runtime} (${device}).`);
  for (const note of notes) tellNote(record, note);
}

/** A sentence that its follower is told, as of a device that was left. */
export function tellNote(record: RunRecord, note: string): void {
  log.info('job', `${nameOf(record)}: ${note}`);
}

export function tellEnd(record: RunRecord, end: RunEnd): void {
  const { state, progress } = record;
  const reached = progress === null ? '' : ` after step ${progress.step} of ${progress.of}`;
  const what = `${nameOf(record)} is ${state}${reached}`;
  if (end.kind === 'failed') log.failure('job', what, errorFrom(end.error));
  else log.info('job', `${what}.`);
}
