/** No job writes over what it works from. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import { anyMethod, type MethodName } from '../../../../shared/methods/registry.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import type { Fields } from '../../../../shared/recipes/fields.ts';

/**
 * Refuses a request one of whose outputs is a file that it reads, under whatever name.
 * @throws ReverieError `usage/option`, naming the file
 */
export async function keepInputs<M extends MethodName>(name: M, request: RequestOf<M>): Promise<void> {
  const { settings, inputs, outputs } = anyMethod[name];
  const given: Readonly<Record<string, unknown>> = { ...request };
  const read = [
    ...Object.keys(inputs).flatMap((key) => given[key]),
    ...filesIn(settings, request.settings),
  ].filter((path) => typeof path === 'string');
  const written = [given['out'], ...filesIn(outputs, given)].filter((path) => typeof path === 'string');
  const kept = new Set((await Promise.all(read.map(identityOf))).filter((identity) => identity !== null));
  for (const path of written) {
    const identity = await identityOf(path);
    if (identity === null || !kept.has(identity)) continue;
    const message = `"${basename(path)}" is what the ${anyMethod[name].words.noun} is made from, and would be lost; choose another name for the result.`;
    throw new ReverieError('usage/option', message, { path });
  }
}

/** The values of settings that are files. */
function filesIn(fields: Fields, values: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(fields).flatMap(([key, { kind }]) => (kind === 'file' ? [values[key]] : []));
}

/** What a file is, whatever it is called; null where there is none, or a folder. */
async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found?.isFile() === true ? `${found.dev}:${found.ino}` : null;
}
