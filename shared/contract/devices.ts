/** What can compute on this machine. */
import type { DeviceChoice, RuntimeChoice } from '../recipes/common.ts';
import { record } from './check.ts';

export interface DevicesRequest {
  /** Whether to run a few steps on each usable device. */
  measure: boolean;
}

export interface DeviceList {
  devices: readonly DeviceRow[];
}

export interface DeviceRow {
  device: Exclude<DeviceChoice, 'auto'>;
  runtime: Exclude<RuntimeChoice, 'auto'>;
  usable: boolean;
  /** Why it is not usable, a sentence; `null` when it is. */
  reason: string | null;
  /** Median of a few gradient steps of the default network; `null` when not measured. */
  msPerStep: number | null;
}

/** @throws usage/option on anything but a complete request */
export function parseDevicesRequest(value: unknown): DevicesRequest {
  return { measure: record(value, 'devices')['measure'] === true };
}
