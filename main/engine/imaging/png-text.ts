/** Text in PNG files: iTXt chunks (§11.3.3.4), UTF-8, deflated when long. */
import { deflateSync, inflateSync } from 'node:zlib';
import type { Chunk } from './png-chunks.ts';
import { chunkBytes, latin1 } from './png-chunks.ts';

/** Texts longer than this, in bytes, are deflated; shorter ones stay legible in any editor. */
const DEFLATE_FROM = 1024;
/** No text of ours comes near this: a bound on what a hostile file may inflate to. */
const MOST_TEXT = 64 * 2 ** 20;

/** An iTXt chunk. `keyword` is 1–79 printable Latin-1 characters. */
export function textChunk(keyword: string, text: string): Uint8Array {
  if (!/^[\x21-\x7e\xa1-\xff](?:[\x20-\x7e\xa1-\xff]{0,77}[\x21-\x7e\xa1-\xff])?$/.test(keyword)) {
    throw new RangeError(`"${keyword}" cannot be the keyword of a PNG text`);
  }
  const utf8 = Buffer.from(text, 'utf8');
  const deflated = utf8.length > DEFLATE_FROM;
  // Keyword, its end, compression flag, method 0, and the ends of an empty language and an empty translated keyword.
  const head = Uint8Array.of(...Buffer.from(keyword, 'latin1'), 0, deflated ? 1 : 0, 0, 0, 0);
  return chunkBytes('iTXt', Buffer.concat([head, deflated ? deflateSync(utf8) : utf8]));
}

/** The keyword of an iTXt chunk, undefined for any other chunk. */
export function keywordOf({ type, data }: Chunk): string | undefined {
  const end = data.indexOf(0);
  return type === 'iTXt' && end > 0 ? latin1(data.subarray(0, end)) : undefined;
}

/** The text of an iTXt chunk. Throws when the chunk is malformed. */
export function textOf({ data }: Chunk): string {
  const flags = data.indexOf(0) + 1;
  const language = data.indexOf(0, flags + 2);
  const translated = data.indexOf(0, language + 1);
  if (flags === 0 || language < 0 || translated < 0) throw new Error('the fields of the text are cut short');
  const body = data.subarray(translated + 1);
  const utf8 = data[flags] === 1 ? inflateSync(body, { maxOutputLength: MOST_TEXT }) : body;
  return new TextDecoder('utf-8', { fatal: true }).decode(utf8);
}
