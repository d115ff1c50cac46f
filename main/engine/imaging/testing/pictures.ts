/** Pictures and colour profiles for tests, made from formulas. */
import { createPixels, fillPixels, type Pixels } from '../pixels.ts';

/** Reproducible noise in [0,1) (the "minimal standard" generator of Park and Miller, 1988). */
export function noise(width: number, height: number, seed = 1): Pixels {
  const pixels = createPixels(width, height);
  let state = seed;
  pixels.data.forEach((_, i) => {
    state = (state * 48271) % 2147483647;
    pixels.data[i] = state / 2147483647;
  });
  return pixels;
}

/** Smooth ramps with an edge: different in each channel, between 0.1 and 0.9, symmetric in no direction. */
export function ramps(width: number, height: number): Pixels {
  const pixels = createPixels(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x / Math.max(width - 1, 1);
      const v = y / Math.max(height - 1, 1);
      const i = y * width + x;
      pixels.data[i] = 0.1 + 0.8 * u;
      pixels.data[width * height + i] = 0.1 + 0.8 * v;
      pixels.data[2 * width * height + i] = 0.5 + 0.2 * Math.sin(3 * u + 5 * v) + (u + v > 1.2 ? 0.2 : 0);
    }
  }
  return pixels;
}

/** The largest absolute difference of two arrays of one length. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  return most;
}

/** The mean absolute difference of two arrays of one length: a lossy format may err much at an edge, not on the whole. */
export function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
  return sum / a.length;
}

type Triple = readonly [number, number, number];

/** An RGB space of one gamma: the XYZ of its primaries, adapted to D50. */
export interface Space {
  readonly primaries: readonly [Triple, Triple, Triple];
  readonly gamma: number;
}

/** A matrix profile of version 2 (ICC.1:2001-04, §6.3.3.2) for `space`. */
export function iccProfile({ primaries, gamma }: Space): Uint8Array {
  const curve = Buffer.alloc(16);
  curve.write('curv', 0, 'latin1');
  curve.writeUInt32BE(1, 8);
  curve.writeUInt16BE(Math.round(gamma * 256), 12);
  const description = Buffer.alloc(104);
  description.write('desc\0\0\0\0\0\0\0\x05test\0', 0, 'latin1');
  const tags: [string, Buffer][] = [
    ['desc', description],
    ['cprt', Buffer.from('text\0\0\0\0none\0\0\0\0', 'latin1')],
    ['wtpt', xyz(D50)],
    ...primaries.map((primary, i): [string, Buffer] => [`${'rgb'.charAt(i)}XYZ`, xyz(primary)]),
    ...['rTRC', 'gTRC', 'bTRC'].map((name): [string, Buffer] => [name, curve]),
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  let offset = 128 + table.length;
  tags.forEach(([name, body], i) => {
    table.write(name, 4 + 12 * i, 'latin1');
    table.writeUInt32BE(offset, 8 + 12 * i);
    table.writeUInt32BE(body.length, 12 + 12 * i);
    offset += body.length;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset);
  header.writeUInt32BE(0x02100000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(D50).copy(header, 68, 8);
  return Buffer.concat([header, table, ...tags.map(([, body]) => body)]);
}

const D50: Triple = [0.9642, 1, 0.8249];

function xyz(values: Triple): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.write('XYZ ', 0, 'latin1');
  values.forEach((value, i) => bytes.writeInt32BE(Math.round(value * 65536), 8 + 4 * i));
  return bytes;
}

/** XYZ (D50) to linear sRGB: the inverse of the primaries in the profile of IEC 61966-2-1. */
const TO_SRGB: readonly [Triple, Triple, Triple] = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
];

/** The sRGB-encoded colour, unclipped, of a colour encoded in `space`. */
export function toSrgb({ primaries, gamma }: Space, colour: Triple): Triple {
  const linear = colour.map((value) => value ** gamma);
  const sum = (axis: 0 | 1 | 2): number =>
    primaries.reduce((total, primary, i) => total + primary[axis] * (linear[i] ?? 0), 0);
  const [x, y, z] = [sum(0), sum(1), sum(2)];
  const encode = (row: Triple): number => {
    const value = row[0] * x + row[1] * y + row[2] * z;
    return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  };
  return [encode(TO_SRGB[0]), encode(TO_SRGB[1]), encode(TO_SRGB[2])];
}

/** A picture from interleaved samples, see `fillPixels`. */
export function fromBytes(
  samples: Uint8Array | Uint16Array,
  width: number,
  height: number,
  channels: 1 | 2 | 3 | 4 = 3,
): Pixels {
  if (samples.length !== channels * width * height) {
    throw new RangeError(
      `${samples.length} samples are not ${width}×${height} pixels of ${channels} channels`,
    );
  }
  const pixels = createPixels(width, height);
  fillPixels(pixels, 0, samples, channels);
  return pixels;
}
