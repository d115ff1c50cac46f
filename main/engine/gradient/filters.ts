/** Rearranged convolution filters, computed once per weight tensor: programs of many sizes share one copy. */
import type { FloatTensor } from '../graph/tensor.ts';
import { float32, sizeOf } from '../graph/tensor.ts';

const cache = new WeakMap<FloatTensor, Map<string, FloatTensor>>();

function cached(filter: FloatTensor, key: string, make: () => FloatTensor): FloatTensor {
  let made = cache.get(filter);
  if (made === undefined) cache.set(filter, (made = new Map<string, FloatTensor>()));
  let result = made.get(key);
  if (result === undefined) made.set(key, (result = make()));
  return result;
}

/**
 * The filter whose stride-1 convolution with dy is the gradient of a stride-1 convolution: taps reversed, input and
 * output channels exchanged within each group.
 *
 * @param filter [M, C/g, …k]
 * @returns [C, M/g, …k]
 */
export function adjointFilter(filter: FloatTensor, groups: number): FloatTensor {
  return cached(filter, `adjoint:${groups}`, () => {
    const [m = 1, c = 1, ...kernel] = filter.dims;
    const taps = sizeOf(kernel);
    const perGroup = m / groups;
    const result = new Float32Array(filter.data.length);
    for (let g = 0; g < groups; g++) {
      for (let i = 0; i < perGroup; i++) {
        for (let j = 0; j < c; j++) {
          const from = ((g * perGroup + i) * c + j) * taps;
          const to = ((g * c + j) * perGroup + i) * taps;
          for (let t = 0; t < taps; t++) result[to + t] = filter.data[from + taps - 1 - t] ?? 0;
        }
      }
    }
    return float32(result, [groups * c, perGroup, ...kernel]);
  });
}

/**
 * The filter that computes the gradient of a convolution of stride s in both directions as s² interleaved images: one
 * stride-1 convolution, whose channels are then woven together (see `weave.ts`).
 *
 * Row i′ = s·q + r of the padded input meets the taps s·t + r of the filter at output row q − t; so phase r is a
 * convolution with every s-th tap, reversed.
 *
 * @param filter [M, C/g, kh, kw]
 * @returns [C·s², M/g, ⌈kh/s⌉, ⌈kw/s⌉]
 */
export function phaseFilter(filter: FloatTensor, groups: number, stride: number): FloatTensor {
  return cached(filter, `phases:${groups}:${stride}`, () => {
    const [m = 1, c = 1, kh = 1, kw = 1] = filter.dims;
    const [th, tw] = [Math.ceil(kh / stride), Math.ceil(kw / stride)];
    const perGroup = m / groups;
    const dims = [groups * c * stride * stride, perGroup, th, tw];
    const result = new Float32Array(sizeOf(dims));
    for (let row = 0; row < m; row++) {
      const [g, i] = [Math.floor(row / perGroup), row % perGroup];
      for (let j = 0; j < c; j++) {
        for (let y = 0; y < kh; y++) {
          for (let x = 0; x < kw; x++) {
            const phase = (y % stride) * stride + (x % stride);
            const channel = (g * c + j) * stride * stride + phase;
            const [ty, tx] = [th - 1 - Math.floor(y / stride), tw - 1 - Math.floor(x / stride)];
            result[((channel * perGroup + i) * th + ty) * tw + tx] =
              filter.data[((row * c + j) * kh + y) * kw + x] ?? 0;
          }
        }
      }
    }
    return float32(result, dims);
  });
}

/** Some output channels of a filter [M, …], from `start` up to `end`, which share its numbers. */
export function filterRows(filter: FloatTensor, start: number, end: number): FloatTensor {
  return cached(filter, `rows:${start}:${end}`, () => {
    const [, ...rest] = filter.dims;
    const row = sizeOf(rest);
    return float32(filter.data.subarray(start * row, end * row), [end - start, ...rest]);
  });
}

/** How the taps of a strided convolution meet one phase of its image, along one axis. */
interface PhaseTaps {
  /** Of the phase's filter, in order, the tap of the convolution; undefined where that has none. */
  readonly taps: readonly (number | undefined)[];
  /** Elements of dy before the first that the phase's first element reads. */
  readonly begin: number;
}

/**
 * Element s·q + a of the image meets the tap k of the convolution at its output (s·q + a + padding − k)/s, where that is
 * whole: phase a is a convolution of stride 1 with the taps k ≡ a + padding, reversed.
 */
export function phaseTaps(kernel: number, stride: number, padding: number, a: number): PhaseTaps {
  const tapAt = (offset: number): number => a + padding - stride * offset;
  const low = Math.min(0, Math.ceil((a + padding - kernel + 1) / stride));
  const high = Math.max(0, Math.floor((a + padding) / stride));
  const taps = Array.from({ length: high - low + 1 }, (_, t) => tapAt(low + t));
  return { taps: taps.map((k) => (k >= 0 && k < kernel ? k : undefined)), begin: -low };
}

/**
 * The filter of one phase, with as many taps as meet it.
 *
 * @param filter [M, C/g, kh, kw]
 * @param rows of the phase, and its columns
 * @returns [C, M/g, rows, columns]
 */
export function filterOfPhase(
  filter: FloatTensor,
  groups: number,
  { taps: from }: PhaseTaps,
  { taps: to }: PhaseTaps,
): FloatTensor {
  return cached(filter, `phase:${groups}:${from.join()}:${to.join()}`, () => {
    const [m = 1, c = 1, kh = 1, kw = 1] = filter.dims;
    const perGroup = m / groups;
    const taps = from.length * to.length;
    const dims = [groups * c, perGroup, from.length, to.length];
    const result = new Float32Array(sizeOf(dims));
    for (let row = 0; row < m; row++) {
      const [g, i] = [Math.floor(row / perGroup), row % perGroup];
      for (let j = 0; j < c; j++) {
        const at = ((g * c + j) * perGroup + i) * taps;
        from.forEach((y, ty) => {
          to.forEach((x, tx) => {
            if (y === undefined || x === undefined) return;
            result[at + ty * to.length + tx] = filter.data[((row * c + j) * kh + y) * kw + x] ?? 0;
          });
        });
      }
    }
    return float32(result, dims);
  });
}
