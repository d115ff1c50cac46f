/** The log of a program that begins. */
import { programFacts } from './facts.ts';
import { log } from './log.ts';
import { logToFile } from './log-file.ts';

/** Tells what starts, of which version and where. @param what As the beginning of a sentence: "The desktop program". */
export function tellStart(what: string, details: Readonly<Record<string, string>> = {}): void {
  log.info('program', `${what} starts.`, { ...details, ...Object.fromEntries(programFacts()) });
}

/**
 * Tells of what ends the program unheard. What becomes of it is decided as it would be without.
 * @param then Called once it has been told. @returns what ends that
 */
export function tellOfFaults(then?: () => void): () => void {
  const monitor = (error: Error, origin: string): void => {
    log.failure('program', origin, error);
    then?.();
  };
  process.on('uncaughtExceptionMonitor', monitor);
  return () => void process.off('uncaughtExceptionMonitor', monitor);
}

/** Keeps the log of a program that runs for long. @returns what ends it */
export function beginLog(home: string, what: string): () => void {
  const close = logToFile(home);
  tellStart(what);
  const leave = tellOfFaults();
  return () => {
    log.info('program', `${what} ends.`);
    leave();
    close();
  };
}
