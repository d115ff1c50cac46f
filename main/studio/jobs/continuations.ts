/** How a job of each kind goes on in another engine: from its checkpoint, from what the engine has kept, or anew. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Streams } from '../../../shared/contract.ts';
import type { Checkpointing } from '../../../shared/contract/checkpointing.ts';
import type { DreamRequest } from '../../../shared/contract/dream.ts';
import type { VisualizeRequest } from '../../../shared/contract/visualize.ts';
import { readCheckpointHeader } from './checkpoint-header.ts';

export interface Continuation<Request> {
  /** What is asked for at first: the same, with a checkpoint of its own where the caller keeps none. */
  prepare: (request: Request) => Request;
  /** What is asked for after the engine has ended, and what that does, as in "The job goes on after step 3". */
  goOn: (request: Request) => Promise<{ request: Request; from: string }>;
  /** The same with less memory, where that can be. */
  withLess?: (request: Request) => Request;
  /** Removes a checkpoint that the caller does not know of. */
  cleanUp: (asked: Request, request: Request) => Promise<void>;
}

/** The end of an engine costs at most so much work, in ms. */
const CHECKPOINT_EVERY = 5000;

const ANEW = 'begins anew';

/** Beside the result, because a state may be larger than what a folder for temporary files holds. */
const besides = (out: string): Checkpointing => ({
  path: join(dirname(out), `.${basename(out)}.${randomUUID().slice(0, 8)}.unfinished`),
  everyMs: CHECKPOINT_EVERY,
});

interface Kept {
  readonly out: string;
  readonly checkpoint: Checkpointing | null;
}

const prepare = <Request extends Kept>(request: Request): Request => ({
  ...request,
  checkpoint: request.checkpoint ?? besides(request.out),
});

async function cleanUp(asked: Kept, request: Kept): Promise<void> {
  if (asked.checkpoint === null && request.checkpoint !== null)
    await rm(request.checkpoint.path, { force: true });
}

const dream: Continuation<DreamRequest> = {
  prepare,
  cleanUp,
  withLess: (request) => ({ ...request, smaller: true }),
  async goOn(asked) {
    const path = asked.checkpoint?.path ?? '';
    const header = await readCheckpointHeader(path);
    const request = { ...asked, smaller: false };
    if (header !== undefined)
      return { request: { ...request, start: { ...header, picture: path } }, from: after(header.step) };
    return { request, from: request.start === null ? ANEW : after(request.start.step) };
  },
};

const visualize: Continuation<VisualizeRequest> = {
  prepare,
  cleanUp,
  async goOn(request) {
    const path = request.checkpoint?.path ?? '';
    const header = await readCheckpointHeader(path);
    if (header === undefined) return { request: { ...request, start: null }, from: ANEW };
    return { request: { ...request, start: path }, from: after(header.step) };
  },
};

const after = (step: number): string => `goes on after step ${step}`;

/** A kind of job that keeps nothing of which the caller would know. */
const again = <Request>(from: string): Continuation<Request> => ({
  prepare: (request) => request,
  goOn: (request) => Promise.resolve({ request, from }),
  cleanUp: () => Promise.resolve(),
});

/** What was made or learned is kept by the engine, which passes over it. */
const KEPT = 'goes on where it stopped';

export const continuations: { [Name in keyof Streams]: Continuation<Parameters<Streams[Name]>[0]> } = {
  dream,
  visualize,
  attack: again(ANEW),
  attackSet: again(ANEW),
  atlas: again(KEPT),
  examples: again(KEPT),
  explain: again(ANEW),
};
