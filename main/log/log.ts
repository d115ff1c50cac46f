/**
 * What happens, for whoever has to find out why something went wrong: starts, ends, failures with their details. Every part of
 * the program tells it here; the door decides where it goes (log-file.ts), and the engine passes it on to its host.
 */
import { errorData, exitCode, plainError } from '../../shared/errors.ts';

type Level = 'info' | 'warning' | 'error';

export interface Entry {
  /** When, in ms since 1970. */
  readonly time: number;
  readonly level: Level;
  /** The part of the program, a word: "engine", "job", "window". */
  readonly area: string;
  /** A sentence, or a line of a library. */
  readonly text: string;
  /** Plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export type Sink = (entry: Entry) => void;

/** What was told before anybody listened: so many entries are kept for the first sink. */
const KEPT = 200;

let sink: Sink | undefined;
let early: Entry[] = [];

/** Sends entries to `next`, those of before first. @returns what ends that */
export function listenToLog(next: Sink): () => void {
  sink = next;
  for (const entry of early.splice(0)) next(entry);
  return () => {
    if (sink === next) sink = undefined;
  };
}

/** An entry that was made elsewhere, as in the engine's process. */
export function passOn(entry: Entry): void {
  if (sink !== undefined) sink(entry);
  else early = [...early, entry].slice(-KEPT);
}

type Tell = (area: string, text: string, details?: Entry['details']) => void;

const telling =
  (level: Level): Tell =>
  (area, text, details) =>
    passOn({ time: Date.now(), level, area, text, ...(details === undefined ? {} : { details }) });

export const log = {
  info: telling('info'),
  warning: telling('warning'),
  error: telling('error'),

  /**
   * Something that failed, with its details. What a user asked for and was refused, or gave up, is no fault of the program.
   * @param what What was to be done, as the beginning of a line; the error's sentence follows.
   */
  failure(area: string, what: string, error: unknown): void {
    const { code, stack } = errorData(error);
    const level = exitCode(code) === 1 ? 'error' : 'info';
    tellOf(level, area, what, error, code === 'internal' ? { stack } : {});
  },

  /** A failure that nobody is told of, because the program does without. Told once, however often it comes. */
  swallowed(area: string, what: string, error: unknown): undefined {
    const same = `${what}: ${plainError(error).message}`;
    if (told.has(same)) return;
    if (told.size === MOST_TOLD) told.clear();
    told.add(same);
    tellOf('warning', area, what, error);
  },
};

/** Failures that were swallowed; so many are remembered. */
const told = new Set<string>();
const MOST_TOLD = 500;

function tellOf(level: Level, area: string, what: string, error: unknown, more: Entry['details'] = {}): void {
  const { code, message, details = {} } = errorData(error);
  // What the engine wrote there stands above, line by line.
  const { stderr: _stderr, ...others } = details;
  log[level](area, `${what}: ${message}`, { code, ...others, ...more });
}

/** What the engine's process sends for an entry, on the port that also carries replies. */
export interface LogMessage {
  readonly log: Entry;
}

/** Whether a message from the engine is an entry: both sides are one build, so its shape is taken on trust. */
export function isLogMessage(message: unknown): message is LogMessage {
  return typeof message === 'object' && message !== null && 'log' in message;
}
