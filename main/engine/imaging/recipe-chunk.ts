/**
 * The recipe of a picture inside its PNG file, so that dropping the file on the window restores the run: one iTXt chunk with
 * the keyword "reverie" that holds JSON. Programs that do not know it keep or drop it, and show the picture all the same.
 */
import { ReverieError } from '../../../shared/errors.ts';
import type { Chunk } from './png-chunks.ts';
import { readChunks } from './png-chunks.ts';
import { keywordOf, textChunk, textOf } from './png-text.ts';

const KEYWORD = 'reverie';

/** The same PNG with `recipe` (any JSON value) in it, before the pixels; an earlier recipe is replaced. */
export function writeRecipe(png: Uint8Array, recipe: unknown): Uint8Array {
  if (recipe === undefined) throw new TypeError('a recipe must be a JSON value');
  return insertText(png, KEYWORD, JSON.stringify(recipe));
}

/**
 * The recipe of a PNG; undefined when it has none, or when the bytes are not a PNG.
 * @throws ReverieError recipe/invalid when there is one, but damaged
 */
export function readRecipe(png: Uint8Array): unknown {
  for (const chunk of readChunks(png)) {
    if (keywordOf(chunk) === KEYWORD) return parse(chunk);
  }
  return undefined;
}

/** The same PNG with a text in it, before the pixels; an earlier text under this keyword is replaced. */
export function insertText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const chunks = [...readChunks(png)];
  const first = chunks.find(({ type }) => type === 'IDAT');
  if (first === undefined) {
    throw new ReverieError(
      'image/unreadable',
      'A text can only be stored in a PNG file, and these bytes are not one.',
    );
  }
  const kept = chunks.filter((chunk) => keywordOf(chunk) !== keyword);
  const before = kept.filter(({ start }) => start < first.start);
  const after = kept.filter(({ start }) => start >= first.start);
  const bytes = ({ start, end }: Chunk): Uint8Array => png.subarray(start, end);
  return new Uint8Array(
    Buffer.concat([
      png.subarray(0, chunks[0]?.start),
      ...before.map(bytes),
      textChunk(keyword, text),
      ...after.map(bytes),
    ]),
  );
}

function parse(chunk: Chunk): unknown {
  if (!chunk.intact) throw damaged('its checksum does not match');
  try {
    return JSON.parse(textOf(chunk));
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

function damaged(reason: string): ReverieError {
  return new ReverieError('recipe/invalid', `The recipe inside this picture is damaged: ${reason}.`);
}
