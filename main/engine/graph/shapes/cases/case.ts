/** How the cases of the shape rules are written: each is a one-node network that both we and ONNX Runtime work out. */
import type { Attribute } from '../../graph.ts';
import { bool, float32, int64, sizeOf, type Tensor } from '../../tensor.ts';

/** An input of a case: a constant of the network, or fed to it, so that its value is unknown beforehand. */
export interface Sample {
  readonly tensor: Tensor;
  readonly fed: boolean;
}

export interface Case {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly inputs: readonly (Sample | undefined)[];
  /** How many outputs the node names. */
  readonly outputs: number;
}

/** Cases of operators by name. */
export type Cases = Readonly<Record<string, readonly Case[]>>;

export function node(
  attributes: Case['attributes'],
  inputs: readonly (Sample | undefined)[],
  outputs = 1,
): Case {
  return { attributes, inputs, outputs };
}

/** The same inputs with several attributes. */
export function variants(
  inputs: readonly (Sample | undefined)[],
  ...attributes: readonly Case['attributes'][]
): Case[] {
  return attributes.map((each) => node(each, inputs));
}

/** A fed image or other float tensor of a shape, with varied values from 0.1 to 1. */
export function x(...dims: number[]): Sample {
  const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => 0.1 + ((i * 7) % 10) / 10);
  return fed({ type: 'float32', dims, data });
}

/** The same tensor, fed instead of constant. */
export function fed(source: Tensor | Sample): Sample {
  return { tensor: 'tensor' in source ? source.tensor : source, fed: true };
}

export function ints(values: readonly number[], dims: readonly number[] = [values.length]): Sample {
  return { tensor: int64(values, dims), fed: false };
}

export function ints32(values: readonly number[], dims: readonly number[] = [values.length]): Sample {
  return { tensor: { type: 'int32', dims, data: Int32Array.from(values) }, fed: false };
}

export function floats(values: readonly number[], dims: readonly number[] = [values.length]): Sample {
  return { tensor: float32(values, dims), fed: false };
}

export function bools(values: readonly number[], dims: readonly number[] = [values.length]): Sample {
  return { tensor: bool(values.map(Boolean), dims), fed: false };
}

export function scalar(value: number): Sample {
  return ints([value], []);
}
