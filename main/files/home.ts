/** The one folder that holds Reverie's state: models, gallery, runs, settings. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** An absolute path from the environment, or a default; the XDG specification tells to ignore relative ones. */
const absolute = (path: string | undefined, fallback: string): string =>
  path !== undefined && isAbsolute(path) ? path : fallback;

/**
 * `REVERIE_HOME` where it is set, else where the platform keeps the data of applications: `%APPDATA%`,
 * `~/Library/Application Support`, or `$XDG_DATA_HOME` (`~/.local/share`). The folder may not exist yet.
 */
export function reverieHome(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['REVERIE_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const user = homedir();
  if (platform === 'win32')
    return join(absolute(environment['APPDATA'], join(user, 'AppData', 'Roaming')), 'Reverie');
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Reverie');
  return join(absolute(environment['XDG_DATA_HOME'], join(user, '.local', 'share')), 'reverie');
}
