/** Texts as people's programs write them: UTF-8 with or without a byte order mark, or UTF-16 with one, as on Windows. */
import { readFile } from 'node:fs/promises';

/** A whole text file, without its byte order mark. @throws as `readFile` */
export async function readText(path: string): Promise<string> {
  return textOf(await readFile(path));
}

/** The text in some bytes; what is no UTF-8 becomes �. */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}
