/** Which state a checkpoint of the engine holds; the samples after it are the engine's own business. */
import { open } from 'node:fs/promises';
import { isRecord } from '../../../shared/schema.ts';

/** More than the first line of any checkpoint. */
const LONGEST_HEADER = 512;

/** The octave and the steps done; `undefined` when there is no checkpoint. */
export async function readCheckpointHeader(
  path: string,
): Promise<{ octave: number; step: number } | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0);
    const [line = ''] = buffer.toString('latin1', 0, bytesRead).split('\n');
    const header: unknown = JSON.parse(line.slice(line.indexOf('{')));
    if (!isRecord(header)) return undefined;
    const { octave, step } = header;
    return typeof octave === 'number' && typeof step === 'number' ? { octave, step } : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
