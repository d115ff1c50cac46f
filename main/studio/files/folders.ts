/** Where the studio keeps what, under one folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Folders {
  readonly home: string;
  /** The pictures themselves, one file each. */
  readonly gallery: string;
  readonly models: string;
  /** One folder for each job. */
  readonly runs: string;
  /** Can be deleted at any time: it is made again. */
  readonly cache: string;
  /** Files on their way out: made for a download, and there until the next start. */
  readonly kept: string;
  /** Files on their way in. */
  readonly uploads: string;
  /** Where removed files go when the system's own trash cannot be reached. */
  readonly trash: string;
  readonly settings: string;
}

export async function makeFolders(home: string): Promise<Folders> {
  const folders: Folders = {
    home,
    gallery: join(home, 'gallery'),
    models: join(home, 'models'),
    runs: join(home, 'runs'),
    cache: join(home, 'cache'),
    kept: join(home, 'kept'),
    uploads: join(home, 'uploads'),
    trash: join(home, 'trash'),
    settings: join(home, 'settings.json'),
  };
  const { gallery, models, runs, cache, uploads } = folders;
  for (const folder of [gallery, models, runs, join(cache, 'thumbnails'), uploads])
    await mkdir(folder, { recursive: true });
  return folders;
}
