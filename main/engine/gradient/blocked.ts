/**
 * Comparisons written with convolutions. On x64 processors ONNX Runtime keeps images in blocks of channels, but only
 * between convolutions, poolings, sums and products: a Greater or a Where costs two reorderings and runs on one thread.
 * A depthwise convolution with HardSigmoid fused into it is a comparison that stays in that layout.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32 } from '../graph/tensor.ts';

/** Channels of the widest block (AVX-512); narrower ones divide it. */
export const BLOCK = 16;

/** Times this, every normal number is at least 1 or at most −1: it is the largest float32. */
export const STEEPEST = 3.4028234663852886e38;

/** Whether a tensor is an image whose channels fill blocks. */
export function isBlocked(g: Builder, x: Name): boolean {
  const [, channels = 0, ...spatial] = g.dims(x);
  return spatial.length === 2 && channels % BLOCK === 0;
}

/** A filter that every channel is convolved with: rows of weights. */
export type Taps = readonly (readonly number[])[];

export interface Sliding {
  readonly strides?: readonly number[];
  /** Zeros above, left, below and right. */
  readonly pads?: readonly number[];
}

/** Every channel of x convolved with the same taps. */
export function depthwise(
  g: Builder,
  x: Name,
  taps: Taps,
  { strides = [1, 1], pads = [0, 0, 0, 0] }: Sliding = {},
): Name {
  const channels = g.dim(x, 1);
  const weights = taps.flat();
  const filter = g.constant(
    float32(Array.from({ length: channels }, () => weights).flat(), [
      channels,
      1,
      taps.length,
      taps[0]?.length ?? 0,
    ]),
    `~taps:${channels}:${JSON.stringify(taps)}`,
  );
  return g.op('Conv', [x, filter], { group: channels, strides, pads });
}

/** gradient − part, where part is the gradient in some places and 0 in the others. */
export const without = (g: Builder, gradient: Name, part: Name): Name =>
  g.add(depthwise(g, part, [[-1]]), gradient);

/** 1 where x > 0, 0 elsewhere; a difference is positive exactly where the larger number stands first. */
export function isPositive(g: Builder, x: Name): Name {
  return g.op('HardSigmoid', [x], { alpha: STEEPEST, beta: 0 });
}

/** 1 where x ≥ 0, 0 elsewhere. */
export function isNotNegative(g: Builder, x: Name): Name {
  return g.op('HardSigmoid', [x], { alpha: STEEPEST, beta: 1 });
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
