/** Values of operators that only move elements: each says from which position every output element comes. */
import { int } from '../graph.ts';
import { fillOf } from '../shapes/generating.ts';
import { rangesOf } from '../shapes/joining.ts';
import { permutationOf } from '../shapes/layout.ts';
import { axisOf, refuse } from '../shapes/rule.ts';
import { int64, numbers, sizeOf, stridesOf, type Tensor } from '../tensor.ts';
import {
  fromNumbers,
  fromWhole,
  indicesOf,
  stretch,
  take,
  whole,
  withDims,
  type Kernel,
  type Known,
  type KnownInfo,
} from './kernel.ts';

export const movement: Readonly<Record<string, Kernel>> = {
  Identity: reshape,
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,

  Expand: move((x, dims) => stretch(x.dims, dims)),

  Transpose: move((x, dims, { node }) => {
    const order = permutationOf(node, x.dims.length);
    const strides = stridesOf(x.dims);
    return gatherBy(dims, (index) =>
      order.reduce((sum, axis, i) => sum + (strides[axis] ?? 0) * (index[i] ?? 0), 0),
    );
  }),

  Tile: move((x, dims) => {
    const strides = stridesOf(x.dims);
    return gatherBy(dims, (index) =>
      strides.reduce((sum, stride, axis) => sum + stride * ((index[axis] ?? 0) % (x.dims[axis] ?? 1)), 0),
    );
  }),

  Slice: move((x, dims, { inputs }) => {
    const strides = stridesOf(x.dims);
    const ranges = new Map(rangesOf(inputs).map((range) => [range.axis, range]));
    return gatherBy(dims, (index) =>
      strides.reduce((sum, stride, axis) => {
        const { start = 0, step = 1 } = ranges.get(axis) ?? {};
        return sum + stride * (start + step * (index[axis] ?? 0));
      }, 0),
    );
  }),

  Gather: move((x, _, { node, inputs: [, indices] }) => {
    const axis = axisOf(int(node, 'axis', 0), x.dims.length);
    const size = x.dims[axis] ?? 0;
    const chosen = (indices ? numbers(indices.value) : []).map((i) => {
      if (i < -size || i >= size) refuse('model/unreadable', `reads index ${i} of ${size}`);
      return i < 0 ? i + size : i;
    });
    const inner = sizeOf(x.dims.slice(axis + 1));
    const positions: number[] = [];
    for (let outer = 0; outer < sizeOf(x.dims.slice(0, axis)); outer++) {
      for (const i of chosen) for (let k = 0; k < inner; k++) positions.push((outer * size + i) * inner + k);
    }
    return positions;
  }),

  Concat({ node, inputs, outputs: [output] }) {
    const [first] = inputs;
    if (first === undefined || output === undefined) return undefined;
    const axis = axisOf(int(node, 'axis', 0), output.dims.length);
    const outer = sizeOf(output.dims.slice(0, axis));
    const parts = inputs.flatMap((input) => (input === undefined ? [] : [input]));
    const positions: number[] = [];
    for (let row = 0; row < outer; row++) {
      let begin = 0;
      for (const { value } of parts) {
        const length = value.data.length / outer;
        for (let k = 0; k < length; k++) positions.push(begin + row * length + k);
        begin += value.data.length;
      }
    }
    return [take(flat(parts), output.dims, positions)];
  },

  Split({ node, inputs: [x], outputs }) {
    if (x === undefined) return undefined;
    const axis = axisOf(int(node, 'axis', 0), x.dims.length);
    const inner = sizeOf(x.dims.slice(axis + 1));
    const row = (x.dims[axis] ?? 0) * inner;
    let begin = 0;
    return outputs.map(({ dims }) => {
      const length = (dims[axis] ?? 0) * inner;
      const positions = Array.from(
        { length: sizeOf(dims) },
        (_, i) => Math.floor(i / length) * row + begin + (i % length),
      );
      begin += length;
      return take(x.value, dims, positions);
    });
  },

  Where({ inputs: [condition, yes, no], outputs: [output] }) {
    if (condition === undefined || yes === undefined || no === undefined || output === undefined)
      return undefined;
    const [choice, left, right] = [condition, yes, no].map((info) => stretch(info.dims, output.dims));
    const picked = choice?.map((at, i) =>
      condition.value.data[at] ? (left?.[i] ?? 0) : yes.value.data.length + (right?.[i] ?? 0),
    );
    return picked && [take(flat([yes, no]), output.dims, picked)];
  },

  ConstantOfShape: ({ node, outputs: [output] }) =>
    output && [take(fillOf(node), output.dims, new Uint16Array(sizeOf(output.dims)))],

  Range({ inputs: [start, , delta], outputs: [output] }) {
    if (start === undefined || delta === undefined || output === undefined) return undefined;
    const count = output.dims[0] ?? 0;
    const tensor =
      start.type === 'float32' ? floatRange(start, delta, count) : wholeRange(start, delta, count);
    return tensor && [tensor];
  },

  NonZero({ inputs: [x], outputs: [output] }) {
    if (x === undefined || output === undefined) return undefined;
    const values = numbers(x.value);
    const dims = x.dims.length === 0 ? [1] : x.dims;
    const found = Array.from(indicesOf(dims), (index) => [...index]).filter((_, i) => values[i] !== 0);
    return [
      int64(
        [...dims.keys()].flatMap((axis) => found.map((index) => index[axis] ?? 0)),
        output.dims,
      ),
    ];
  },
};

/** A kernel that reads its first input at the positions that `positions` gives for the output's shape. */
function move(positions: (x: KnownInfo, dims: readonly number[], known: Known) => readonly number[]): Kernel {
  return (known) => {
    const [x] = known.inputs;
    const [output] = known.outputs;
    return x && output && [take(x.value, output.dims, positions(x, output.dims, known))];
  };
}

function reshape({ inputs: [x], outputs: [output] }: Known): Tensor[] | undefined {
  return x && output && [withDims(x.value, output.dims)];
}

function gatherBy(dims: readonly number[], position: (index: readonly number[]) => number): number[] {
  return Array.from(indicesOf(dims), position);
}

/** The elements of tensors of one type, one after another. */
function flat(parts: readonly KnownInfo[]): Tensor {
  const [first] = parts;
  const dims = [parts.reduce((sum, { value }) => sum + value.data.length, 0)];
  const type = first?.type ?? 'int64';
  if (type !== 'float32')
    return fromWhole(
      type,
      dims,
      parts.flatMap(({ value }) => whole(value)),
    );
  return { type, dims, data: Float32Array.from(parts.flatMap(({ value }) => numbers(value))) };
}

function floatRange(start: KnownInfo, delta: KnownInfo, count: number): Tensor | undefined {
  const [from = 0] = numbers(start.value);
  const [step = 0] = numbers(delta.value);
  return fromNumbers(
    'float32',
    [count],
    Array.from({ length: count }, (_, i) => from + i * step),
  );
}

function wholeRange(start: KnownInfo, delta: KnownInfo, count: number): Tensor {
  const [from = 0n] = whole(start.value);
  const [step = 0n] = whole(delta.value);
  return fromWhole(
    start.type,
    [count],
    Array.from({ length: count }, (_, i) => from + BigInt(i) * step),
  );
}
