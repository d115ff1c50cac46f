/**
 * The Laplacian pyramid of Burt & Adelson (1983): a picture as bands of detail, each at half the size of the one before,
 * and a coarse rest. Taking apart and putting together are exact inverses.
 */
import { createPixels, type Pixels } from '../imaging/pixels.ts';

/** Binomial weights: the outer product [1 4 6 4 1]/16, which TensorFlow's Deep Dream tutorial uses. */
const [OUTER, INNER, MIDDLE] = [1 / 16, 4 / 16, 6 / 16];

/** An index beyond an edge is mirrored about the edge sample. */
const mirror = (i: number, n: number): number => {
  const low = i < 0 ? -i : i;
  return Math.max(0, low >= n ? 2 * (n - 1) - low : low);
};

/** Blurs and halves: every second sample along both axes. */
export function reduce({ width, height, data }: Pixels): Pixels {
  const small = createPixels((width + 1) >> 1, (height + 1) >> 1);
  const row = new Float32Array(width);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < small.height; y++) {
      const at = (dy: number): number => (c * height + mirror(2 * y + dy, height)) * width;
      const [a, b, m, d, e] = [at(-2), at(-1), at(0), at(1), at(2)];
      for (let x = 0; x < width; x++) {
        row[x] =
          OUTER * ((data[a + x] ?? 0) + (data[e + x] ?? 0)) +
          INNER * ((data[b + x] ?? 0) + (data[d + x] ?? 0)) +
          MIDDLE * (data[m + x] ?? 0);
      }
      const to = (c * small.height + y) * small.width;
      for (let x = 0; x < small.width; x++) {
        const far = (row[mirror(2 * x - 2, width)] ?? 0) + (row[mirror(2 * x + 2, width)] ?? 0);
        const near = (row[mirror(2 * x - 1, width)] ?? 0) + (row[mirror(2 * x + 1, width)] ?? 0);
        small.data[to + x] = OUTER * far + INNER * near + MIDDLE * (row[2 * x] ?? 0);
      }
    }
  }
  return small;
}

/**
 * Adds `sign` times the enlarged `small` to a picture of twice its size, in place. The weights of a new sample are 4 and 4
 * between two old ones, 1, 6 and 1 on one.
 */
function addExpanded({ width, height, data }: Pixels, small: Pixels, sign: 1 | -1): void {
  const { width: w, height: h } = small;
  const row = new Float32Array(w);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      const at = (j: number): number => (c * h + Math.min(Math.max(j, 0), h - 1)) * w;
      const [above, here, below] = [at((y >> 1) - 1), at(y >> 1), at((y >> 1) + 1)];
      for (let x = 0; x < w; x++) {
        const middle = small.data[here + x] ?? 0;
        const after = small.data[below + x] ?? 0;
        row[x] =
          (y & 1) === 1 ? (middle + after) / 2 : ((small.data[above + x] ?? 0) + after + 6 * middle) / 8;
      }
      const to = (c * height + y) * width;
      for (let x = 0; x < width; x++) {
        const i = x >> 1;
        const middle = row[i] ?? 0;
        const after = row[i + 1 < w ? i + 1 : i] ?? 0;
        const value =
          (x & 1) === 1 ? (middle + after) / 2 : ((row[i > 0 ? i - 1 : 0] ?? 0) + after + 6 * middle) / 8;
        data[to + x] = (data[to + x] ?? 0) + sign * value;
      }
    }
  }
}

interface Pyramid {
  /** From fine to coarse. */
  readonly bands: readonly Pixels[];
  readonly rest: Pixels;
}

/** Takes a picture apart into up to `levels` bands, in place: its own samples become the finest band. */
export function takeApart(picture: Pixels, levels: number): Pyramid {
  const bands: Pixels[] = [];
  let rest = picture;
  while (bands.length < levels && Math.min(rest.width, rest.height) >= 4) {
    const small = reduce(rest);
    addExpanded(rest, small, -1);
    bands.push(rest);
    rest = small;
  }
  return { bands, rest };
}

/** The inverse of {@link takeApart}, in place: the finest band becomes the picture. */
export function putTogether({ bands, rest }: Pyramid): Pixels {
  return bands.reduceRight((coarse, band) => {
    addExpanded(band, coarse, 1);
    return band;
  }, rest);
}
