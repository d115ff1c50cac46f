/** What a start of the program was asked to open, and what a start that asks the same needs. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CommandLine {
  /** The program's own words: flags, and the folder of the application where Electron has to be told. */
  readonly own: readonly string[];
  /** Files and folders, absolute; whether they are there, whoever opens them will tell. */
  readonly paths: readonly string[];
}

/**
 * @param words The program first, as in `process.argv`.
 * @param packaged Whether the program is the application itself, and not Electron that was told its folder.
 * @param folder What paths are relative to.
 */
export function parseCommandLine(words: readonly string[], packaged: boolean, folder: string): CommandLine {
  const given = words.slice(1);
  // Ours are none: the flags of Electron, Chromium and test drivers.
  const flags = given.filter((word) => word.startsWith('-'));
  const rest = given.filter((word) => !word.startsWith('-'));
  const application = packaged ? 0 : 1;
  return {
    own: [...flags, ...rest.slice(0, application).map((path) => resolve(folder, path))],
    paths: rest.slice(application).map((word) => pathOf(word, folder)),
  };
}

/** File managers of Linux hand addresses over. */
function pathOf(word: string, folder: string): string {
  try {
    return word.startsWith('file:') ? fileURLToPath(word) : resolve(folder, word);
  } catch {
    return resolve(folder, word);
  }
}
