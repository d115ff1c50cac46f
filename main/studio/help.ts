/** What the program tells of itself, and the report of a problem, which is for its user to read, to change and to send. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../shared/schema.ts';
import type { About } from '../../shared/studio/about.ts';
import type { StudioSettings } from '../../shared/studio/settings.ts';
import { readJson } from '../files/json-file.ts';
import { discretion } from '../log/discretion.ts';
import { programFacts } from '../log/facts.ts';
import { readLogEnd } from '../log/log-end.ts';
import { log } from '../log/log.ts';

interface HelpOptions {
  readonly home: string;
  readonly settings: () => StudioSettings;
  /** Ids of the installed networks, as far as they are known. */
  readonly networks: () => readonly string[];
}

export class Help {
  readonly #options: HelpOptions;

  constructor(options: HelpOptions) {
    this.#options = options;
  }

  about(): About {
    return { facts: programFacts(), folder: discretion()(this.#options.home) };
  }

  logEnd(): Promise<string> {
    return readLogEnd(this.#options.home);
  }

  /**
   * Nothing of it depends on the engine, which may be what does not work.
   * @param window what the page runs in, as that calls itself
   */
  async report({ window }: { window: string }): Promise<string> {
    const { home, settings, networks } = this.#options;
    const ended = await readLogEnd(home);
    const parts = {
      'What happened': ['(What did you do, what did you expect, and what came instead?)'],
      'Versions and machine': rowsOf([...programFacts(), ['Window', window]]),
      'Devices, as they were found': await deviceRows(join(home, 'devices')),
      Settings: rowsOf(Object.entries(settings()).map(([key, value]) => [key, String(value ?? 'auto')])),
      Networks: [networks().join(', ')],
      'The end of the log': [ended === '' ? 'It is empty.' : ended.trimEnd()],
    };
    const text = Object.entries(parts).map(([title, lines]) => [`## ${title}`, '', ...lines, ''].join('\n'));
    return discretion()(text.join('\n'));
  }

  noteFault({ message, stack }: { message: string; stack: string | null }): void {
    log.error('window', message, stack === null ? {} : { stack });
  }
}

const rowsOf = (rows: readonly (readonly [string, string])[]): string[] =>
  rows.map(([label, value]) => `${label}: ${value}`);

/** What the engine keeps of each device that was tried. */
async function deviceRows(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const rows: string[] = [];
  for (const name of names.filter((file) => file.endsWith('.json')).sort()) {
    const result = await readJson(join(folder, name)).catch(() => undefined);
    if (!isRecord(result)) continue;
    const { outcome, reason, msPerStep } = result;
    const how = typeof msPerStep === 'number' ? `${msPerStep.toFixed(0)} ms a step` : reason;
    const words = [outcome, how].filter((word) => typeof word === 'string');
    rows.push(`${name.slice(0, -'.json'.length)}: ${words.join(', ')}`);
  }
  return rows.length === 0 ? ['None has been tried yet.'] : rows;
}
