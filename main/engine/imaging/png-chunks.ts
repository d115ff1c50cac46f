/** The container of PNG (W3C Portable Network Graphics, third edition, §5): a signature, then length, type, data, CRC. */
import { crc32 } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bytes of a chunk besides its data: length, type and CRC. */
const FRAME = 12;

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Where the chunk, with its length field, begins and ends in the file. */
  readonly start: number;
  readonly end: number;
  /** Whether the stored CRC is that of type and data. */
  readonly intact: boolean;
}

export function isPng(bytes: Uint8Array): boolean {
  return bytes.length >= SIGNATURE.length && SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** The chunks in order, up to IEND or to the first one that the file cuts short. Nothing for what is not a PNG. */
export function* readChunks(png: Uint8Array): Generator<Chunk> {
  if (!isPng(png)) return;
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  let start = SIGNATURE.length;
  while (start + FRAME <= png.length) {
    const end = start + FRAME + view.getUint32(start);
    if (end > png.length) return;
    const type = latin1(png.subarray(start + 4, start + 8));
    const intact = view.getUint32(end - 4) === crc32(png.subarray(start + 4, end - 4));
    yield { type, data: png.subarray(start + 8, end - 4), start, end, intact };
    if (type === 'IEND') return;
    start = end;
  }
}

/** A whole chunk, ready to be put between two others. */
export function chunkBytes(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(Buffer.from(type, 'latin1'), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** ISO 8859-1, the encoding of PNG keywords and of tEXt. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
