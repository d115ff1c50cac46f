/** TensorFlow's operators on feature maps, channels last, as its documentation defines them: plain loops, no shortcuts. */
import { sizeOf, stridesOf } from '../../../graph/tensor.ts';

/** A tensor of TensorFlow's. */
export interface Grid {
  readonly dims: readonly number[];
  readonly at: (...place: number[]) => number;
  readonly data: readonly number[];
}

/** A tensor with the elements that `element` gives for each place. */
export function grid(dims: readonly number[], element: (...place: number[]) => number): Grid {
  const strides = stridesOf(dims);
  const data = Array.from({ length: sizeOf(dims) }, (_, i) =>
    element(...dims.map((size, axis) => Math.floor(i / (strides[axis] ?? 1)) % size)),
  );
  return {
    dims,
    data,
    at: (...place) => data[place.reduce((sum, p, axis) => sum + p * (strides[axis] ?? 1), 0)] ?? NaN,
  };
}

/** Values that differ from place to place, between −1 and 1. */
export function wave(dims: readonly number[], seed = 0.3): Grid {
  let i = 0;
  return grid(dims, () => Math.sin(1.7 * i++ + seed));
}

/** The same function of every element. */
export function each(x: Grid, f: (v: number) => number): Grid {
  return grid(x.dims, (...place) => f(x.at(...place)));
}

export interface WindowOptions {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly padding: 'SAME' | 'VALID' | readonly [top: number, bottom: number, left: number, right: number];
}

/** How many positions a window has along an axis, and where the first begins: https://www.tensorflow.org/api_docs/python/tf/nn. */
function positions(
  length: number,
  axis: 0 | 1,
  { size, stride, dilation, padding }: WindowOptions,
): [number, number] {
  const reach = (size[axis] - 1) * (dilation?.[axis] ?? 1) + 1;
  const step = stride[axis];
  if (padding === 'VALID') return [Math.ceil((length - reach + 1) / step), 0];
  if (padding !== 'SAME') {
    const [before, after] = axis === 0 ? [padding[0], padding[1]] : [padding[2], padding[3]];
    return [Math.floor((length + before + after - reach) / step) + 1, before];
  }
  const count = Math.ceil(length / step);
  const total = Math.max(length % step === 0 ? reach - step : reach - (length % step), 0);
  return [count, Math.floor(total / 2)];
}

