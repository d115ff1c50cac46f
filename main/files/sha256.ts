/** SHA-256 as it is written everywhere here: 64 lower-case hexadecimal digits. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export const sha256 = (contents: Uint8Array | string): string =>
  createHash('sha256').update(contents).digest('hex');

/** Of the contents of files, one after the other, however large they are. */
export async function sha256OfFiles(...paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
  return hash.digest('hex');
}
