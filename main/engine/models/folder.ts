/** Where the models shipped with the program lie, from the sources as from the built bundle. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let found: string | undefined;

/** The repository's (or the packaged application's) `models` folder: the nearest one above this file that has labels. */
export function modelsFolder(): string {
  if (found !== undefined) return found;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'models');
    if (existsSync(join(candidate, 'labels'))) return (found = candidate);
    const parent = dirname(folder);
    if (parent === folder) throw new Error('The folder of shipped models is missing.');
    folder = parent;
  }
}
