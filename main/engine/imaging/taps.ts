/**
 * The weights of a one-dimensional resampling, as windows of equal length: output i is the sum over k of
 * `weights[i·count + k]` · input[`starts[i]` + k]. The transpose of such a map is again one, so an adjoint needs no other loop.
 */

/** `lanczos` (three lobes) and `cubic` (Catmull–Rom, a = −½) are sharp; `linear` is a triangle; `area` averages exact overlaps. */
export type Kernel = 'lanczos' | 'cubic' | 'linear' | 'area';

/** Window `i` covers `count` inputs from `starts[i]`, all of them inside the input. */
export interface Taps {
  readonly starts: Int32Array;
  readonly weights: Float64Array;
  readonly count: number;
  readonly inputs: number;
}

interface Shape {
  /** Half the width of the kernel, in input samples when enlarging. */
  readonly radius: number;
  readonly value: (x: number) => number;
}

const SHAPES: Record<Exclude<Kernel, 'area'>, Shape> = {
  lanczos: { radius: 3, value: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
  cubic: { radius: 2, value: catmullRom },
  linear: { radius: 1, value: (x) => Math.max(0, 1 - Math.abs(x)) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = −½. */
function catmullRom(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

/**
 * The map from `inputs` samples to `outputs`, pixel centres at half-integers, each window normalised to the sum 1; of the outputs
 * only `length` from `first` on, where these are given.
 */
export function resampleTaps(
  inputs: number,
  outputs: number,
  kernel: Kernel,
  first = 0,
  length = outputs,
): Taps {
  const scale = inputs / outputs;
  const windows = Array.from({ length }, (_, i) =>
    kernel === 'area'
      ? overlaps(first + i, scale, inputs)
      : sampled(SHAPES[kernel], first + i, scale, inputs),
  );
  return pack(windows, inputs);
}

interface Window {
  readonly start: number;
  readonly weights: readonly number[];
}

function sampled({ radius, value }: Shape, output: number, scale: number, inputs: number): Window {
  const stretch = Math.max(scale, 1);
  const centre = (output + 0.5) * scale;
  const start = Math.max(0, Math.ceil(centre - radius * stretch - 0.5));
  const end = Math.min(inputs, Math.floor(centre + radius * stretch - 0.5) + 1);
  const weights = Array.from({ length: end - start }, (_, k) => value((start + k + 0.5 - centre) / stretch));
  return { start, weights: normalised(weights) };
}

/** The lengths that output `output`, [output·scale, (output + 1)·scale), shares with each input sample. */
function overlaps(output: number, scale: number, inputs: number): Window {
  const from = output * scale;
  const to = Math.min((output + 1) * scale, inputs);
  const start = Math.floor(from);
  const end = Math.min(inputs, Math.ceil(to));
  const weights = Array.from({ length: end - start }, (_, k) =>
    Math.max(0, Math.min(to, start + k + 1) - Math.max(from, start + k)),
  );
  return { start, weights: normalised(weights) };
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

/** The transposed map: input and output change places. */
export function transposeTaps({ starts, weights, count, inputs }: Taps): Taps {
  const windows = Array.from({ length: inputs }, () => ({ start: 0, weights: new Array<number>() }));
  for (let i = 0; i < starts.length; i++) {
    for (let k = 0; k < count; k++) {
      const weight = weights[i * count + k] ?? 0;
      const window = windows[(starts[i] ?? 0) + k];
      if (weight === 0 || window === undefined) continue;
      if (window.weights.length === 0) window.start = i;
      // Outputs between the first and this one whose weight happens to be zero keep the window contiguous.
      while (window.start + window.weights.length < i) window.weights.push(0);
      window.weights.push(weight);
    }
  }
  return pack(windows, starts.length);
}

/** Windows of one length: the shorter ones get weights of 0 at an end, and stay inside the input. */
function pack(windows: readonly Window[], inputs: number): Taps {
  const count = windows.reduce((most, { weights }) => Math.max(most, weights.length), 1);
  const starts = new Int32Array(windows.length);
  const weights = new Float64Array(windows.length * count);
  windows.forEach((window, i) => {
    const start = Math.min(window.start, inputs - count);
    starts[i] = start;
    weights.set(window.weights, i * count + window.start - start);
  });
  return { starts, weights, count, inputs };
}
