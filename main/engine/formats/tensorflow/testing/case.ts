/** Cases of what an operator of TensorFlow's means, with its value for a picture computed by the test. */
import { float32, int64, type Tensor } from '../../../graph/tensor.ts';
import { constant } from './graph-def.ts';
import { wave, type Grid } from './reference.ts';
import type { Bytes } from './wire.ts';

export interface OperatorCase {
  readonly title: string;
  /** The nodes between the placeholder `x`, a picture of four channels, and the only result. */
  readonly nodes: readonly Bytes[];
  /** What they give for a picture, in TensorFlow's order of axes. */
  readonly expected: (x: Grid) => Grid;
  /** Whether the result is a feature map, so that the neutral graph has it channels first. */
  readonly map: boolean;
  /** Shapes of the picture to try; by default two, of even height and odd width and the other way round. */
  readonly sizes?: readonly (readonly number[])[];
}

/** Values of a shape, and the tensor that holds them. */
export function weights(dims: readonly number[]): [Grid, Tensor] {
  const values = wave(dims);
  return [values, float32([...values.data], dims)];
}

/** A constant of integers. */
export function integers(name: string, values: readonly number[], dims?: readonly number[]): Bytes {
  return constant(name, int64(values, dims));
}

/** A constant of floats. */
export function floats(name: string, values: readonly number[], dims?: readonly number[]): Bytes {
  return constant(name, float32(values, dims));
}

/** The size of a tensor along an axis. */
export function size(x: Grid, axis: number): number {
  return x.dims[axis] ?? 0;
}
