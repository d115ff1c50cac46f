/** The trash where the system has none that can be reached: a folder from which files can be taken back by hand. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { moveFile } from '../../files/whole-file.ts';

/** Moves files into `folder`, with the time of their removal in front of their names. */
export function folderTrash(folder: string): (path: string) => Promise<void> {
  return async (path) => {
    await mkdir(folder, { recursive: true });
    const time = new Date().toISOString().replaceAll(':', '-');
    await moveFile(path, join(folder, `${time} ${basename(path)}`));
  };
}
