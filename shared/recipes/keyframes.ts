/**
 * Key frames: settings of a film that change on its way. `1 zoom=1.04; 60 zoom=1 rotate=2` says what they are at frames 1 and 60;
 * in between a value eases from one to the other, and before its first key and after its last it stays.
 */
import { isRecord } from '../schema.ts';

/** What is set at one frame, counted from 1; values by the names of their settings. */
export interface Keyframe {
  readonly frame: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Reads the value of a setting that can be keyed; `undefined` when it is none, or not acceptable. */
type ReadKeyed = (name: string, value: unknown) => unknown;

/** The longest film, in frames. */
export const LONGEST_FILM = 20_000;

/**
 * Key frames in order, one for each frame, from their text or from JSON such as `[{"frame": 1, "zoom": 1.04}]`; `undefined` when
 * they are not acceptable.
 */
export function readKeyframes(given: unknown, read: ReadKeyed): Keyframe[] | undefined {
  const listed = typeof given === 'string' ? given.split(';').map(entriesOf) : given;
  if (!Array.isArray(listed) || listed.length === 0) return undefined;
  const keys = new Map<number, Record<string, unknown>>();
  for (const entry of listed as unknown[]) {
    if (!isRecord(entry)) return undefined;
    const { frame, ...values } = entry;
    if (typeof frame !== 'number' || !Number.isInteger(frame) || frame < 1 || frame > LONGEST_FILM)
      return undefined;
    const known = keys.get(frame) ?? {};
    for (const [name, value] of Object.entries(values)) {
      known[name] = read(name, value);
      if (known[name] === undefined) return undefined;
    }
    if (Object.keys(known).length === 0) return undefined;
    keys.set(frame, known);
  }
  return [...keys].sort(([a], [b]) => a - b).map(([frame, values]) => ({ frame, values }));
}

/** `60 zoom=1 rotate=2` as an entry of the JSON form; `null` for anything else. */
function entriesOf(text: string): Record<string, unknown> | null {
  const [frame, ...words] = text.trim().split(/\s+/);
  const pairs = words.map((word) => /^([^=]+)=(.+)$/.exec(word));
  if (frame === undefined || !/^\d+$/.test(frame) || pairs.includes(null)) return null;
  return {
    ...Object.fromEntries(pairs.map((pair) => [camelCase(pair?.[1] ?? ''), pair?.[2]])),
    frame: Number(frame),
  };
}

/** As on the command line, `pan-x` is `panX`. */
const camelCase = (name: string): string =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The canonical text. @param write a value as one would type it */
export function writeKeyframes(
  keys: readonly Keyframe[],
  write: (name: string, value: unknown) => string,
): string {
  return keys
    .map(({ frame, values }) =>
      [frame, ...Object.entries(values).map(([name, value]) => `${name}=${write(name, value)}`)].join(' '),
    )
    .join('; ');
}

/** Between which two values a setting is at a frame, and how far it has eased from the first to the second: 0 to 1. */
export interface Between<T> {
  readonly from: T;
  readonly to: T;
  readonly share: number;
}

/** A setting at a frame; `otherwise` where no key frame sets it. */
export function betweenKeys<T>(
  keys: readonly Keyframe[],
  name: string,
  frame: number,
  otherwise: T,
): Between<T> {
  const own = keys.filter(({ values }) => Object.hasOwn(values, name));
  const value = (key: Keyframe | undefined): T => (key === undefined ? otherwise : (key.values[name] as T));
  const before = own.findLast((key) => key.frame <= frame) ?? own[0];
  const after = own.find((key) => key.frame > frame) ?? own.at(-1);
  if (before === undefined || after === undefined || before.frame >= after.frame || frame < before.frame)
    return { from: value(before), to: value(before), share: 0 };
  return {
    from: value(before),
    to: value(after),
    share: eased((frame - before.frame) / (after.frame - before.frame)),
  };
}

/** Slow at both ends: 3t² − 2t³. @param t 0 to 1 */
export const eased = (t: number): number => t * t * (3 - 2 * t);