/** What `reduce` makes of the places of each window that lie inside the picture. */
function windows(
  x: Grid,
  options: WindowOptions,
  channels: number,
  reduce: (n: number, c: number, taps: readonly { y: number; x: number; i: number; j: number }[]) => number,
): Grid {
  const [batch = 1, height = 1, width = 1] = x.dims;
  const [rows, top] = positions(height, 0, options);
  const [columns, left] = positions(width, 1, options);
  const [dy, dx] = options.dilation ?? [1, 1];
  return grid([batch, rows, columns, channels], (n = 0, row = 0, column = 0, c = 0) => {
    const taps = [];
    for (let i = 0; i < options.size[0]; i++) {
      for (let j = 0; j < options.size[1]; j++) {
        const y = row * options.stride[0] - top + i * dy;
        const xx = column * options.stride[1] - left + j * dx;
        if (y >= 0 && y < height && xx >= 0 && xx < width) taps.push({ y, x: xx, i, j });
      }
    }
    return reduce(n, c, taps);
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** `filter` is [height, width, input, output]; fewer inputs than the picture has channels make groups. */
export function conv2d(x: Grid, filter: Grid, options: Omit<WindowOptions, 'size'>): Grid {
  const [height = 1, width = 1, perGroup = 1, filters = 1] = filter.dims;
  const groups = (x.dims[3] ?? 1) / perGroup;
  return windows(x, { ...options, size: [height, width] }, filters, (n, o, taps) => {
    const first = Math.floor(o / (filters / groups)) * perGroup;
    return sum(
      taps.flatMap((tap) =>
        Array.from(
          { length: perGroup },
          (_, c) => x.at(n, tap.y, tap.x, first + c) * filter.at(tap.i, tap.j, c, o),
        ),
      ),
    );
  });
}

/** The gradient of a convolution of [height, width] pixels with respect to them; `filter` is [height, width, output, input]. */
export function conv2dBackpropInput(
  y: Grid,
  filter: Grid,
  [height, width]: readonly [number, number],
  options: Omit<WindowOptions, 'size'>,
): Grid {
  const [rows = 1, columns = 1, outputs = 1, inputs = 1] = filter.dims;
  const window = { ...options, size: [rows, columns] as const };
  const [vertical, top] = positions(height, 0, window);
  const [horizontal, left] = positions(width, 1, window);
  return grid([y.dims[0] ?? 1, height, width, outputs], (n = 0, i = 0, j = 0, o = 0) => {
    let total = 0;
    for (let p = 0; p < vertical; p++) {
      for (let q = 0; q < horizontal; q++) {
        const [a, b] = [i + top - p * options.stride[0], j + left - q * options.stride[1]];
        if (a < 0 || a >= rows || b < 0 || b >= columns) continue;
        for (let k = 0; k < inputs; k++) total += y.at(n, p, q, k) * filter.at(a, b, o, k);
      }
    }
    return total;
  });
}

/** `filter` is [height, width, channel, multiple]. */
export function depthwise(x: Grid, filter: Grid, options: Omit<WindowOptions, 'size'>): Grid {
  const [height = 1, width = 1, channels = 1, multiple = 1] = filter.dims;
  return windows(x, { ...options, size: [height, width] }, channels * multiple, (n, o, taps) => {
    const c = Math.floor(o / multiple);
    return sum(taps.map((tap) => x.at(n, tap.y, tap.x, c) * filter.at(tap.i, tap.j, c, o % multiple)));
  });
}

export function maxPool(x: Grid, options: WindowOptions): Grid {
  return windows(x, options, x.dims[3] ?? 1, (n, c, taps) =>
    Math.max(...taps.map((t) => x.at(n, t.y, t.x, c))),
  );
}

/** The padding takes no part in the average. */
export function avgPool(x: Grid, options: WindowOptions): Grid {
  return windows(
    x,
    options,
    x.dims[3] ?? 1,
    (n, c, taps) => sum(taps.map((t) => x.at(n, t.y, t.x, c))) / taps.length,
  );
}

/** `output = input / (bias + alpha · Σ_{d−r}^{d+r} input²)^beta` */
export function lrn(x: Grid, r: number, bias: number, alpha: number, beta: number): Grid {
  const channels = x.dims[3] ?? 1;
  return grid(x.dims, (n = 0, i = 0, j = 0, d = 0) => {
    const near = Array.from({ length: channels }, (_, c) => c).filter((c) => Math.abs(c - d) <= r);
    return x.at(n, i, j, d) / (bias + alpha * sum(near.map((c) => x.at(n, i, j, c) ** 2))) ** beta;
  });
}

/** Where the pixel `i` of `to` lies among `from`, by `image_resizer_state.h`. */
function scaled(i: number, from: number, to: number, mode: 'corners' | 'half' | 'none'): number {
  if (mode === 'corners') return to > 1 ? (i * (from - 1)) / (to - 1) : 0;
  return mode === 'half' ? ((i + 0.5) * from) / to - 0.5 : (i * from) / to;
}

export function resizeBilinear(
  x: Grid,
  size: readonly [number, number],
  mode: 'corners' | 'half' | 'none',
): Grid {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.dims;
  const between = (place: number, length: number): [number, number, number] => {
    const low = Math.floor(place);
    return [Math.max(low, 0), Math.min(Math.max(low + 1, 0), length - 1), place - low];
  };
  return grid([batch, ...size, channels], (n = 0, i = 0, j = 0, c = 0) => {
    const [top, bottom, v] = between(scaled(i, height, size[0], mode), height);
    const [left, right, u] = between(scaled(j, width, size[1], mode), width);
    const row = (y: number) => x.at(n, y, left, c) * (1 - u) + x.at(n, y, right, c) * u;
    return row(top) * (1 - v) + row(bottom) * v;
  });
}

export function resizeNearest(
  x: Grid,
  size: readonly [number, number],
  mode: 'corners' | 'half' | 'none',
): Grid {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.dims;
  const nearest = (i: number, from: number, to: number): number => {
    // Half pixels: floor((i + 0.5) · scale), which has no offset to take away again.
    const place = mode === 'half' ? Math.floor(((i + 0.5) * from) / to) : scaled(i, from, to, mode);
    return Math.min(mode === 'corners' ? Math.round(place) : Math.floor(place), from - 1);
  };
  return grid([batch, ...size, channels], (n = 0, i = 0, j = 0, c = 0) =>
    x.at(n, nearest(i, height, size[0]), nearest(j, width, size[1]), c),
  );
}
