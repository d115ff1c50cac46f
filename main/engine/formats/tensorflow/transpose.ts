/** Rearranging the elements of constants. */
import { stridesOf, type Tensor } from '../../graph/tensor.ts';

/** The tensor with axis `perm[i]` as its axis `i`. */
export function transposed(tensor: Tensor, perm: readonly number[]): Tensor {
  const from = stridesOf(tensor.dims);
  const dims = perm.map((axis) => tensor.dims[axis] ?? 1);
  const strides = perm.map((axis) => from[axis] ?? 1);
  switch (tensor.type) {
    case 'int64':
      return {
        ...tensor,
        dims,
        data: gather(tensor.data, new BigInt64Array(tensor.data.length), dims, strides),
      };
    case 'int32':
      return {
        ...tensor,
        dims,
        data: gather(tensor.data, new Int32Array(tensor.data.length), dims, strides),
      };
    case 'bool':
      return {
        ...tensor,
        dims,
        data: gather(tensor.data, new Uint8Array(tensor.data.length), dims, strides),
      };
    case 'float32':
      return {
        ...tensor,
        dims,
        data: gather(tensor.data, new Float32Array(tensor.data.length), dims, strides),
      };
  }
}

interface Elements<T> {
  readonly length: number;
  [index: number]: T;
}

/** Fills `target`, row-major of shape `dims`, with the elements of `source` that lie `strides` apart along each axis. */
function gather<T, A extends Elements<T>>(
  source: Elements<T>,
  target: A,
  dims: readonly number[],
  strides: readonly number[],
): A {
  const place = new Array<number>(dims.length).fill(0);
  const inner = dims.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  for (let i = 0; i < target.length; i += inner) {
    let start = 0;
    for (let axis = 0; axis < place.length - 1; axis++) start += (place[axis] ?? 0) * (strides[axis] ?? 0);
    for (let j = 0; j < inner; j++) {
      const element = source[start + j * step];
      if (element !== undefined) target[i + j] = element;
    }
    // The next row: an odometer without its last wheel.
    for (let axis = place.length - 2; axis >= 0; axis--) {
      const next = (place[axis] ?? 0) + 1;
      place[axis] = next;
      if (next < (dims[axis] ?? 0)) break;
      place[axis] = 0;
    }
  }
  return target;
}
