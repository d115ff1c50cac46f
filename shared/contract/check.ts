/** How arguments are checked where they enter the engine. Everything here throws usage/option. */
import { ReverieError } from '../errors.ts';
import type { Preview } from '../jobs.ts';
import { isRecord } from '../schema.ts';

/** An object of names and values. */
export function record(value: unknown, name: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw wrong(`${name} needs an object of names and values.`);
}

/** A text that is not empty. */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(`${name} must be a text that is not empty.`);
}

/** A list of texts, at least one. */
export function texts(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.length > 0) return value.map((item) => text(item, name));
  throw wrong(`${name} must be a list of at least one text.`);
}

/** A whole number from `min`. */
export function whole(value: unknown, name: string, min: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min) return value;
  throw wrong(`${name} must be a whole number from ${min}.`);
}

/** A number of milliseconds. */
export function milliseconds(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw wrong(`${name} must be a number of milliseconds.`);
}

/** What `read` makes of a value, or `null` where there is none. */
export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

export function parsePreview(value: unknown): Preview {
  const { maxSide, everyMs, channel } = record(value, 'preview');
  return {
    maxSide: whole(maxSide, 'preview.maxSide', 1),
    everyMs: milliseconds(everyMs, 'preview.everyMs'),
    ...(channel === undefined ? {} : { channel: text(channel, 'preview.channel') }),
  };
}

export function wrong(message: string): ReverieError {
  return new ReverieError('usage/option', message);
}
