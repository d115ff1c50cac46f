/** What can compute on this machine. */
import type { DeviceChoice, RuntimeChoice } from '../recipes/common.ts';

export interface DeviceList {
  devices: readonly DeviceRow[];
}

export interface DeviceRow {
  device: Exclude<DeviceChoice, 'auto'>;
  runtime: Exclude<RuntimeChoice, 'auto'>;
  usable: boolean;
  /** Whether nothing is known because nobody has tried it with these drivers and versions. */
  untried: boolean;
  /** Why it is not usable, a sentence; `null` when it is. */
  reason: string | null;
  /** Of a gradient step of the default network at 224×224: the median of a few, or one; `null` when it is not usable. */
  msPerStep: number | null;
  /** What computes behind a usable one where that depends on what is installed, and why nothing better does: a sentence, or `null`. */
  note: string | null;
}
