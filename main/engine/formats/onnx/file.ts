/** ONNX files on disk, with the weights that large ones keep in other files beside them. */
import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { readOnnx } from './onnx.ts';
import type { ReadExternal } from './tensor.ts';

/**
 * The network in an ONNX file; see {@link readOnnx}.
 * @throws `model/missing` when the file cannot be read.
 */
export function readOnnxFile(path: string): Graph {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new ReverieError('model/missing', `The network "${path}" cannot be read.`, {}, { cause });
  }
  return readOnnx(bytes, { external: filesBeside(path) });
}

/**
 * Reads parts of files that lie in the folder of `path` or below it. A network of unknown origin must not be able to name
 * any other file, not even through a link.
 */
export function filesBeside(path: string): ReadExternal {
  return (location, offset, length) => {
    const file = inside(realpathSync(dirname(path)), location);
    const stored = statSync(file);
    // Before anything is opened or allocated: the length is only what the file claims, and a pipe would block.
    if (!stored.isFile() || offset + length > stored.size) {
      throw new ReverieError(
        'model/unreadable',
        `The weights file "${location}" is incomplete: ${offset + length} bytes are needed, it holds ${stored.size}.`,
      );
    }
    const bytes = new Uint8Array(length);
    const handle = openSync(file, 'r');
    try {
      for (let done = 0; done < length;) {
        const step = readSync(handle, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
        if (step === 0) throw missing(location);
        done += step;
      }
    } finally {
      closeSync(handle);
    }
    return bytes;
  };
}

function inside(folder: string, location: string): string {
  let file: string;
  try {
    file = realpathSync(resolve(folder, location));
  } catch (cause) {
    // A path that leads outside is refused whether or not something is there, so that it tells nothing.
    if (leaves(folder, resolve(folder, location))) throw refused(location);
    throw missing(location, cause);
  }
  if (leaves(folder, file)) throw refused(location);
  return file;
}

function leaves(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function refused(location: string): ReverieError {
  return new ReverieError(
    'model/unreadable',
    `The network asks for the file "${location}", which is outside its own folder; weights may only lie beside it.`,
  );
}

function missing(location: string, cause?: unknown): ReverieError {
  return new ReverieError(
    'model/missing',
    `The weights file "${location}" is not beside the network.`,
    {},
    { cause },
  );
}
