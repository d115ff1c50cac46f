/** One program at a time appends to a download: beside it lies the number of the process that does, for as long as it lives. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { ReverieError } from '../../shared/errors.ts';

/**
 * @param path Of the download.
 * @param name What is downloaded, for people.
 * @returns what gives it free again
 * @throws ReverieError download/failed while another one has it
 */
export async function claim(path: string, name: string): Promise<() => Promise<void>> {
  const mark = `${path}.pid`;
  if (!(await make(mark))) {
    const owner = Number(await readFile(mark, 'utf8').catch(() => ''));
    if (isAlive(owner)) {
      throw new ReverieError(
        'download/failed',
        `${name} is being downloaded already, by the process ${owner}; wait for it, or end it first.`,
      );
    }
    // Its owner died.
    await rm(mark, { force: true });
    await make(mark);
  }
  return () => rm(mark, { force: true });
}

/** Whether it was not there before. */
function make(mark: string): Promise<boolean> {
  return writeFile(mark, String(process.pid), { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
