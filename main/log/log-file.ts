/**
 * The log on disk: one file under the state folder and an older one, readable by people and fit to be sent. Entries are written
 * together, a moment after they come, so that a chatty library costs next to nothing; an error is written at once, because the
 * program may be about to end.
 */
import { appendFileSync, mkdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { discretion, type Discretion } from './discretion.ts';
import { listenToLog, type Entry, type Sink } from './log.ts';

/** Where the log lies. @param home see `reverieHome` */
export const logPath = (home: string): string => join(home, 'reverie.log');
/** What was in it before. */
export const olderLogPath = (home: string): string => join(home, 'reverie.old.log');

/** Each of the two files holds at most so many bytes. */
const MOST_BYTES = 2 ** 20;
/** An entry is cut after so many characters. */
const LONGEST_ENTRY = 16 * 2 ** 10;
/** How long entries may wait to be written, in ms. */
const WAIT_MS = 200;

interface LogFile {
  readonly write: Sink;
  /** Writes what waits. */
  flush(): void;
  close(): void;
}

interface LogFileOptions {
  readonly most?: number;
  readonly discreet?: Discretion;
}

const open = new Set<LogFile>();

/** Writes what waits, in every log of this program. */
export function flushLogs(): void {
  for (const file of open) file.flush();
}

/** Nothing depends on a log: where it cannot be written, it is not. */
export function openLogFile(
  home: string,
  { most = MOST_BYTES, discreet = discretion() }: LogFileOptions = {},
): LogFile {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    if (text === '') return;
    try {
      append(home, text, most);
    } catch {
      return;
    }
  };
  process.on('exit', flush);
  const file: LogFile = {
    write(entry) {
      waiting += discreet(lineOf(entry));
      if (entry.level === 'error') flush();
      else timer ??= setTimeout(flush, WAIT_MS).unref();
    },
    flush,
    close() {
      flush();
      process.off('exit', flush);
      open.delete(file);
    },
  };
  open.add(file);
  return file;
}

/** Sends the program's log to the file. @returns what ends that, after all is written */
export function logToFile(home: string, options?: LogFileOptions): () => void {
  const file = openLogFile(home, options);
  const leave = listenToLog(file.write);
  return () => {
    leave();
    file.close();
  };
}

/** No handle is kept: commands of the terminal may write beside the program that has the window, and either may turn the page. */
function append(home: string, text: string, most: number): void {
  const path = logPath(home);
  mkdirSync(dirname(path), { recursive: true });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && size + Buffer.byteLength(text) > most) turnThePage(home);
  // Its owner's alone: others of the machine have no business in it.
  appendFileSync(path, text, { mode: 0o600 });
}

function turnThePage(home: string): void {
  try {
    renameSync(logPath(home), olderLogPath(home));
  } catch {
    // Somebody has the older one open, on Windows: better no past than a file that grows for ever.
    truncateSync(logPath(home));
  }
}

/** `2026-11-28T09:01:02.345Z error   engine   The engine ended.`, and the details below it, a row each. */
export function lineOf({ time, level, area, text, details = {} }: Entry): string {
  const head = `${new Date(time).toISOString()} ${level.padEnd(7)} ${area.padEnd(8)} ${indented(text, 4)}`;
  const whole = [head, ...detailRows(details)].join('\n');
  return `${whole.length > LONGEST_ENTRY ? `${whole.slice(0, LONGEST_ENTRY)}…` : whole}\n`;
}

/** `    stderr: …`, for each detail. */
export function detailRows(details: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `    ${key}: ${indented(valueOf(value), 6)}`);
}

const valueOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const indented = (text: string, by: number): string => text.trimEnd().replaceAll('\n', `\n${' '.repeat(by)}`);
