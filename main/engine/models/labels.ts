/** Lists of class names: a JSON list, a text file with a line each, or one that is shipped under a short name. */
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import { readText } from '../../files/text-file.ts';
import { isRecord } from '../../../shared/schema.ts';
import { modelsFolder } from './folder.ts';

/** Shipped lists by name: a file, and the classes that come before those in it. */
const SHIPPED: Readonly<Record<string, { readonly file: string; readonly before: readonly string[] }>> = {
  imagenet: { file: 'imagenet.json', before: [] },
  /** TensorFlow's classifiers begin with a class for everything else. */
  'imagenet-1001': { file: 'imagenet.json', before: ['background'] },
};

/** Whether that is the name of a shipped list. */
export function isShippedList(name: string): boolean {
  return Object.hasOwn(SHIPPED, name);
}

/**
 * Class names in the order of the network's outputs: of a shipped list by its name, such as `imagenet`, else of a file
 * relative to `folder`.
 *
 * @throws ReverieError `model/no-labels`
 */
export async function loadLabels(reference: string, folder: string): Promise<string[]> {
  const shipped = isShippedList(reference) ? SHIPPED[reference] : undefined;
  if (shipped !== undefined) {
    const { file, before } = shipped;
    return [...before, ...(await readLabels(join(modelsFolder(), 'labels', file)))];
  }
  if (reference.includes('.') || reference.includes('/')) return readLabels(join(folder, reference));
  const names = Object.keys(SHIPPED).join(', ');
  throw new ReverieError(
    'model/no-labels',
    `There is no list of class names called "${reference}"; there are ${names}, or give the path of a file.`,
  );
}

/** Entries are strings, objects with a `label`, or pairs of a WordNet id and a name, as Keras has them. */
const labelOf = (entry: unknown): string | undefined => {
  if (typeof entry === 'string') return entry;
  if (Array.isArray(entry)) return labelOf(entry.at(-1));
  return isRecord(entry) && typeof entry['label'] === 'string' ? entry['label'] : undefined;
};

/**
 * Class names in the order of the network's outputs. A JSON file is a list, or an object whose keys are the places; a text file
 * has a line for each class, perhaps with its WordNet id before it.
 *
 * @throws ReverieError `model/no-labels`
 */
async function readLabels(path: string): Promise<string[]> {
  const source = await readText(path).catch(() => {
    throw new ReverieError('model/no-labels', `The list of class names "${path}" cannot be read.`);
  });
  if (!path.toLowerCase().endsWith('.json')) return linesOf(source);
  const refuse = (): never => {
    throw new ReverieError('model/no-labels', `"${path}" is not a JSON list of class names.`);
  };
  let list: unknown;
  try {
    list = JSON.parse(source);
  } catch {
    return refuse();
  }
  const entries = isRecord(list) ? placed(list) : list;
  if (!Array.isArray(entries) || entries.length === 0) return refuse();
  return entries.map((entry: unknown) => labelOf(entry) ?? refuse());
}

function linesOf(source: string): string[] {
  const lines = source.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line) => line.replace(/^n\d{8}\s+/, '').trim());
}

/** The values of `{"0": …, "1": …}` in their places; nothing where a place is missing. */
function placed(entries: Readonly<Record<string, unknown>>): unknown[] | undefined {
  const count = Object.keys(entries).length;
  const values = Array.from({ length: count }, (_, i) => entries[String(i)]);
  return values.includes(undefined) ? undefined : values;
}

/** The first synonym of a WordNet label: "tench" for "tench, Tinca tinca". */
export const shortLabel = (label: string): string => label.split(',')[0]?.trim() ?? label;
