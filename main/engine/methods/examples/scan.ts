/** A scan of photos: what every channel of some layers answers to each of them. One scan serves every unit of its layers. */
import { readFile } from 'node:fs/promises';
import { errorData } from '../../../../shared/errors.ts';
import type { Name } from '../../graph/graph.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { viewOf } from '../common/view.ts';
import type { MethodContext } from '../common/context.ts';
import { ScanCache } from './scan-cache.ts';
import { ScanProgram, type Response } from './scan-program.ts';
import { sha256 } from '../../../files/sha256.ts';

interface Scan {
  readonly photos: readonly string[];
  readonly tensors: readonly Name[];
  /** Side in pixels of what the network sees of a photo. */
  /** Where answers are kept. */
  readonly cache: string;
}

/** One photo: what the layers answer, in the order of the scan's tensors, or why it cannot be read. */
interface Scanned {
  readonly path: string;
  readonly responses: readonly Response[];
  readonly cached: boolean;
  readonly failure: string | undefined;
}

/** The photos one after the other. The next one is read while the network looks at the one before. */
export async function* scan(
  context: MethodContext,
  { photos, tensors, cache: root }: Scan,
): AsyncGenerator<Scanned, void, undefined> {
  const cache = new ScanCache(root, context.model.sha256, context.model.shape, tensors);
  let program: ScanProgram | undefined;
  const open = (path: string | undefined) => (path === undefined ? undefined : prepare(path));
  const prepare = async (path: string) => {
    const bytes = await readFile(path);
    const photo = sha256(bytes);
    const known = await cache.read(photo, tensors);
    if (known !== undefined) return { photo, known };
    const { pixels } = await decodeImage(bytes);
    return { photo, view: viewOf(pixels, context.model.shape).apply(pixels) };
  };
  try {
    let next = settle(open(photos[0]));
    for (const [i, path] of photos.entries()) {
      const prepared = await next;
      next = settle(open(photos[i + 1]));
      if (prepared === undefined || 'failure' in prepared) {
        yield { path, responses: [], cached: false, failure: prepared?.failure ?? '' };
      } else if ('known' in prepared) {
        yield { path, responses: prepared.known, cached: true, failure: undefined };
      } else {
        program ??= await ScanProgram.lease(context, tensors);
        const responses = await program.respond(prepared.view);
        await cache.write(prepared.photo, tensors, responses);
        yield { path, responses, cached: false, failure: undefined };
      }
    }
  } finally {
    await program?.release();
  }
}

/** A failure as a value: nobody waits for the next photo while the one before is looked at. */
async function settle<T>(work: Promise<T> | undefined): Promise<T | { failure: string } | undefined> {
  try {
    return await work;
  } catch (error) {
    return { failure: errorData(error).message };
  }
}
