/** The end of the log, for people to read and to send. */
import { readFile } from 'node:fs/promises';
import { flushLogs, logPath, olderLogPath } from './log-file.ts';

/** At most so many characters: some hundred entries. */
const MOST = 48 * 2 ** 10;

/** The latest entries, whole lines; empty where there are none. */
export async function readLogEnd(home: string, most = MOST): Promise<string> {
  flushLogs();
  const pages = await Promise.all(
    [olderLogPath(home), logPath(home)].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const text = pages.join('');
  if (text.length <= most) return text;
  const end = text.slice(-most);
  return end.slice(end.indexOf('\n') + 1);
}
