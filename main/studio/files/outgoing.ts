/** Files on their way out of the studio, into folders of the user's where nothing may be replaced unasked. */
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeAtomically } from '../../files/whole-file.ts';
import { freeName, tidyName } from '../gallery/file-names.ts';
import type { Resource } from '../gallery/resources.ts';

/** With the name that it has unless the user gives it another one. */
export interface OutgoingFile {
  readonly name: string;
  readonly body: { readonly path: string } | { readonly bytes: Uint8Array };
}

/** Files that belong together, with a name for their folder. */
export interface OutgoingSeries {
  readonly name: string;
  readonly files: readonly OutgoingFile[];
}

/** What a resource is as files: an archive is a series. */
export function outgoing({ body, download }: Resource): OutgoingFile | OutgoingSeries {
  if ('entries' in body) {
    const files = body.entries.map(({ name, path }) => ({ name, body: { path } }));
    return { name: tidyName(download ?? 'files').stem, files };
  }
  return { name: download ?? ('path' in body ? basename(body.path) : 'picture'), body };
}

/** Writes a file where the user wants it, whatever was there. @throws ReverieError output/unwritable */
export async function writeOutgoing({ body }: OutgoingFile, path: string): Promise<void> {
  await writeAtomically(path, 'bytes' in body ? body.bytes : await readFile(body.path));
}

/**
 * Writes into a folder beside what is there. A series goes into a folder of its own where one of its names is taken, or it would
 * be mixed with an earlier one.
 * @returns the name of the folder that was written into @throws ReverieError output/unwritable
 */
export async function writeInto(folder: string, item: OutgoingFile | OutgoingSeries): Promise<string> {
  const taken = new Set((await readdir(folder).catch(() => [])).map((name) => name.toLowerCase()));
  const isTaken = (lowerCase: string): boolean => taken.has(lowerCase);
  if (!('files' in item)) {
    const { stem, extension } = tidyName(item.name);
    await writeOutgoing(item, join(folder, freeName(stem, extension, isTaken)));
    return basename(folder);
  }
  const isFree = !item.files.some(({ name }) => isTaken(name.toLowerCase()));
  const place = isFree ? folder : join(folder, freeName(item.name, '', isTaken));
  await mkdir(place, { recursive: true });
  for (const file of item.files) await writeOutgoing(file, join(place, file.name));
  return basename(place);
}
