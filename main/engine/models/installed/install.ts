/** Bringing one's own network: recognised, given a card, and put among the installed ones, whole or not at all. */
import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
import type { ImportModelRequest } from '../../../../shared/contract/models.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { reverieHome } from '../../../files/home.ts';
import { moveFile } from '../../../files/whole-file.ts';
import { extensionOf, NETWORK_EXTENSIONS } from '../../formats/network.ts';
import { aliasesOf } from '../aliases.ts';
import { requireSinglePictures } from '../batch.ts';
import type { Card } from '../card.ts';
import { cardFileOf, changedCard } from '../card-changes.ts';
import { cardPath, readCard, readCardFile, writeCardFile, type CardFile } from '../card-file.ts';
import { gather, type Bundle } from './companions.ts';
import { freeId } from './ids.ts';
import { isShippedList, loadLabels } from '../labels.ts';
import { filesOf, installedModels, userModels } from './library.ts';
import { prototxtPath, readNetworkFile, stemOf, type LoadedFile } from '../load.ts';
import type { Layer } from '../layers.ts';
import { Model, pictureInput } from '../model.ts';
import { recognise, type Recognised } from '../recognise.ts';
import { requireSoundWeights } from '../sound.ts';

/** Names that say nothing. */
const GENERIC = /^(model|network|net|graph|frozen|frozen_graph|saved_model|weights)$/i;

export interface Installed {
  readonly id: string;
  readonly model: Model;
  readonly family: string | null;
}

/**
 * Installs a network from a file, once it has been read and looked at.
 *
 * @param examine is shown the network before anything is installed; what it throws keeps the network out
 * @throws ReverieError `model/missing`, `model/unreadable`, `model/unsupported`, `model/no-labels`, `usage/option`
 */
