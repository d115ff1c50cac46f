/** NumPy's .npy files of float32 (format 1.0, numpy.lib.format): for whoever computes on with a map. */
import { ReverieError } from '../../../shared/errors.ts';

export interface Npy {
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/** The header's length with everything before it must be a multiple of this. */
const ALIGNMENT = 64;

/** The bytes of a file: little-endian, in C order. */
export function writeNpy({ dims, data }: Npy): Uint8Array {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const unpadded = MAGIC.length + 2 + dictionary.length + 1;
  const header = `${dictionary}${' '.repeat((ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const samples = Buffer.alloc(4 * data.length);
  data.forEach((value, i) => samples.writeFloatLE(value, 4 * i));
  return new Uint8Array(Buffer.concat([MAGIC, length, Buffer.from(header, 'latin1'), samples]));
}

/**
 * The array in a file that {@link writeNpy} could have written.
 *
 * @throws ReverieError `image/unreadable` for anything else
 */
export function readNpy(bytes: Uint8Array): Npy {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (why: string): never => {
    throw new ReverieError('image/unreadable', `This is not a .npy file of float32 in C order: ${why}.`);
  };
  const start = MAGIC.length + 2;
  if (file.length < start || !file.subarray(0, MAGIC.length).equals(MAGIC))
    return refuse('it does not begin as one of format 1.0 does');
  const end = start + file.readUInt16LE(MAGIC.length);
  const header = file.subarray(start, end).toString('latin1');
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (!header.includes("'descr': '<f4'") || !header.includes("'fortran_order': False") || shape === undefined)
    return refuse(`its header says ${header.trim()}`);
  const dims = shape
    .split(',')
    .filter((d) => d.trim() !== '')
    .map(Number);
  const count = dims.reduce((a, b) => a * b, 1);
  if (file.length !== end + 4 * count) return refuse(`it should hold ${count} numbers, and does not`);
  return { dims, data: Float32Array.from({ length: count }, (_, i) => file.readFloatLE(end + 4 * i)) };
}
