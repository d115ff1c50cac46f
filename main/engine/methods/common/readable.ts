/** Of several pictures, those that can be read: one broken file does not stop the work on the others. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { PassedOver } from '../../../../shared/contract/result.ts';
import { decodeImage } from '../../imaging/codec.ts';

/**
 * Does something with each of several pictures, one after the other, and passes over those that it fails to read.
 * @throws ReverieError what the first of them failed with, where that is every one, and anything that is not about a picture
 */
export async function withEach(
  paths: readonly string[],
  work: (path: string) => Promise<void>,
): Promise<PassedOver[]> {
  const failed: PassedOver[] = [];
  let first: unknown;
  for (const path of paths) {
    try {
      await work(path);
    } catch (error) {
      if (!(error instanceof ReverieError) || !error.code.startsWith('image/')) throw error;
      first ??= error;
      failed.push({ path, reason: error.message });
    }
  }
  if (paths.length > 0 && failed.length === paths.length) throw first;
  return failed;
}

/** Which pictures can be read, in their order: each is decoded once before it is needed. @throws ReverieError as {@link withEach} */
export async function readableOf(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ readable: string[]; failed: PassedOver[] }> {
  const readable: string[] = [];
  const failed = await withEach(paths, async (path) => {
    await decodeImage(path, { signal });
    readable.push(path);
  });
  return { readable, failed };
}
