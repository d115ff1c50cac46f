/**
 * Comparisons written with convolutions. On x64 processors ONNX Runtime keeps images in blocks of channels, but only
 * between convolutions, poolings, sums and products: a Greater or a Where costs two reorderings and runs on one thread.
 * A depthwise convolution with HardSigmoid fused into it is a comparison that stays in that layout.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32 } from '../graph/tensor.ts';

/** Channels of the widest block (AVX-512); narrower ones divide it. */
const BLOCK = 16;

/** Times this, every normal number is at least 1 or at most −1: it is the largest float32. */
const STEEPEST = 3.4028234663852886e38;

/** Whether a tensor is an image whose channels fill blocks. */
export function isBlocked(g: Builder, x: Name): boolean {
  const [, channels = 0, ...spatial] = g.dims(x);
  return spatial.length === 2 && channels % BLOCK === 0;
}

/** Taps along one axis: `offset` is the place of the first relative to the output, as far as ±1. */
export interface Taps {
  /** 2 for rows, 3 for columns. */
  readonly axis: 2 | 3;
  readonly weights: readonly number[];
  readonly offset: number;
}

/** Every channel of x convolved along one axis, of the same size, with zeros beyond the borders. */
export function alongAxis(g: Builder, x: Name, { axis, weights, offset }: Taps): Name {
  const channels = g.dim(x, 1);
  const length = weights.length;
  const kernel = axis === 2 ? [length, 1] : [1, length];
  const [begin, end] = [-offset, offset + length - 1];
  const filter = g.constant(
    float32(Array.from({ length: channels }, () => weights).flat(), [channels, 1, ...kernel]),
    `~taps:${channels}:${kernel.join('x')}:${weights.join()}`,
  );
  const pads = axis === 2 ? [begin, 0, end, 0] : [0, begin, 0, end];
  return g.op('Conv', [x, filter], { group: channels, pads });
}

/** 1 where x > 0, 0 elsewhere; a difference is positive exactly where the larger number stands first. */
export function isPositive(g: Builder, x: Name): Name {
  return g.op('HardSigmoid', [x], { alpha: STEEPEST, beta: 0 });
}

/** 1 where `x·weight + bias` > 0, 0 elsewhere. */
export function isAbove(g: Builder, x: Name, weight: 1 | -1, bias: number): Name {
  const channels = g.dim(x, 1);
  const each = (value: number, ...rest: number[]): Name =>
    g.constant(
      float32(new Float32Array(channels).fill(value), [channels, ...rest]),
      `~each:${channels}:${rest.length}:${value}`,
    );
  const inputs = [x, each(weight, 1, 1, 1), ...(bias === 0 ? [] : [each(bias)])];
  return isPositive(g, g.op('Conv', inputs, { group: channels }));
}
