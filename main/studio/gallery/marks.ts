/**
 * What people say of pictures: stars and colours, in one file that lies beside the pictures and can be read. It goes where their folder
 * goes, and is never what a picture is known by: what is listed lies in the folder, and a mark without its picture waits for it.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { isPlainName, isRecord } from '../../../shared/schema.ts';
import type { Entries, StoredFormat } from '../../../shared/stored.ts';
import { labels, MOST_STARS, NO_MARK, type Mark } from '../../../shared/studio/gallery.ts';
import { JsonFile } from '../../files/json-file.ts';
import { readStored } from '../../files/stored-file.ts';

export const MARKS: StoredFormat = {
  name: 'The file of stars and labels',
  key: 'format',
  current: 1,
  steps: {},
};

/** Its name in the gallery's folder. */
const FILE = 'marks.json';

const stored = v.object({
  stars: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_STARS)), NO_MARK.stars),
  label: v.fallback(v.nullable(v.picklist(labels)), NO_MARK.label),
});

export class Marks {
  /** What could not be used, in sentences. */
  readonly notes: readonly string[];
  readonly #file: JsonFile;
  /** Each with what other versions say of the same picture. */
  readonly #known: Map<string, Mark & Entries>;
  readonly #others: Entries;

  private constructor(file: JsonFile, { pictures, ...others }: Entries, notes: readonly string[]) {
    this.#file = file;
    this.#others = others;
    this.notes = notes;
    this.#known = new Map();
    for (const [id, entry] of Object.entries(isRecord(pictures) ? pictures : {}))
      if (isPlainName(id) && isRecord(entry)) this.#known.set(id, { ...entry, ...v.parse(stored, entry) });
  }

  /** A file that cannot be read is kept beside the one that replaces it, and told. */
  static async open(folder: string): Promise<Marks> {
    const path = join(folder, FILE);
    const { entries, refused } = await readStored(path, MARKS);
    const kept = refused === null || refused.kept === null ? '' : ` What it held is in "${refused.kept}".`;
    const notes = refused === null ? [] : [`${refused.why} No picture has stars or labels.${kept}`];
    return new Marks(new JsonFile(path), entries ?? {}, notes);
  }

  of(id: string): Mark {
    const { stars, label } = this.#known.get(id) ?? NO_MARK;
    return { stars, label };
  }

  /** Whether that changes anything. To be saved. */
  change(id: string, change: Partial<Mark>): boolean {
    const before = this.#known.get(id);
    const after = { ...(before ?? NO_MARK), ...change };
    if (after.stars === (before ?? NO_MARK).stars && after.label === (before ?? NO_MARK).label) return false;
    this.#known.set(id, after);
    return true;
  }

  /** Nothing is said of it any more. @returns whether anything was. To be saved. */
  forget(id: string): boolean {
    return this.#known.delete(id);
  }

  /** A picture has another name now. @returns whether anything was said of it. To be saved. */
  rename(from: string, to: string): boolean {
    const mark = this.#known.get(from);
    const known = this.#known.delete(to) || mark !== undefined;
    this.#known.delete(from);
    if (mark !== undefined) this.#known.set(to, mark);
    return known;
  }

  /** @throws ReverieError output/unwritable */
  async save(): Promise<void> {
    const said = [...this.#known].filter(
      ([, { stars, label, ...others }]) => stars > 0 || label !== null || Object.keys(others).length > 0,
    );
    await this.#file.write({
      [MARKS.key]: MARKS.current,
      ...this.#others,
      pictures: Object.fromEntries(said),
    });
  }
}
