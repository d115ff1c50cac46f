/** What the page wants saved, where the user chooses: one dialog for a file, one for a folder of several. */
import { basename } from 'node:path';
import type { BrowserWindow, Dialog } from 'electron';
import type { SaveItem } from '../../shared/studio/bridge.ts';
import { outgoing, writeInto, writeOutgoing } from '../studio/files/outgoing.ts';
import type { OutgoingFile, OutgoingSeries } from '../studio/files/outgoing.ts';
import { tidyName } from '../studio/gallery/file-names.ts';
import type { Resources } from '../studio/gallery/resources.ts';
import { PAGE_ORIGIN } from './page-protocol.ts';

export interface SaveOptions {
  readonly parent: BrowserWindow;
  readonly dialog: Pick<Dialog, 'showSaveDialog' | 'showOpenDialog'>;
  readonly resources: Pick<Resources, 'find'>;
}

/**
 * @returns the name of the file or folder that was written; `null` when the user changed their mind
 * @throws ReverieError output/unwritable, and what `find` throws
 */
export async function saveItems(items: readonly SaveItem[], options: SaveOptions): Promise<string | null> {
  const { parent, dialog, resources } = options;
  const [first, ...others] = items;
  if (first === undefined) return null;
  const only = others.length === 0 ? await outgoingOf(first, resources) : undefined;
  if (only !== undefined && !('files' in only)) {
    const { canceled, filePath } = await dialog.showSaveDialog(parent, { defaultPath: only.name });
    if (canceled || filePath === '') return null;
    await writeOutgoing(only, filePath);
    return basename(filePath);
  }
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, {
    title: 'Choose a folder for the files',
    buttonLabel: 'Save here',
    properties: ['openDirectory', 'createDirectory'],
  });
  const [folder] = filePaths;
  if (canceled || folder === undefined) return null;
  if (only !== undefined) return writeInto(folder, only);
  // Made one after the other: together they might be more than memory holds.
  for (const item of items) await writeInto(folder, await outgoingOf(item, resources));
  return basename(folder);
}

async function outgoingOf(
  item: SaveItem,
  resources: SaveOptions['resources'],
): Promise<OutgoingFile | OutgoingSeries> {
  if ('address' in item) return outgoing(await resources.find(new URL(item.address, PAGE_ORIGIN)));
  const { stem, extension } = tidyName(item.name);
  return { name: `${stem}${extension}`, body: { bytes: item.bytes } };
}
