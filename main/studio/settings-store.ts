/** The program's settings: checked by their table, kept in one file that people may edit. */
import { byLabel, parse } from '../../shared/recipes/fields.ts';
import { isRecord } from '../../shared/schema.ts';
import { studioSettings, type StudioSettings } from '../../shared/studio/settings.ts';
import { log } from '../log/log.ts';
import { JsonFile, readJson } from '../files/json-file.ts';
import { Watched } from '../../shared/watch.ts';

export class SettingsStore {
  readonly watched: Watched<StudioSettings>;
  readonly #file: JsonFile;

  private constructor(file: JsonFile, settings: StudioSettings) {
    this.#file = file;
    this.watched = new Watched(settings);
  }

  /** What is damaged, unknown or out of range in the file takes its default: no setting may keep the program from starting. */
  static async open(path: string): Promise<SettingsStore> {
    return new SettingsStore(new JsonFile(path), lenient(await readJson(path)));
  }

  get current(): StudioSettings {
    return this.watched.value;
  }

  /** @throws ReverieError usage/option, output/unwritable */
  async change(change: Partial<StudioSettings>): Promise<StudioSettings> {
    const settings = parse(studioSettings, { ...this.current, ...change }, byLabel);
    this.watched.set(settings);
    await this.#file.write(settings);
    return settings;
  }
}

function lenient(stored: unknown): StudioSettings {
  const kept = Object.entries(isRecord(stored) ? stored : {}).filter(([key, value]) => isUsable(key, value));
  return parse(studioSettings, Object.fromEntries(kept));
}

function isUsable(key: string, value: unknown): boolean {
  try {
    parse(studioSettings, { [key]: value });
    return true;
  } catch (error) {
    log.swallowed('settings', `The setting "${key}" takes its default`, error);
    return false;
  }
}
