/** Lists of class names: a JSON list, a text file with a line each, or one that is shipped under a short name. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import { modelsFolder } from './folder.ts';

/** Path of a label list: a shipped one by its name, such as `imagenet`, else a file relative to `folder`. */
export function findLabels(reference: string, folder: string): string {
  return reference.includes('.')
    ? join(folder, reference)
    : join(modelsFolder(), 'labels', `${reference}.json`);
}

const labelOf = (entry: unknown): string | undefined => {
  if (typeof entry === 'string') return entry;
  if (typeof entry === 'object' && entry !== null && 'label' in entry && typeof entry.label === 'string')
    return entry.label;
  return undefined;
};

/**
 * Class names in the order of the network's outputs. JSON entries are strings or objects with a `label`.
 *
 * @throws ReverieError `model/no-labels`
 */
export async function readLabels(path: string): Promise<string[]> {
  const source = await readFile(path, 'utf8').catch(() => {
    throw new ReverieError('model/no-labels', `The list of class names "${path}" cannot be read.`);
  });
  if (!path.toLowerCase().endsWith('.json'))
    return source.split(/\r?\n/).filter((line) => line.trim() !== '');
  const refuse = (): never => {
    throw new ReverieError('model/no-labels', `"${path}" is not a JSON list of class names.`);
  };
  let list: unknown;
  try {
    list = JSON.parse(source);
  } catch {
    return refuse();
  }
  if (!Array.isArray(list)) return refuse();
  return list.map((entry: unknown) => labelOf(entry) ?? refuse());
}

/** The first synonym of a WordNet label: "tench" for "tench, Tinca tinca". */
export const shortLabel = (label: string): string => label.split(',')[0]?.trim() ?? label;
