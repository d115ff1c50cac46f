/** Correcting what is known of an installed network. */
import { copyFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { CardChanges } from '../../../../shared/contract/network-card.ts';
import { cardFileOf, changedCard } from '../card-changes.ts';
import { cardPath, readCardFile, writeCardFile } from '../card-file.ts';
import { isShippedList } from '../labels.ts';
import type { Model } from '../model.ts';

/**
 * Changes the card of a network, once it is known to work with it.
 *
 * @param path of the network's file
 * @throws ReverieError `usage/option`, `model/no-labels`, `model/too-small-input` and others for a card it cannot work with
 */
export async function editNetwork(model: Model, path: string, changes: CardChanges): Promise<void> {
  const card = await changedCard(model.card, changes, (each) => model.withCard(each).classes);
  const changed = model.withCard(card);
  changed.layers();
  const target = cardPath(path);
  // What is said of an output goes with it.
  const { answers: _answers, ...before } = (await readCardFile(target)) ?? {};
  const file = cardFileOf(card, { name: model.inputName, free: model.free });
  const { labels } = changes;
  const kept = labels === null && before['labels'] !== undefined && card.labels !== undefined;
  let listed = kept ? before['labels'] : file['labels'];
  if (labels !== null && labels !== 'none' && !isShippedList(labels)) {
    listed = `${model.name}.labels${extname(labels).toLowerCase()}`;
    await copyFile(labels, join(dirname(path), String(listed)));
  }
  await writeCardFile(target, {
    format: model.format,
    sha256: model.sha256,
    ...before,
    ...file,
    labels: listed,
  });
}
