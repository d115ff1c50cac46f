/**
 * What is known about the devices of this machine: a small file for each, valid as long as machine, driver and versions stay
 * the same. Before a device is tried, that is written down too, so that a driver which takes the process with it, or never
 * answers, is remembered.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { packageVersion } from '../../log/facts.ts';
import { mkdir } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '../../../shared/schema.ts';
import { upgraded, type Entries, type StoredFormat } from '../../../shared/stored.ts';
import { readJson } from '../../files/json-file.ts';
import { writeAtomically } from '../../files/whole-file.ts';
import type { Device } from './runtime.ts';
import { ADD_ONS } from './tensorflow/native.ts';

export const PROBE: StoredFormat = {
  name: 'What is known of a device',
  key: 'format',
  current: 1,
  steps: {},
};

/** How a probe ended; `trying` for one that has not, or that ended the process. */
export type Outcome = 'trying' | 'usable' | 'unusable';

export interface ProbeResult {
  readonly outcome: Outcome;
  /** Why it is unusable. */
  readonly reason: string | null;
  /** Median of a few gradient steps at 224×224. */
  readonly msPerStep: number | null;
  /** What computed, where that depends on what is installed: a sentence. */
  readonly note?: string;
}

export class ProbeResults {
  readonly #folder: string;
  readonly #key: string;

  /** @param home see `reverieHome` */
  constructor(home: string, key: string = machineKey()) {
    this.#folder = join(home, 'devices');
    this.#key = key;
  }

  /** What is known about a device; undefined where nothing is, or something about another machine, driver or version. */
  async read(device: Device): Promise<ProbeResult | undefined> {
    try {
      const stored = await readJson(this.#path(device));
      return isRecord(stored)
        ? resultFrom(
            upgraded(PROBE, stored, (sentence) => new Error(sentence)),
            this.#key,
          )
        : undefined;
    } catch {
      // Of another version, or damaged: the device is tried again.
      return undefined;
    }
  }

  async write(device: Device, result: ProbeResult): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeAtomically(
      this.#path(device),
      JSON.stringify({ [PROBE.key]: PROBE.current, key: this.#key, ...result }),
    );
  }

  #path(device: Device): string {
    return join(this.#folder, `${device}.json`);
  }
}

const OUTCOMES: readonly unknown[] = ['trying', 'usable', 'unusable'] satisfies Outcome[];
const isOutcome = (value: unknown): value is Outcome => OUTCOMES.includes(value);

function resultFrom(
  { key: machine, outcome, reason, msPerStep, note }: Entries,
  key: string,
): ProbeResult | undefined {
  if (machine !== key || !isOutcome(outcome)) return undefined;
  return {
    outcome,
    reason: typeof reason === 'string' ? reason : null,
    msPerStep: typeof msPerStep === 'number' ? msPerStep : null,
    ...(typeof note === 'string' ? { note } : {}),
  };
}

/** Where Vulkan drivers announce themselves on Linux. */
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** Changes with the processor, the system, the graphics drivers and the versions of the runtimes. */
export function machineKey(): string {
  const facts = [
    process.platform,
    process.arch,
    release(),
    cpus()[0]?.model,
    process.versions.node,
    process.versions['electron'],
    ...['onnxruntime-node', '@tensorflow/tfjs-core'].map(packageVersion),
    ...ADD_ONS.flatMap((name) => packageVersion(name) ?? []),
    process.env['VK_ICD_FILENAMES'],
    process.env['VK_DRIVER_FILES'],
    process.env['CUDA_VISIBLE_DEVICES'],
    firstLine('/proc/driver/nvidia/version'),
    ...DRIVER_FOLDERS.flatMap(filesIn),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

function firstLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').split('\n')[0] ?? null;
  } catch {
    return null;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);
  } catch {
    return [];
  }
}
