/** What can compute on this machine. */
import { ReverieError } from '../errors.ts';
import { execution, type DeviceChoice, type RuntimeChoice } from '../recipes/common.ts';
import { record } from './check.ts';

export interface DevicesRequest {
  /** Whether what is known already is found out again, and measured exactly. */
  measure: boolean;
  /** The one device that the engine is to try in its own process; without it, it tells what is known and tries none. */
  device?: DeviceRow['device'] | null;
}

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
}

/** @throws usage/option on anything but a complete request */
export function parseDevicesRequest(value: unknown): DevicesRequest {
  const { measure, device = null } = record(value, 'devices');
  return { measure: measure === true, device: device === null ? null : deviceNamed(device) };
}

function deviceNamed(value: unknown): DeviceRow['device'] {
  for (const device of execution.device.options) if (device === value && device !== 'auto') return device;
  throw new ReverieError('usage/option', `There is no device "${String(value)}" to try.`);
}
