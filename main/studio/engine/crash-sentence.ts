/** How a process ended, in a sentence that helps: the system's own words are numbers. */

const BY_SIGNAL: Readonly<Record<string, string>> = {
  SIGKILL: 'it was killed, often because memory ran out',
  SIGSEGV: 'a native library touched memory that is not its own',
  SIGBUS: 'a native library touched memory that is not its own',
  SIGFPE: 'a native library divided by zero, as happens with an input too small for the network',
  SIGABRT: 'a native library gave up, often because memory ran out',
  SIGILL: 'this processor lacks an instruction that a native library uses',
  SIGTERM: 'something asked it to end',
};

/** Exit codes of Windows (NTSTATUS) that stand for the same faults. */
const BY_CODE: Readonly<Record<number, string>> = {
  [0xc0000005]: 'SIGSEGV',
  [0xc0000017]: 'SIGABRT',
  [0xc000001d]: 'SIGILL',
  [0xc0000094]: 'SIGFPE',
  [0xc0000409]: 'SIGABRT',
};

/** @param code Exit code, or `null` when a signal ended the process. */
export function crashSentence(code: number | null, signal: string | null): string {
  const name = signal ?? BY_CODE[code ?? 0] ?? null;
  const reason = name === null ? undefined : BY_SIGNAL[name];
  const what = signal ?? `code ${code ?? 0}`;
  return reason === undefined
    ? `The engine ended unexpectedly (${what}).`
    : `The engine ended unexpectedly (${what}): ${reason}.`;
}

/** Whether a sentence tells of an end as systems and libraries bring it when memory runs out. */
export const tellsOfMemory = (sentence: string): boolean =>
  /\((SIGKILL|SIGABRT|code 3221225495)\)/.test(sentence);
