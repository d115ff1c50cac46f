/**
 * How a job goes on after the engine or the program has ended in the middle, by what its method says: from its checkpoint, with what
 * the engine has kept, or from the beginning; and how that is told.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shortName } from '../../files/short-name.ts';
import { anyMethod, type MethodName } from '../../../shared/methods/registry.ts';
import type { Checkpointing, RequestOf } from '../../../shared/methods/request.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';
import { startOf } from './job-request.ts';
import type { RunRecord } from './run-record.ts';

/** The end of an engine costs a job that its caller keeps no checkpoint of at most so much work, in ms. */
const CHECKPOINT_EVERY = 5000;

/** The request of any method. */
type AnyRequest = Pick<RequestOf<MethodName>, 'out' | 'checkpoint' | 'start' | 'smaller'>;

/** What is asked for at first: the same, with a checkpoint of its own where the method has one and the caller keeps none. */
export function withCheckpoint<Request extends AnyRequest>(method: MethodName, request: Request): Request {
  if (anyMethod[method].resumes.from !== 'checkpoint' || request.checkpoint !== null) return request;
  return { ...request, checkpoint: beside(request.out ?? '') };
}

/** Beside the result, because a state may be larger than what a folder for temporary files holds. */
const beside = (out: string): Checkpointing => ({
  path: join(dirname(out), `.${shortName(basename(out))}.${randomUUID().slice(0, 8)}.unfinished`),
  everyMs: CHECKPOINT_EVERY,
});

/** Removes a checkpoint that the caller does not know of. */
export async function dropCheckpoint(asked: AnyRequest, request: AnyRequest): Promise<void> {
  if (asked.checkpoint === null && request.checkpoint !== null)
    await rm(request.checkpoint.path, { force: true });
}

/** What is asked for after the engine has ended, and what that does, as in "The job goes on after step 3". */
export async function goOn<Request extends AnyRequest>(
  method: MethodName,
  asked: Request,
): Promise<{ request: Request; from: string }> {
  const { from } = anyMethod[method].resumes;
  if (from === 'kept parts') return { request: asked, from: 'goes on where it stopped' };
  const path = asked.checkpoint?.path;
  const header = path === undefined ? undefined : await readCheckpointHeader(path);
  const start = header === undefined || path === undefined ? asked.start : { ...header, picture: path };
  return {
    request: { ...asked, start, smaller: false },
    from: start === null ? 'begins anew' : `goes on after step ${start.step}`,
  };
}

/** What resuming a job does, as far as it is known before its folder has been looked at. */
export function promiseOf({ order }: RunRecord): string {
  const promises = {
    checkpoint: 'Resume goes on from its last checkpoint.',
    'kept parts': 'Resume goes on where it stopped.',
    'the beginning': 'Resume begins it anew.',
  };
  return promises[anyMethod[order.method].resumes.from];
}

/** @param folder of the run */
export async function whereToResume(record: RunRecord, folder: string): Promise<string> {
  if (anyMethod[record.order.method].resumes.from !== 'checkpoint') return promiseOf(record);
  const start = await startOf(record, folder);
  return start === null || record.progress === null
    ? 'Resume begins it anew.'
    : `Resume goes on after step ${start.step} of ${record.progress.of}.`;
}
