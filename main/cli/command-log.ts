/**
 * The log of a command. It is written where a program runs for long (`serve`), with `--debug`, which also shows it on the
 * terminal, and when a command fails for a reason that is not the user's doing: then with what led to it.
 */
import { errorData, exitCode } from '../../shared/errors.ts';
import { reverieHome } from '../files/home.ts';
import { tellOfFaults, tellStart } from '../log/begin.ts';
import { listenToLog, log, type Entry, type Sink } from '../log/log.ts';
import { detailRows, lineOf, logPath, logToFile, openLogFile } from '../log/log-file.ts';
import type { Output } from './command.ts';

export interface CommandLog {
  /** @returns what else is to be said of an error on stderr, line by line */
  failed(error: unknown): string[];
  end(): void;
}

export function beginCommandLog(
  words: readonly string[],
  stderr: Pick<Output, 'write'>,
  home = reverieHome(),
): CommandLog {
  const debug = words.includes('--debug');
  /** How the command ended is told in another form on the terminal. */
  let over = false;
  const show = (entry: Entry): void => {
    if (!over) stderr.write(lineOf(entry));
  };
  const close = debug ? logToBoth(home, show) : words[0] === 'serve' ? logToFile(home) : undefined;
  tellStart('The command', { words: words.map(withoutToken).join(' ') });
  const writeNow = (): void => {
    if (close === undefined) logToFile(home)();
  };
  const leave = tellOfFaults(writeNow);
  return {
    failed(error) {
      over = true;
      const { code, stack, details = {} } = errorData(error);
      log.failure('program', 'The command ended', error);
      if (exitCode(code) === 1) writeNow();
      if (debug) return [...(stack === undefined ? [] : [stack]), ...detailRows(details)];
      return code === 'internal' || code === 'engine/crashed'
        ? [`More about it is in ${logPath(home)}.`]
        : [];
    },
    end() {
      over = true;
      log.info('program', 'The command ends.');
      leave();
      close?.();
    },
  };
}

function logToBoth(home: string, show: Sink): () => void {
  const file = openLogFile(home);
  const leave = listenToLog((entry) => {
    file.write(entry);
    show(entry);
  });
  return () => {
    leave();
    file.close();
  };
}

/** The key to the studio is nobody's business. */
function withoutToken(word: string, at: number, words: readonly string[]): string {
  return words[at - 1] === '--token' ? '…' : word;
}
