/** Values of reductions over the small tensors that shapes are computed from. */
import { reducedAxes } from '../shapes/reduction.ts';
import { numbers, sizeOf, stridesOf } from '../tensor.ts';
import { fromNumbers, fromWhole, indicesOf, whole, type Kernel, type Operation } from './kernel.ts';

export const reduction: Readonly<Record<string, Kernel>> = {
  ReduceSum: reduce({ float: (a, b) => Math.fround(a + b), whole: (a, b) => a + b }),
  ReduceProd: reduce({ float: (a, b) => Math.fround(a * b), whole: (a, b) => a * b }),
  ReduceMax: reduce({ float: Math.max, whole: (a, b) => (a > b ? a : b) }),
  ReduceMin: reduce({ float: Math.min, whole: (a, b) => (a < b ? a : b) }),
};

function reduce(operation: Operation): Kernel {
  return ({ node, inputs, outputs: [output] }) => {
    const [x] = inputs;
    if (x === undefined || output === undefined || x.value.data.length === 0) return undefined;
    const axes = reducedAxes(node, inputs) ?? [];
    const kept = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
    const targets = Array.from(indicesOf(x.dims), (index) =>
      strides.reduce((sum, stride, axis) => sum + stride * (index[axis] ?? 0), 0),
    );
    const count = sizeOf(kept);
    const tensor =
      x.type === 'float32'
        ? fromNumbers(x.type, output.dims, collect(numbers(x.value), targets, count, operation.float))
        : fromWhole(x.type, output.dims, collect(whole(x.value), targets, count, operation.whole));
    return tensor && [tensor];
  };
}

function collect<T>(
  values: readonly T[],
  targets: readonly number[],
  count: number,
  join: (a: T, b: T) => T,
): T[] {
  const result = new Array<T>(count);
  values.forEach((value, i) => {
    const target = targets[i] ?? 0;
    const before = result[target];
    result[target] = before === undefined ? value : join(before, value);
  });
  return result;
}
