/**
 * A published network, for tests that want one of known worth: SqueezeNet, as `reverie models download squeezenet1.1` installs it from
 * the catalogue, at the path in REVERIE_PUBLISHED_NETWORK; else the one beside the checkout.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { sharedFolder } from './shared-folder.ts';

const NAMED = process.env['REVERIE_PUBLISHED_NETWORK'];
const beside = sharedFolder === null ? undefined : join(sharedFolder, 'models', 'squeezenet1.1.onnx');

/** Its path, where there is one. A file that was named and is not there is a mistake, not a reason to skip. */
const path = NAMED ?? beside;
if (NAMED !== undefined && !existsSync(NAMED)) throw new Error(`There is no network at "${NAMED}".`);
if (path === undefined) console.warn('Skipped: tests on a published network, because none was named.');

/** `describe` for suites that need {@link publishedNetwork}. */
export const describeWithPublished = path === undefined ? describe.skip : describe;

/** Its path; only inside a suite that has it. */
export function publishedNetwork(): string {
  if (path === undefined) throw new Error('There is no published network here.');
  return path;
}
