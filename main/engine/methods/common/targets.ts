/** From the text of an objective to tensors of a network: layers looked up, channels checked, classes found by their names. */
import { readFile } from 'node:fs/promises';
import { ReverieError } from '../../../../shared/errors.ts';
import { didYouMean } from '../../../../shared/nearest.ts';
import { formatTarget, parseObjective, type Place, type Target } from '../../../../shared/targets.ts';
import { readNpy } from '../../attribution/npy.ts';
import { noClassToken } from '../../graph/axes/maps.ts';
import type { Name } from '../../graph/graph.ts';
import { shortLabel } from '../../models/labels.ts';
import { findUnits, type Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';
import { classNames, labelOf, scoresOf } from './classify.ts';

/** Which numbers of a tensor a term speaks of. */
export type Selection =
  | { readonly kind: 'layer' }
  | { readonly kind: 'channel'; readonly channel: number }
  | {
      readonly kind: 'neuron';
      readonly channel: number;
      /** On the layer's grid; `null`: its centre, whatever size the grid has. */
      readonly at: Place;
    }
  /** An entry of the class scores. */
  | { readonly kind: 'class'; readonly index: number; readonly label: string | null }
  /** One number for each channel. */
  | { readonly kind: 'direction'; readonly direction: Float32Array };

/** One term of an objective. */
export interface Term {
  readonly tensor: Name;
  /** The layer's name, as people know it; that of the scores for a class. */
  readonly layer: string;
  readonly weight: number;
  readonly selection: Selection;
  /** Its text, without the weight, in the network's own names. */
  readonly text: string;
}

/**
 * The terms of an objective.
 *
 * @throws ReverieError `usage/option` for a malformed text or a channel that a layer lacks, `layer/unknown`, `class/unknown`,
 * `model/unreadable` for a direction's file
 */
export async function resolveObjective(model: Model, text: string): Promise<Term[]> {
  const layers = model.layers();
  const weighted = parseObjective(text);
  return Promise.all(
    weighted.map(async ({ target, weight }) => ({ ...(await resolveTarget(model, layers, target)), weight })),
  );
}

async function resolveTarget(
  model: Model,
  layers: readonly Layer[],
  target: Target,
): Promise<Omit<Term, 'weight'>> {
  if (target.kind === 'class') {
    const index = findClass(model, target.name);
    const selection = { kind: 'class', index, label: labelOf(model, index) } as const;
    const tensor = scoresOf(model);
    return { tensor, layer: tensor, selection, text: formatTarget({ ...target, name: String(index) }) };
  }
  const layer = findUnits(layers, target.layer);
  const term = {
    tensor: layer.tensor,
    layer: layer.name,
    text: formatTarget({ ...target, layer: layer.name }),
  };
  switch (target.kind) {
    case 'layer':
      return { ...term, selection: { kind: 'layer' } };
    case 'channel':
      checkChannel(layer, target.channel);
      return { ...term, selection: { kind: 'channel', channel: target.channel } };
    case 'neuron':
      checkChannel(layer, target.channel);
      checkPlace(layer, target.at);
      return { ...term, selection: { kind: 'neuron', channel: target.channel, at: target.at } };
    case 'direction':
      return {
        ...term,
        selection: { kind: 'direction', direction: await readDirection(layer, target.file) },
      };
  }
}

function checkChannel({ name, channels }: Layer, channel: number): void {
  if (channel < channels) return;
  throw new ReverieError(
    'usage/option',
    `Layer "${name}" has channels 0 to ${channels - 1}, so there is no channel ${channel}.`,
  );
}

/** @throws ReverieError `usage/option` for a place on no grid, or the class token of a layer without one */
function checkPlace({ name, grid, width, height, before }: Layer, at: Place): void {
  if (at === 'class') {
    if (before === 0) throw noClassToken(name);
  } else if (at !== null && !grid && width * height > 1) {
    throw new ReverieError(
      'usage/option',
      `The ${width * height} positions of layer "${name}" lie on no grid over the picture, so there is no place ${at.x},${at.y}; name a channel.`,
    );
  }
}

async function readDirection({ name, channels }: Layer, file: string): Promise<Float32Array> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new ReverieError('usage/option', `The direction "${file}" cannot be read.`, {}, { cause });
  });
  const { data } = readNpy(bytes);
  if (data.length !== channels) {
    throw new ReverieError(
      'usage/option',
      `The direction "${file}" has ${data.length} numbers, and layer "${name}" has ${channels} channels.`,
    );
  }
  if (data.every((value) => value === 0)) {
    throw new ReverieError('usage/option', `The direction "${file}" is all zeros, which points nowhere.`);
  }
  return data;
}

/** How many classes a network tells apart. @throws `model/unsupported` for one that is no classifier */
function countClasses(model: Model): number {
  if (model.classes !== null) return model.classes;
  const message = `"${model.name}" is no classifier, so it has no classes; name a layer or a channel.`;
  throw new ReverieError('model/unsupported', message);
}

/**
 * The index of a class: a number, or a name as the network's labels have it (any of its synonyms, whatever its case), or the
 * beginning of only one of them.
 *
 * @throws ReverieError `class/unknown` for what names none, and for what names several, with their numbers
 */
export function findClass(model: Model, wanted: string): number {
  const count = countClasses(model);
  if (/^\d+$/.test(wanted)) {
    const index = Number(wanted);
    if (index < count) return index;
    throw unknown(`The network tells classes 0 to ${count - 1} apart, so there is no class ${wanted}.`);
  }
  const labels = classNames(model);
  if (labels === undefined) {
    throw unknown(`The network's classes have no names, so "${wanted}" is not one; use a number.`);
  }
  const needle = wanted.trim().toLowerCase();
  const lower = labels.slice(0, count).map((label) => label.toLowerCase());
  const matching = (matches: (label: string) => boolean): number[] =>
    lower.flatMap((label, i) => (matches(label) ? [i] : []));
  const synonyms = (label: string): string[] => label.split(/,\s*/);
  // A whole label says more than one of its synonyms, which says more than a beginning.
  const found = [
    matching((label) => label === needle),
    matching((label) => synonyms(label).includes(needle)),
  ].find((indices) => indices.length > 0);
  if (found !== undefined) return onlyOne(found, wanted, labels);
  const [only, ...others] = matching((label) => synonyms(label).some((name) => name.startsWith(needle)));
  if (only !== undefined && others.length === 0) return only;
  const near = didYouMean(wanted, labels.map(shortLabel));
  throw unknown(`The network has no class called "${wanted}".${near}`);
}

/** Classes that a refusal lists. */
const LISTED = 5;

function onlyOne(indices: readonly number[], wanted: string, labels: readonly string[]): number {
  const [first = 0, ...others] = indices;
  if (others.length === 0) return first;
  const listed = indices.slice(0, LISTED).map((index) => `${index} (${labels[index] ?? ''})`);
  const more = indices.length - listed.length;
  const all = [...listed, ...(more > 0 ? [`${more} more`] : [])];
  const list = `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
  throw unknown(
    `${indices.length === 2 ? 'Two' : indices.length} classes are called "${wanted}": ${list}; name one by its number, such as class:${first}.`,
  );
}

function unknown(sentence: string): ReverieError {
  return new ReverieError('class/unknown', sentence);
}
