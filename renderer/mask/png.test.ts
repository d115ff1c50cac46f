import sharp from 'sharp';
import { expect, it } from 'vitest';
import { MaskBitmap } from './bitmap.ts';
import { encodeMask } from './png.ts';

it.each([
  [1, 1],
  [37, 5],
  [640, 481],
])('a mask of %d × %d is a PNG of one channel with just these levels', async (width, height) => {
  const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256);
  const blob = await encodeMask(new MaskBitmap(width, height, data));
  const read = sharp(new Uint8Array(await blob.arrayBuffer()), { failOn: 'warning' });
  const { data: levels, info } = await read.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width, height, channels: 1 });
  expect(Buffer.compare(levels, data)).toBe(0);
  expect(blob.type).toBe('image/png');
});
