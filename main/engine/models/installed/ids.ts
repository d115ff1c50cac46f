/** Ids of installed networks: names of files on every system, and easy to type. */

/** Devices of Windows, which cannot be names of files there. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST = 80;

/** What somebody calls a network, as an id: spaces and what some file system refuses become "-". */
export function idOf(name: string): string {
  const id = name
    .normalize('NFC')
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
    .replace(/[\u0000-\u0020\u007f/\\:*?"<>|]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, LONGEST)
    .replace(/[-.]+$/, '');
  return id === '' || RESERVED.test(id) ? 'network' : id;
}

/** An id that is not taken, with a number where it would be. @param taken in lower case */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const id = idOf(name);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? id : `${id}-${number}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}
