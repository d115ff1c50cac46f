/** Names for files that come in: kept as they are where every system accepts them, and never taken twice. */
import { extname } from 'node:path';
import { shortName } from '../../files/short-name.ts';
import { isPlainName } from '../../../shared/schema.ts';

/** Devices of Windows, which cannot be names of files there. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST_STEM = 120;

/** The stem and extension (with its dot, lower case) of a file name, with what some system refuses replaced by "-". */
export function tidyName(name: string): { stem: string; extension: string } {
  const extension = extname(name).toLowerCase();
  const stem = name
    .slice(0, name.length - extension.length)
    .normalize('NFC')
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
    .replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, '-')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, LONGEST_STEM)
    .trimEnd();
  const short = shortName(stem);
  const usable = short !== '' && isPlainName(short) && !RESERVED.test(short);
  return { stem: usable ? short : 'picture', extension };
}

/** What results of a picture are called by, with room for what they are behind it. */
export const stemForResults = (name: string): string => shortName(tidyName(name).stem, 160);

/** `stem.extension`, or with a number where that is taken; names differ by more than their case. */
export function freeName(stem: string, extension: string, isTaken: (lowerCase: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? '' : ` ${number}`}${extension}`;
    if (!isTaken(name.toLowerCase())) return name;
  }
}
