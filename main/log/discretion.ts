/** What a log leaves out, because it may be sent to others: where somebody's files lie, what their pictures are called, keys. */
import { realpathSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';

/** A text without private names. */
export type Discretion = (text: string) => string;

/** Picture files, by the ends of their names. */
const PICTURE = 'jpe?g|jpe|jfif|png|webp|tiff?|avif|gif|heic|heif|bmp|svg';
/** In quotation marks, where a name may have spaces; and elsewhere. */
const QUOTED_PICTURE = new RegExp(`"[^"\\n]*\\.(${PICTURE})"|'[^'\\n]*\\.(${PICTURE})'`, 'gi');
const BARE_PICTURE = new RegExp(
  `(?<![^\\s"'(),;:<>])[^\\s"'(),;:<>*]+\\.(${PICTURE})(?![\\p{L}\\p{N}])`,
  'giu',
);

/** What lets somebody in: a name and a password in an address, and the token of a page's. */
const CREDENTIALS = /(?<=\/\/)[^\s/@"']+(?=@)/g;
const TOKEN = /(?<=\btoken=)[^\s&"']+/gi;

/** Shorter names of users are words of their own too often. */
const SHORTEST_USER = 3;

/**
 * Puts `~` for the user's folder, in whatever way it is written (with either slash, doubled as in JSON, encoded as in an
 * address), and for the user's name where it names a folder; `*.jpg` for the names of pictures; and nothing for keys.
 */
export function discretion(home = homedir(), user = userName()): Discretion {
  const folders = [...new Set([home, realPath(home)])]
    .map(writings)
    .filter((pattern) => pattern !== undefined);
  const named =
    user.length < SHORTEST_USER ? undefined : new RegExp(`(?<=[\\\\/])${escape(user)}(?=[\\\\/])`, 'giu');
  return (text) => {
    const homeless = folders.reduce((left, folder) => left.replace(folder, '~'), text);
    const nameless = named === undefined ? homeless : homeless.replace(named, '~');
    return nameless
      .replace(QUOTED_PICTURE, (_, double?: string, single?: string) => `"*.${double ?? single ?? ''}"`)
      .replace(BARE_PICTURE, '*.$1')
      .replace(CREDENTIALS, '…')
      .replace(TOKEN, '…');
  };
}

/** Every way a folder's path is written; `undefined` for the root, which is nobody's. */
function writings(folder: string): RegExp | undefined {
  const parts = folder.split(/[\\/]/).filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  const anyOf = (part: string): string =>
    `(?:${escape(part)}|${escape(encodeURIComponent(wellFormed(part)))})`;
  const start = /^[\\/]/.test(folder) ? '[\\\\/]{1,4}' : '';
  return new RegExp(`${start}${parts.map(anyOf).join('[\\\\/]{1,4}')}(?![\\p{L}\\p{N}_-])`, 'giu');
}

/** Names on a disk need not be text. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** For a pattern outside of brackets. */
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as in some containers.
    return '';
  }
}
