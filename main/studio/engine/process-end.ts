/** How the engine's process ended: what is decided by (a cause), what is said (a sentence), and what the system said (numbers). */
import { ReverieError } from '../../../shared/errors.ts';

/**
 * `memory`: as systems and libraries end a process when memory runs out, though a kill for another reason looks the same;
 * `fault`: a native library broke; `asked`: something told it to end; `hang`: it was ended because it answered no more;
 * `unreachable`: it never started, or its channel broke; `other`: it ended by itself, with an exit code.
 */
type EndCause = 'memory' | 'fault' | 'asked' | 'hang' | 'unreachable' | 'other';

export interface ProcessEnd {
  readonly cause: EndCause;
  readonly sentence: string;
  /** `null` when a signal ended it, or where nothing is known. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

const BY_SIGNAL: Readonly<Record<string, { cause: EndCause; why: string }>> = {
  SIGKILL: { cause: 'memory', why: 'it was killed, often because memory ran out' },
  SIGSEGV: { cause: 'fault', why: 'a native library touched memory that is not its own' },
  SIGBUS: { cause: 'fault', why: 'a native library touched memory that is not its own' },
  SIGFPE: {
    cause: 'fault',
    why: 'a native library divided by zero, as happens with an input too small for the network',
  },
  SIGABRT: { cause: 'memory', why: 'a native library gave up, often because memory ran out' },
  SIGILL: { cause: 'fault', why: 'this processor lacks an instruction that a native library uses' },
  SIGTERM: { cause: 'asked', why: 'something asked it to end' },
};

/** Exit codes of Windows (NTSTATUS) that stand for the same faults. */
const BY_CODE: Readonly<Record<number, string>> = {
  [0xc0000005]: 'SIGSEGV',
  [0xc0000017]: 'SIGABRT',
  [0xc000001d]: 'SIGILL',
  [0xc0000094]: 'SIGFPE',
  [0xc0000409]: 'SIGABRT',
};

/** @param exitCode `null` when a signal ended the process. */
export function processEnd(exitCode: number | null, signal: string | null): ProcessEnd {
  const known = BY_SIGNAL[signal ?? BY_CODE[exitCode ?? 0] ?? ''];
  const what = signal ?? `code ${exitCode ?? 0}`;
  const sentence = `The engine ended unexpectedly (${what})${known === undefined ? '' : `: ${known.why}`}.`;
  return { cause: known?.cause ?? 'other', sentence, exitCode, signal };
}

/** Numbers of the signals above, the same on Linux and macOS except for SIGBUS. */
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGBUS',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};
/** Added to the number of a signal that left a core file (waitpid). */
const CORE_FILE = 0x80;

/**
 * Of a utility process of Electron, which tells one number: an exit code, or, where a signal ended it, waitpid's status. No
 * exit code of the engine is the number of one of these signals.
 */
export function utilityEnd(status: number, platform: NodeJS.Platform = process.platform): ProcessEnd {
  const signal = platform === 'win32' ? undefined : SIGNALS[status & ~CORE_FILE];
  return signal === undefined ? processEnd(status, null) : processEnd(null, signal);
}

/** Of a process that never came to be, or could no longer be reached. */
export function unreachable(error: Error): ProcessEnd {
  const sentence = `The engine could not be started or reached: ${error.message}`;
  return { cause: 'unreachable', sentence, exitCode: null, signal: null };
}

/** What whoever waited for the engine is told. @param stderr What it last wrote there. */
export function crashError({ sentence, ...end }: ProcessEnd, stderr: string): ReverieError {
  return new ReverieError('engine/crashed', sentence, { ...end, stderr });
}

/** Whether an error tells of an end of the engine as systems and libraries bring it when memory runs out. */
export function tellsOfMemory(error: unknown): boolean {
  return (
    error instanceof ReverieError && error.code === 'engine/crashed' && error.details['cause'] === 'memory'
  );
}
