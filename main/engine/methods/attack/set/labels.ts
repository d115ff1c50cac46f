/** What pictures show, from a table: file names and classes as CSV or JSON. */
import { basename } from 'node:path';
import { ReverieError } from '../../../../../shared/errors.ts';
import { readText } from '../../../../files/text-file.ts';
import { isRecord } from '../../../../../shared/schema.ts';

/** Classes (indices or names) by file name without its folder. */
export type Labels = ReadonlyMap<string, string>;

/**
 * Reads a table of labels: CSV lines `file,class` (a header is skipped), or JSON that is an object `{file: class}`, a list of
 * `{file, class}` or an object whose `images` is one. Classes are numbers or names.
 *
 * @throws ReverieError `usage/option` for a file that is neither
 */
export async function readImageLabels(path: string): Promise<Labels> {
  const text = await readText(path).catch((cause: unknown) => {
    throw new ReverieError('usage/option', `The table of labels "${path}" cannot be read.`, {}, { cause });
  });
  const rows = path.toLowerCase().endsWith('.json') ? fromJson(text) : fromCsv(text);
  if (rows === undefined || rows.length === 0) {
    throw new ReverieError(
      'usage/option',
      `"${path}" is no table of labels; lines "file,class" or JSON such as [{"file": "a.jpg", "class": 1}] are.`,
    );
  }
  return new Map(rows.map(([file, label]) => [basename(file), label]));
}

type Rows = [file: string, label: string][];

function fromCsv(text: string): Rows | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  // A name of a class may hold commas; a name of a file is cut at the first.
  const rows = lines.map((line) => /^\s*"?([^",]+)"?\s*[,;\t]\s*"?(.+?)"?\s*$/.exec(line)?.slice(1, 3) ?? []);
  const [header] = rows;
  const body = header?.[1] !== undefined && /^(class|label|index)$/i.test(header[1]) ? rows.slice(1) : rows;
  const pairs: Rows = [];
  for (const [file, label] of body) {
    if (file === undefined || label === undefined) return undefined;
    pairs.push([file.trim(), label]);
  }
  return pairs;
}

function fromJson(text: string): Rows | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = isRecord(value) && Array.isArray(value['images']) ? value['images'] : value;
  const entries: (readonly [unknown, unknown])[] | undefined = Array.isArray(list)
    ? list.map((entry: unknown) => (isRecord(entry) ? [entry['file'], entry['class']] : [null, null]))
    : isRecord(list)
      ? Object.entries(list)
      : undefined;
  const pairs: Rows = [];
  for (const [file, label] of entries ?? []) {
    if (typeof file !== 'string' || (typeof label !== 'string' && typeof label !== 'number'))
      return undefined;
    pairs.push([file, String(label)]);
  }
  return pairs;
}
