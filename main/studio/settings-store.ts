/** The program's settings: checked by their table, kept in one file that people may edit. */
import { copyFile } from 'node:fs/promises';
import { ReverieError, errorData } from '../../shared/errors.ts';
import { byLabel, parse } from '../../shared/recipes/fields.ts';
import { isRecord } from '../../shared/schema.ts';
import { knownEntries, upgraded, type Entries, type StoredFormat } from '../../shared/stored.ts';
import { studioSettings, type StudioSettings } from '../../shared/studio/settings.ts';
import { Watched } from '../../shared/watch.ts';
import { JsonFile, readJson } from '../files/json-file.ts';

const SETTINGS: StoredFormat = { name: 'The file of settings', key: 'format', current: 1, steps: {} };

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
    try {
      return new SettingsStore(new JsonFile(path), fromFile(await readJson(path)));
    } catch (error) {
      const kept = `${path}.unreadable`;
      const copied = await copyFile(path, kept).then(
        () => `; what it held is in "${kept}"`,
        () => '',
      );
      const note = `${errorData(error).message} All settings have their defaults${copied}.`;
      return new SettingsStore(new JsonFile(path), { ...fromFile({}), notes: [note] });
    }
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

/** @throws Error for what holds no settings of a format that is known */
function fromFile(stored: unknown): Read {
  if (stored !== undefined && !isRecord(stored)) throw new Error('The file of settings holds none.');
  const entries = upgraded(SETTINGS, stored ?? {}, (sentence) => new Error(sentence));
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
  return { settings: parse(studioSettings, settings), others, notes, fresh: stored === undefined };
}
