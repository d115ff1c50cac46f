/**
 * A mask as a PNG of grey levels (PNG specification, third edition): written here, because a canvas takes four bytes a pixel,
 * ends at sizes that photos reach, and promises no levels.
 */
import type { MaskBitmap } from './bitmap.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The same mask gives the same bytes. */
export async function encodeMask({ width, height, data }: MaskBitmap): Promise<Blob> {
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++)
    // Each row begins with its filter, which is none.
    rows.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // 8 bits, grey; the rest is 0.
  header.set([8, 0, 0, 0, 0], 8);
  return new Blob(
    [
      new Uint8Array(SIGNATURE),
      chunk('IHDR', header),
      chunk('IDAT', await deflate(rows)),
      chunk('IEND', new Uint8Array()),
    ],
    { type: 'image/png' },
  );
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // What PNG calls deflate has the header of zlib, which the stream of that name writes.
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Length, name, content, and a checksum of both. */
function chunk(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/** CRC-32 with the polynomial of IEEE 802.3, reflected. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
