/**
 * What the engine tells unasked: before a library gets its thread, which then answers nobody, and when it is back. Who hears
 * nothing knows from the last heartbeat what the engine is in, and from those before how long that usually takes.
 */
import type { DeviceRow } from './contract/devices.ts';
import { isRecord } from './schema.ts';

export type HeartbeatDevice = DeviceRow['device'];

export interface Heartbeat {
  device: HeartbeatDevice;
  /** What the library does: preparing a network, running it for the first time (drivers compile then), or again; null when it is back. */
  work: 'compile' | 'first run' | 'run' | null;
}

/** A heartbeat on the port that also carries replies. */
export interface HeartbeatMessage {
  heartbeat: Heartbeat;
}

/** The environment variable that names the devices, separated by commas, that failed since the program was started. */
export const GIVEN_UP = 'REVERIE_GIVEN_UP';

/** What a job is told that begins without the device that was asked for. */
export const failedBefore = (wished: string, now: string): string =>
  `The device "${wished}" failed before, so "${now}" computes until Reverie is started again.`;

/** Whether a message from the engine is a heartbeat: both sides are one build, so its shape is taken on trust. */
export function isHeartbeat(message: unknown): message is HeartbeatMessage {
  return isRecord(message) && isRecord(message['heartbeat']);
}
