/**
 * A ZIP archive as a stream, file after file, without compression: what goes in are pictures, which are compressed already.
 * After PKWARE's APPNOTE 6.3: local headers (4.3.7), central directory (4.3.12), with the ZIP64 records (4.3.14, 4.3.15, 4.5.3)
 * that archives over 4 GiB or of more than 65,535 files need.
 */
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

export interface ZipEntry {
  name: string;
  /** Read when its turn comes; at most 4 GiB. */
  path: string;
}

const FULL16 = 0xffff;
const FULL32 = 0xffffffff;
/** Version 4.5 of the format: ZIP64. */
const VERSION = 45;
/** Names are UTF-8 (general purpose bit 11). */
const FLAGS = 0x0800;

/** @param read Of a file's bytes by its path. */
export async function* zip(
  entries: Iterable<ZipEntry>,
  read: (path: string) => Promise<Uint8Array> = readFile,
): AsyncGenerator<Uint8Array, void, undefined> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, path } of entries) {
    const bytes = await read(path);
    const file = { name: Buffer.from(name), crc: crc32(bytes), size: bytes.length };
    const header = localHeader(file);
    yield header;
    yield bytes;
    directory.push(directoryEntry(file, offset));
    offset += header.length + bytes.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  yield Buffer.concat([...directory, ...endRecords(directory.length, size, offset)]);
}

interface Stored {
  name: Buffer;
  crc: number;
  size: number;
}

/** Little-endian fields of 2, 4 or 8 bytes, in order. */
function fields(...values: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** Method 0 (stored), 1 January 1980: the same steps give the same archive. */
const common = ({ crc, size, name }: Stored, extra: number) =>
  [
    [2, VERSION],
    [2, FLAGS],
    [2, 0],
    [2, 0],
    [2, 0x21],
    [4, crc],
    [4, size],
    [4, size],
    [2, name.length],
    [2, extra],
  ] as const;

function localHeader(file: Stored): Buffer {
  return Buffer.concat([fields([4, 0x04034b50], ...common(file, 0)), file.name]);
}

function directoryEntry(file: Stored, offset: number): Buffer {
  const far = offset >= FULL32;
  const extra = far ? fields([2, 1], [2, 8], [8, offset]) : Buffer.alloc(0);
  const start = fields(
    [4, 0x02014b50],
    [2, VERSION],
    ...common(file, extra.length),
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, far ? FULL32 : offset],
  );
  return Buffer.concat([start, file.name, extra]);
}

function endRecords(count: number, size: number, offset: number): Buffer[] {
  const large = count >= FULL16 || size >= FULL32 || offset >= FULL32;
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, Math.min(count, FULL16)],
    [2, Math.min(count, FULL16)],
    [4, Math.min(size, FULL32)],
    [4, Math.min(offset, FULL32)],
    [2, 0],
  );
  if (!large) return [end];
  const end64 = fields(
    [4, 0x06064b50],
    [8, 44],
    [2, VERSION],
    [2, VERSION],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, offset],
  );
  return [end64, fields([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]), end];
}
