/**
 * Tensors while a graph runs. TensorFlow computes images with their channels last; ONNX means them with their channels
 * first. Which way a tensor lies in memory is written beside it, and it is turned only where an operator has to have it so.
 */
import type * as library from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** TensorFlow.js, whichever package it was loaded from. */
export type TensorFlow = typeof library;

export interface Value {
  readonly tensor: Tensor;
  /** Whether the tensor lies as [N, H, W, C], while it means [N, C, H, W]. */
  readonly channelsLast: boolean;
}

/** Where each axis of [N, C, H, W] lies in [N, H, W, C]. */
const PLACES = [0, 3, 1, 2];

export const plain = (tensor: Tensor): Value => ({ tensor, channelsLast: false });
export const image = (tensor: Tensor): Value => ({ tensor, channelsLast: true });

/** The shape that a value means. */
export function dimsOf({ tensor, channelsLast }: Value): number[] {
  const [n = 1, h = 1, w = 1, c = 1] = tensor.shape;
  return channelsLast ? [n, c, h, w] : tensor.shape;
}

/** Where an axis (from 0) of what the value means lies in its tensor. */
export const placeOf = ({ channelsLast }: Value, axis: number): number =>
  channelsLast ? (PLACES[axis] ?? axis) : axis;

/** A list with one entry for each axis of what the value means, in the order of its tensor. */
export const inPlace = <T>({ channelsLast }: Value, list: readonly T[]): T[] =>
  channelsLast ? [0, 2, 3, 1].flatMap((axis) => list.slice(axis, axis + 1)) : [...list];

/** The tensor as it is meant. */
export function channelsFirst(tf: TensorFlow, value: Value): Tensor {
  if (!value.channelsLast) return value.tensor;
  const dims = dimsOf(value);
  return movesNothing(dims) ? tf.reshape(value.tensor, dims) : tf.transpose(value.tensor, [0, 3, 1, 2]);
}

/** A tensor of up to four axes with the channels last; missing axes are put before the others, as broadcasting does. */
export function channelsLast(tf: TensorFlow, { tensor, channelsLast: already }: Value): Tensor {
  if (already) return tensor;
  const dims = [...new Array<number>(4 - tensor.rank).fill(1), ...tensor.shape];
  const [n = 1, c = 1, h = 1, w = 1] = dims;
  if (movesNothing(dims)) return tf.reshape(tensor, [n, h, w, c]);
  return tf.transpose(tensor.rank === 4 ? tensor : tf.reshape(tensor, dims), [0, 2, 3, 1]);
}

/** Whether the elements lie in the same order either way. */
const movesNothing = ([, c = 1, h = 1, w = 1]: readonly number[]): boolean => c === 1 || h * w === 1;

/** Values that are computed with element by element, brought into one layout. */
export function alike(
  tf: TensorFlow,
  values: readonly Value[],
): { tensors: Tensor[]; wrap: (t: Tensor) => Value } {
  const last = values.some((value) => value.channelsLast) && values.every(({ tensor }) => tensor.rank <= 4);
  if (last) return { tensors: values.map((value) => channelsLast(tf, value)), wrap: image };
  return { tensors: values.map((value) => channelsFirst(tf, value)), wrap: plain };
}
