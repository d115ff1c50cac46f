/** The error that a job sees when a library fails: too little memory, which smaller tiles may help, or a device that cannot go on. */
import { ReverieError } from '../../../shared/errors.ts';
import { causeOf } from './causes.ts';
import { isOutOfMemory } from './memory.ts';
import type { Device } from './runtime.ts';

/** @param what What became of the device, as the rest of a sentence that begins with it. */
export function failure(device: Device, what: string, error: unknown): ReverieError {
  if (isOutOfMemory(error)) return outOfMemory(device, error);
  const sentence = `The device "${device}" ${what}: ${causeOf(device, error)}.`;
  return new ReverieError('device/unusable', sentence, {}, { cause: error });
}

export function outOfMemory(device: Device, error: unknown): ReverieError {
  const sentence = `The device "${device}" has too little memory for this step.`;
  return new ReverieError('device/memory', sentence, {}, { cause: error });
}
