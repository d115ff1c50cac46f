/**
 * The folder of real networks and photos that lies beside a checkout of this repository. They may not be published with
 * it, so tests that need them are skipped, audibly, where the folder is absent.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const candidate = resolve(import.meta.dirname, '../../../../shared');

/** Absolute path of the folder, or null where it is absent. */
export const sharedFolder: string | null = existsSync(join(candidate, 'models', 'reference.json'))
  ? candidate
  : null;

if (sharedFolder === null) {
  console.warn(`Skipped: tests that need the real networks and photos, because ${candidate} is not there.`);
}

/** `describe` for suites that need {@link sharedFolder}. */
export const describeWithShared = sharedFolder === null ? describe.skip : describe;

/** Path of a file in {@link sharedFolder}, `sharedFile('models', 'googlenet.onnx')`; only inside a suite that has the folder. */
export function sharedFile(...parts: string[]): string {
  if (sharedFolder === null) throw new Error(`The folder ${candidate} is not there.`);
  return join(sharedFolder, ...parts);
}
