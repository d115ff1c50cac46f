/**
 * Errors a user can meet: a stable code for programs and tests, and one sentence for people. They cross process
 * boundaries as plain data, so nothing may depend on `instanceof` after a port.
 */

import { asSentence } from './sentence.ts';

/** What went wrong, as `area/problem`. */
export type ErrorCode =
  | 'usage/option' // an option is unknown, missing, out of range or malformed
  | 'image/missing'
  | 'image/unreadable'
  | 'image/size' // too small or too large to work on
  | 'model/missing'
  | 'model/unreadable' // not a network file, or a damaged one
  | 'model/unsupported' // a network with something we do not implement
  | 'model/too-small-input' // an input smaller than a window of the network
  | 'model/not-finite' // a network gives results that are no numbers
  | 'model/no-labels'
  | 'model/shipped' // one that came with Reverie and stays
  | 'layer/unknown'
  | 'class/unknown'
  | 'layer/unusable' // exists, but no gradient reaches the image from it
  | 'gradient/no-rule'
  | 'recipe/missing' // a picture without a recipe
  | 'recipe/invalid'
  | 'output/unwritable'
  | 'upload/size'
  | 'download/failed' // no address gave the file
  | 'download/corrupt' // what came is not the file that was asked for
  | 'download/space' // the disk has no room for it
  | 'access/denied'
  | 'studio/in-use' // another program works on the same folder
  | 'device/unusable'
  | 'device/memory' // a device, or the machine, has too little memory for a step
  | 'engine/crashed'
  | 'job/unknown'
  | 'job/state' // a job that cannot do this now
  | 'job/cancelled'
  | 'job/interrupted' // by the end of the program; it can be resumed
  | 'internal'; // our own mistake

const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  'device/memory': 1,
  'device/unusable': 1,
  'download/corrupt': 1,
  'download/failed': 1,
  'download/space': 1,
  'engine/crashed': 1,
  'output/unwritable': 1,
  'job/cancelled': 130,
  internal: 1,
};

/** A failure with a sentence for the user. `details` are for programs (`--json`, logs), never needed to understand it. */
export class ReverieError extends Error {
  override readonly name = 'ReverieError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(asSentence(message), options);
    this.code = code;
    this.details = details;
  }
}

/** What anybody may know of an error. */
export interface PlainError {
  code: ErrorCode;
  message: string;
}

/** The form of an error between our own processes. */
export interface ErrorData extends PlainError {
  stack?: string;
  /** Of a {@link ReverieError}, and under `because` the messages of what caused it, outermost first. */
  details?: Readonly<Record<string, unknown>>;
}

/**
 * Any thrown value as plain data; an unexpected one becomes `internal`. Stack and details name paths: what leaves our own
 * processes is a {@link plainError}.
 */
export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { code: 'internal', message: String(error) };
  const details = detailsOf(error);
  return {
    ...plainError(error),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** The inverse of {@link errorData}. */
export function errorFrom(data: ErrorData): ReverieError {
  const error = new ReverieError(data.code, data.message, { ...data.details });
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}

/** Code and sentence alone, for windows: nothing of our insides, and no paths but those in the sentence. */
export function plainError(error: unknown): PlainError {
  const code = error instanceof ReverieError ? error.code : 'internal';
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** Process exit code for an error: 2 for wrong usage or input, 1 for a failure, 130 for an interruption. */
export function exitCode(code: ErrorCode): number {
  return EXIT_CODES[code] ?? 2;
}

/** A chain of causes is no longer than this, and details lie no deeper. */
const DEEPEST = 8;

function detailsOf(error: Error): Record<string, unknown> {
  const details = error instanceof ReverieError ? Object.entries(error.details) : [];
  const because = causesOf(error);
  return Object.fromEntries([
    ...details.map(([key, value]) => [key, portable(value)]),
    ...(because.length === 0 ? [] : [['because', because]]),
  ]) as Record<string, unknown>;
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  for (let { cause } = error; cause !== undefined && causes.length < DEEPEST;) {
    causes.push(cause instanceof Error ? cause.message : JSON.stringify(portable(cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

/** A value that every port carries, and JSON. */
function portable(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object': {
      if (value === null) return null;
      if (depth === DEEPEST) return '…';
      if (Array.isArray(value)) return value.map((item) => portable(item, depth + 1));
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, portable(item, depth + 1)]));
    }
    default:
      return String(value);
  }
}
