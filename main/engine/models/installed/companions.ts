/** Which of the files that came together is the network, and what the others are to it. */
import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { constants } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { GivenFile, ImportModelRequest } from '../../../../shared/contract/models.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { ACCEPTED, NETWORK_EXTENSIONS } from '../../formats/network.ts';
import { SAVED_MODEL } from '../../formats/unsupported.ts';
import { looksLikeZip, unpack } from '../../formats/zip.ts';
import { stemOf } from '../load.ts';

/** A network's file with those that belong to it, all in one folder. */
export interface Bundle {
  readonly path: string;
  /** What a person calls the file, for its id. */
  readonly name: string;
  /** The list of its class names, where one came along. */
  readonly labels: string | null;
}

/**
 * Brings together what was given. Without companions the network stays where it is, and what belongs to it is beside it; with
 * them, or in a zip, everything is brought into `folder`.
 *
 * @throws ReverieError `model/missing`, `model/unreadable`, `model/unsupported`
 */
export async function gather(
  { file, companions }: Pick<ImportModelRequest, 'file' | 'companions'>,
  folder: string,
): Promise<Bundle> {
  const first = await beginning(file.path);
  if (looksLikeZip(first) && !/^\.(pt|pth|keras)$/i.test(extname(file.name))) {
    const names = await unpack(file.path, folder);
    await bring(companions ?? [], folder);
    return inZip(file.name, names, folder);
  }
  if (companions === null) return { path: file.path, name: file.name, labels: null };
  await bring([file, ...companions], folder);
  const text = companions.find(({ name }) => extname(name).toLowerCase() === '.prototxt');
  if (text !== undefined) await bring([{ ...text, name: `${stemOf(file.name)}.prototxt` }], folder);
  const labels = companions.find(({ name }) => isLabelList(name));
  return {
    path: join(folder, basename(file.name)),
    name: file.name,
    labels: labels === undefined ? null : join(folder, basename(labels.name)),
  };
}

async function beginning(path: string): Promise<Uint8Array> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new ReverieError('model/missing', `There is no network file "${path}".`, {}, { cause });
  });
  try {
    if ((await handle.stat()).isDirectory()) throw await folderRefusal(path);
    const { buffer, bytesRead } = await handle.read(new Uint8Array(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function folderRefusal(path: string): Promise<ReverieError> {
  const names = await readdir(path);
  if (names.includes('saved_model.pb')) return new ReverieError('model/unsupported', SAVED_MODEL);
  return new ReverieError('model/unsupported', `"${path}" is a folder; accepted are ${ACCEPTED}.`);
}

/** Copies files into a folder under their own names. */
async function bring(files: readonly GivenFile[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, name } of files)
    await copyFile(path, join(folder, basename(name)), constants.COPYFILE_FICLONE);
}

async function inZip(zip: string, names: readonly string[], folder: string): Promise<Bundle> {
  const networks = names.filter((name) => NETWORK_EXTENSIONS.includes(extname(name).toLowerCase()));
  const [network, ...others] = networks;
  if (network === undefined || others.length > 0) {
    const what = network === undefined ? 'no network' : `several networks (${networks.join(', ')})`;
    throw new ReverieError(
      'model/unsupported',
      `The zip "${zip}" holds ${what}; one is accepted: ${ACCEPTED.split(' or a zip')[0] ?? ''}.`,
    );
  }
  const path = join(folder, network);
  const texts = names.filter((name) => extname(name).toLowerCase() === '.prototxt');
  const text = texts.find((name) => /deploy/i.test(name)) ?? texts[0];
  if (text !== undefined)
    await bring([{ path: join(folder, text), name: `${stemOf(path)}.prototxt` }], join(path, '..'));
  const list = names.find(isLabelList);
  return { path, name: zip, labels: list === undefined ? null : join(folder, list) };
}

/** Whether a file is called like a list of class names: `synset_words.txt`, `labels.json`. */
function isLabelList(name: string): boolean {
  return /(label|synset|class).*\.(txt|json)$/i.test(basename(name));
}
