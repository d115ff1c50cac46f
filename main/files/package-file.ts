/** Files of installed packages that native code reads. */
import { createRequire } from 'node:module';
import { sep } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The path of an entry of an installed package, such as `name/binary`. In an installed program it lies outside the archive,
 * which native code cannot look into.
 * @throws Error code MODULE_NOT_FOUND
 */
export function packageFile(entry: string): string {
  return require.resolve(entry).replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
}
