/** The program's settings: checked by their table, kept in one file that people may edit. */
import { ReverieError } from '../../shared/errors.ts';
import { byLabel, parse } from '../../shared/recipes/fields.ts';
import { knownEntries, type Entries, type StoredFormat } from '../../shared/stored.ts';
import { studioSettings, type StudioSettings } from '../../shared/studio/settings.ts';
import { Watched } from '../../shared/watch.ts';
import { JsonFile } from '../files/json-file.ts';
import { readStored } from '../files/stored-file.ts';

export const SETTINGS: StoredFormat = { name: 'The file of settings', key: 'format', current: 1, steps: {} };

export class SettingsStore {
  readonly watched: Watched<StudioSettings>;
  /** What could not be used of the file, in sentences. */
  readonly notes: readonly string[];
  /** Whether there was no file: the program is new here. */
  readonly fresh: boolean;
  readonly #file: JsonFile;
  /** What other versions keep in the file. */
  readonly #others: Entries;

  private constructor(file: JsonFile, { settings, others, notes, fresh }: Read) {
    this.#file = file;
    this.#others = others;
    this.notes = notes;
    this.fresh = fresh;
    this.watched = new Watched(settings);
  }

  /**
   * What is damaged or out of range in the file takes its default, and is told: no setting may keep the program from starting. A file
   * that cannot be read at all is kept beside the one that replaces it.
   */
  static async open(path: string): Promise<SettingsStore> {
    const { entries, refused } = await readStored(path, SETTINGS);
    const file = new JsonFile(path);
    const fresh = entries === undefined && refused === null;
    const read = fromFile(entries ?? {});
    if (refused === null) return new SettingsStore(file, { ...read, fresh });
    const kept = refused.kept === null ? '' : `; what it held is in "${refused.kept}"`;
    return new SettingsStore(file, {
      ...read,
      notes: [`${refused.why} All settings have their defaults${kept}.`],
      fresh,
    });
  }

  get current(): StudioSettings {
    return this.watched.value;
  }

  /** @throws ReverieError usage/option, output/unwritable */
  async change(change: Partial<StudioSettings>): Promise<StudioSettings> {
    const settings = parse(studioSettings, { ...this.current, ...change }, byLabel);
    this.watched.set(settings);
    await this.#file.write({ ...this.#others, [SETTINGS.key]: SETTINGS.current, ...settings });
    return settings;
  }
}

interface Read {
  settings: StudioSettings;
  others: Entries;
  notes: string[];
  fresh: boolean;
}

function fromFile(entries: Entries): Omit<Read, 'fresh'> {
  const { known, unknown } = knownEntries(entries, (key) => Object.hasOwn(studioSettings, key));
  const settings: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const [key, value] of Object.entries(known)) {
    try {
      parse(studioSettings, { [key]: value }, byLabel);
      settings[key] = value;
    } catch (error) {
      if (!(error instanceof ReverieError)) throw error;
      notes.push(`In the file of settings, ${error.message} It has its default.`);
    }
  }
  const others = Object.fromEntries(unknown.map((key) => [key, entries[key]]));
  return { settings: parse(studioSettings, settings), others, notes };
}