export async function importNetwork(
  request: ImportModelRequest,
  home = reverieHome(),
  examine?: (model: Model) => Promise<void>,
): Promise<Installed> {
  const folder = userModels(home);
  // Hidden, and in the same file system, so that what is ready moves into place in one step.
  const staging = join(folder, `.${randomUUID()}`);
  await mkdir(join(staging, 'in'), { recursive: true });
  try {
    const bundle = await gather(request, join(staging, 'in'));
    const loaded = await readNetworkFile(bundle.path);
    const { card, file, family, labels } = await describe(bundle, loaded, request);
    const { graph, format } = loaded.network;
    requireSoundWeights(graph);
    // What cannot be worked with at its own size is refused here, before anything is installed.
    const looked = new Model(bundle.name, loaded.sha256, graph, card, format);
    requireSinglePictures(looked, loaded.network.batch);
    const complete = { ...card, aliases: { ...aliasesOf(layersOf(looked)), ...card.aliases } };
    await examine?.(new Model(bundle.name, loaded.sha256, graph, complete, format));
    const stem = stemOf(bundle.name);
    const wish = GENERIC.test(stem) ? (request.changes.name ?? family ?? stem) : stem;
    const taken = (await installedModels(home)).map((model) => model.id.toLowerCase());
    const id = freeId(wish, new Set(taken));
    const written = await place(staging, id, { bundle, loaded, labels });
    await writeCardFile(cardPath(written.network), {
      ...file,
      aliases: complete.aliases,
      ...(written.labels === null ? {} : { labels: written.labels }),
    });
    await moveIntoPlace(written.folder, folder, id);
    return { id, model: new Model(id, loaded.sha256, graph, complete, format), family };
  } catch (error) {
    throw aboutGiven(error, join(staging, 'in'));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** @throws ReverieError of the kind that was found, with what to do about it */
function layersOf(model: Model): Layer[] {
  try {
    return model.layers();
  } catch (error) {
    if (!(error instanceof ReverieError)) throw error;
    const { width, height } = model.shape;
    throw new ReverieError(
      error.code,
      `${error.message} So pictures of ${width}×${height} do not go through it; if it was made for others, say so with --size, and with --layout where the channels come last.`,
      error.details,
      { cause: error },
    );
  }
}

/** A person knows the file that they gave, not the copy that was looked at. */
function aboutGiven(error: unknown, folder: string): unknown {
  if (!(error instanceof ReverieError) || !error.message.includes(folder)) return error;
  const message = error.message.replaceAll(`${folder}${sep}`, '');
  return new ReverieError(error.code, message, error.details, { cause: error });
}

interface Description {
  readonly card: Card;
  readonly file: CardFile;
  readonly family: string | null;
  /** Path of the list of class names, where it is the user's own. */
  readonly labels: string | null;
}

/** The network's card: the one that came with it, else what is made of it, with what the user says instead. */
async function describe(
  bundle: Bundle,
  { network, sha256 }: LoadedFile,
  { changes }: ImportModelRequest,
): Promise<Description> {
  const given = await readCardFile(cardPath(bundle.path));
  const own = given === undefined ? undefined : await readCard(bundle.path);
  const input = pictureInput(network.graph, bundle.name);
  const recognised = await recognise(network, input);
  const base = own ?? (await guessed(recognised, bundle));
  const withCard = (each: Card): Model => new Model(bundle.name, sha256, network.graph, each, network.format);
  const card = await changedCard(base, changes, (each) => withCard(each).classes);
  const { free } = withCard(card);
  const family = own === undefined ? recognised.family : null;
  const file = {
    ...given,
    ...cardFileOf(card, { name: input.name, free }),
    format: network.format,
    sha256,
    family,
  };
  const kept = changes.labels === null && own !== undefined ? { labels: given?.['labels'] ?? null } : {};
  const lists = [changes.labels, kept.labels ?? null, own === undefined ? bundle.labels : null];
  const named = lists.find((list) => list !== null);
  const labels = typeof named === 'string' && !isShippedList(named) && named !== 'none' ? named : null;
  const path = labels === null ? null : labels === kept.labels ? join(dirname(bundle.path), labels) : labels;
  return { card, file: { ...file, ...kept }, family, labels: path };
}

/** What was recognised, with the class names that came with the network. */
async function guessed({ card, family }: Recognised, { name, labels }: Bundle): Promise<Card> {
  const base = { ...card, title: family ?? stemOf(name), source: name };
  if (labels === null) return base;
  const list = await loadLabels(basename(labels), dirname(labels));
  return { ...base, labels: list, labelsName: basename(labels), why: withLabels(card.why) };
}

/** The sentence about the classes gives way where their names came along. */
function withLabels(why: string): string {
  return why.replace(
    / (Its|The names of its) \d+ classes [^.]*\.$/,
    ' The names of its classes came with it.',
  );
}

interface Placed {
  /** What is to be moved. */
  readonly folder: string;
  readonly network: string;
  /** Name of the list of class names beside it. */
  readonly labels: string | null;
}

/**
 * Copies a network and what belongs to it, ready to be moved. Weights in other files keep the names that the network has for
 * them, so such a network gets a folder of its own.
 */
async function place(
  staging: string,
  id: string,
  { bundle, loaded, labels }: { bundle: Bundle; loaded: LoadedFile; labels: string | null },
): Promise<Placed> {
  const { external, format } = loaded.network;
  const folder = join(staging, 'out');
  const inner = external.length === 0 ? folder : join(folder, id);
  const extension = extname(bundle.path).toLowerCase();
  const usual = NETWORK_EXTENSIONS.includes(extension) ? extension : extensionOf(format);
  const network = join(inner, `${id}${usual}`);
  const copy = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  };
  await copy(bundle.path, network);
  for (const name of external) await copy(join(dirname(bundle.path), name), join(inner, name));
  const text = prototxtPath(bundle.path);
  if (format === 'caffe' && existsSync(text)) await copy(text, prototxtPath(network));
  if (labels === null) return { folder, network, labels: null };
  const list = `${id}.labels${extname(labels).toLowerCase()}`;
  await copy(labels, join(inner, list));
  return { folder, network, labels: list };
}

/** The card and what else there is come before the network: one without its card would be preprocessed by a guess. */
async function moveIntoPlace(from: string, folder: string, id: string): Promise<void> {
  const names = await readdir(from);
  const isNetwork = (name: string): boolean => name === id || NETWORK_EXTENSIONS.includes(extname(name));
  for (const name of [...names].sort((a, b) => Number(isNetwork(a)) - Number(isNetwork(b))))
    await moveFile(join(from, name), join(folder, name));
}

/** Deletes a network of the user's. @throws ReverieError `model/missing`, `model/shipped` */
export async function removeNetwork(id: string, home = reverieHome()): Promise<void> {
  for (const path of await filesOf(id, home)) await rm(path, { recursive: true, force: true });
}
