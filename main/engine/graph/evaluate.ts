/**
 * Partial evaluation: exporters compute shapes with operators (Shape → Gather → Concat → Reshape), and at one input size
 * all of it is known. Only small tensors are evaluated; ONNX Runtime folds weights itself, and faster.
 */
import type { Info, Node } from './graph.ts';
import { arithmetic } from './evaluate/arithmetic.ts';
import type { Kernel, KnownInfo } from './evaluate/kernel.ts';
import { movement } from './evaluate/movement.ts';
import { reduction } from './evaluate/reduction.ts';
import { sizeOf, type DataType } from './tensor.ts';

/** Operators whose values can be computed here. */
export const kernels: ReadonlyMap<string, Kernel> = new Map(
  Object.entries({ ...arithmetic, ...movement, ...reduction }),
);

/** The largest tensor that is evaluated. Floats only take part in shapes as scales and factors: a few elements. */
const LIMITS: Readonly<Record<DataType, number>> = { float32: 16, int32: 4096, int64: 4096, bool: 4096 };

/** Whether a tensor of this type and shape is small enough to carry its value along. */
export function isSmall(type: DataType, dims: readonly number[]): boolean {
  return sizeOf(dims) <= LIMITS[type];
}

/** The outputs of a node with their values, where all inputs are known, the operator is one of `kernels` and the result is small. */
export function evaluate(node: Node, inputs: readonly (Info | undefined)[], outputs: Info[]): Info[] {
  const kernel = kernels.get(node.op);
  if (
    kernel === undefined ||
    !inputs.every(isKnown) ||
    !outputs.every(({ type, dims }) => isSmall(type, dims))
  )
    return outputs;
  const values = kernel({ node, inputs, outputs });
  if (values === undefined) return outputs;
  return outputs.map((output, i) => {
    const value = values[i];
    return value === undefined ? output : { ...output, value };
  });
}

function isKnown(info: Info | undefined): info is KnownInfo | undefined {
  return info === undefined || info.value !== undefined;
}
