/** Processor time of another process, as each system tells it. Asked rarely: on macOS and Windows a program has to be started. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Linux counts in hundredths of a second, whatever its kernel's own clock is. */
const TICKS_PER_SECOND = 100;
/** Places of user and system time in /proc/<pid>/stat, counted from the state, which follows the name in parentheses. */
const [USER, SYSTEM] = [11, 12];

const TIMEOUT_MS = 10_000;

const run = promisify(execFile);

/** In seconds, of all threads together; `undefined` where it cannot be told. */
export async function processorTime(
  pid: number | undefined,
  platform: NodeJS.Platform = process.platform,
): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  try {
    if (platform === 'linux') return fromStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    if (platform === 'win32') {
      const question = `(Get-Process -Id ${pid}).TotalProcessorTime.TotalSeconds.ToString([cultureinfo]::InvariantCulture)`;
      return finite(Number((await ask('powershell', ['-NoProfile', '-Command', question])).trim()));
    }
    return fromPs(await ask('ps', ['-o', 'time=', '-p', String(pid)]));
  } catch {
    return undefined;
  }
}

const ask = async (program: string, words: readonly string[]): Promise<string> =>
  (await run(program, words, { timeout: TIMEOUT_MS })).stdout;

export function fromStat(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return finite((Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS_PER_SECOND);
}

/** `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function fromPs(text: string): number | undefined {
  const parts = text.trim().split(/[-:]/);
  if (parts.length < 2) return undefined;
  const units = [1, 60, 3600, 86_400];
  return finite(parts.reverse().reduce((sum, part, i) => sum + Number(part) * (units[i] ?? NaN), 0));
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
