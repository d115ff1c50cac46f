/**
 * Comparisons written with convolutions. On x64 processors ONNX Runtime keeps images in blocks of channels, but only
 * between convolutions, poolings, sums and products: a Greater or a Where costs two reorderings and runs on one thread.
 * A depthwise convolution with HardSigmoid fused into it is a comparison that stays in that layout.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, type FloatTensor } from '../graph/tensor.ts';

/** Channels of the widest block (AVX-512); narrower ones divide it. */
export const BLOCK = 16;

/** Times this, every normal number is at least 1 or at most −1: it is the largest float32. */
const STEEPEST = 3.4028234663852886e38;

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
  /** Added to every element. */
  readonly bias?: number;
}

/** Every channel of x convolved with the same taps. */
export function depthwise(
  g: Builder,
  x: Name,
  taps: Taps,
  { strides = [1, 1], pads = [0, 0, 0, 0], bias = 0 }: Sliding = {},
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
  return g.op('Conv', [x, filter, ...biasOf(g, channels, bias)], { group: channels, strides, pads });
}

/** The third input of a convolution that adds the same to every channel. */
const biasOf = (g: Builder, channels: number, bias: number): Name[] => {
  const values = (): FloatTensor => float32(new Float32Array(channels).fill(bias), [channels]);
  return bias === 0 ? [] : [g.constant(values(), `~bias:${channels}:${bias}`)];
};

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
  const filter = g.constant(
    float32(new Float32Array(channels).fill(weight), [channels, 1, 1, 1]),
    `~each:${channels}:${weight}`,
  );
  return isPositive(g, g.op('Conv', [x, filter, ...biasOf(g, channels, bias)], { group: channels }));
}

/**
 * 1 where 0 < x < high, 0 elsewhere, of an x from 0 to high. A zero, and nothing else, is lifted to high, by a ReLU, which costs
 * a convolution nothing; a HardSigmoid costs it as much again.
 */
export function isBetween(g: Builder, x: Name, high: number): Name {
  const lift = g.relu(depthwise(g, x, [[-STEEPEST]], { bias: high }));
  const overHigh = g.add(depthwise(g, x, [[1]], { bias: -high }), lift);
  return g.op('HardSigmoid', [overHigh], { alpha: -STEEPEST, beta: 0 });
}
