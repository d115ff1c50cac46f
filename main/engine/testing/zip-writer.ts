/** Zip files for tests, with whatever names and sizes a test wants them to claim. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** The size that it claims to have unpacked. */
  readonly claims?: number;
  /** The mode of a Unix file, as `0o120777` for a link. */
  readonly mode?: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** What the header of a file and its line in the directory share, from the version needed on. */
function facts({ data, claims }: ZipEntry, packed: Uint8Array, name: Uint8Array): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(8, 4);
  bytes.writeUInt32LE(crc32(data), 10);
  bytes.writeUInt32LE(packed.length, 14);
  bytes.writeUInt32LE(claims ?? data.length, 18);
  bytes.writeUInt16LE(name.length, 22);
  return bytes;
}

function words(...values: readonly [value: number, size: 2 | 4][]): Buffer {
  return Buffer.concat(
    values.map(([value, size]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntLE(value, 0, size);
      return bytes;
    }),
  );
}

/** The bytes of a zip with some files, deflated. */
export function writeZip(...entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const packed = deflateRawSync(entry.data);
    const shared = facts(entry, packed, name);
    const file = Buffer.concat([words([LOCAL, 4]), shared, name, packed]);
    // Made by a Unix program, no comment, the first disk, the file's mode.
    const rest = words([0, 2], [0, 2], [0, 2], [(entry.mode ?? 0o100644) * 2 ** 16, 4], [offset, 4]);
    directory.push(Buffer.concat([words([CENTRAL, 4], [(3 << 8) | 20, 2]), shared, rest, name]));
    files.push(file);
    offset += file.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = entries.length;
  const end = words([END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...files, ...directory, end]);
}
