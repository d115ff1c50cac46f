/** Layers that join, cut and reshape, and those that sum along whole axes: products with a matrix, and reductions. */
import type { Name } from '../../../graph/graph.ts';
import { float32, type FloatTensor } from '../../../graph/tensor.ts';
import type { LayerScope, Translation } from '../layer-scope.ts';

/** "To the end" of an axis, for a slice. */
const END = 2 ** 31 - 1;

/** Everything from `axis` on as a vector, times a matrix: the whole image, unless an earlier layer made it small. */
const innerProduct: Translation = (at) => {
  const { numOutput = 0, biasTerm = true, axis = 1, transpose = false } = at.layer.innerProductParam ?? {};
  const x = at.onlyBottom;
  if (numOutput < 1) at.unreadable('has no outputs');
  const first = at.axis(axis);
  const stored = at.weights(0, transpose ? [-1, numOutput] : [numOutput, -1]);
  const weight = float32(stored.data, stored.dims);
  const bias = biasTerm ? float32(at.weights(1, [numOutput]).data) : null;
  const rank = at.rank(x);
  if (first === 1) {
    const flat = rank === 2 ? x : at.step('flatten', 'Flatten', [x], { axis: 1 }, 2);
    const inputs = [flat, at.constant('weight', weight)];
    if (bias !== null) inputs.push(at.constant('bias', bias));
    at.top('Gemm', inputs, transpose ? {} : { transB: 1 }, 2);
    return;
  }
  const rows = at.constant('weight', transpose ? weight : transposed(weight));
  const flat = first === rank - 1 ? x : flattened(at, x, first);
  if (bias === null) at.top('MatMul', [flat, rows], {}, first + 1);
  else at.top('Add', [at.step('product', 'MatMul', [flat, rows], {}, first + 1), at.constant('bias', bias)]);
};

/** x with all axes from `axis` on made one. */
function flattened(at: LayerScope, x: Name, axis: number): Name {
  const shape = [...new Array<number>(axis).fill(0), -1];
  return at.step('flatten', 'Reshape', [x, at.ints('shape', shape)], {}, axis + 1);
}

function transposed({ dims, data }: FloatTensor): FloatTensor {
  const [rows = 0, columns = 0] = dims;
  const result = new Float32Array(data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j] ?? 0;
  return float32(result, [columns, rows]);
}

const concat: Translation = (at) => {
  const { axis, concatDim } = at.layer.concatParam ?? {};
  at.top('Concat', at.bottoms, { axis: at.axis(axis ?? concatDim ?? 1) });
};

/** Cuts at the given points, or into equal parts. */
const slice: Translation = (at) => {
  const { axis, sliceDim, slicePoint = [] } = at.layer.sliceParam ?? {};
  const along = at.axis(axis ?? sliceDim ?? 1);
  const parts = at.tops.length;
  if (slicePoint.length === 0) {
    at.allTops('Split', [at.x], { axis: along, num_outputs: parts });
    return;
  }
  const bounds = [0, ...slicePoint, END];
  if (slicePoint.length !== parts - 1 || bounds.some((bound, i) => i > 0 && bound <= (bounds[i - 1] ?? 0)))
    at.unreadable(`is cut at [${slicePoint.join(', ')}] into ${parts} parts`);
  const axes = at.ints('axes', [along]);
  at.tops.forEach((_, i) => {
    const range = [bounds[i] ?? 0, bounds[i + 1] ?? END].map((bound, end) =>
      at.ints(`${end === 0 ? 'start' : 'end'}-${i + 1}`, [bound]),
    );
    at.top('Slice', [at.x, ...range, axes], {}, undefined, i);
  });
};

const flatten: Translation = (at) => {
  const { axis = 1, endAxis = -1 } = at.layer.flattenParam ?? {};
  const first = at.axis(axis);
  if (at.axis(endAxis) !== at.rank(at.x) - 1)
    at.unsupported(`flattens up to axis ${endAxis}; only up to the last one is supported`);
  if (first === 1) at.top('Flatten', [at.onlyBottom], { axis: 1 }, 2);
  else reshapeTo(at, [...new Array<number>(first).fill(0), -1]);
};

/** A 0 keeps the size that its axis has, as in ONNX; axes before and behind the reshaped ones are kept. */
const reshape: Translation = (at) => {
  const { shape, axis = 0, numAxes = -1 } = at.layer.reshapeParam ?? {};
  const rank = at.rank(at.x);
  const first = axis < 0 ? axis + rank + 1 : axis;
  const dims = shape?.dim ?? [];
  const behind = numAxes < 0 ? 0 : rank - first - numAxes;
  if (first < 0 || first > rank || behind < 0)
    at.unreadable(`reshapes ${numAxes} axes from axis ${axis} on, where there are ${rank}`);
  if (behind > 0 && dims.length !== numAxes)
    at.unsupported('moves axes that it does not reshape; only those before the reshaped ones can stay');
  if (dims.some((d) => d < -1) || dims.filter((d) => d === -1).length > 1)
    at.unreadable(`reshapes to [${dims.join(', ')}]`);
  reshapeTo(at, [...new Array<number>(first).fill(0), ...dims, ...new Array<number>(behind).fill(0)]);
};

function reshapeTo(at: LayerScope, dims: readonly number[]): void {
  at.top('Reshape', [at.onlyBottom, at.ints('shape', dims)], {}, dims.length);
}

/** Axes in a new order; those that are not named follow in theirs. */
const permute: Translation = (at) => {
  const { order = [] } = at.layer.permuteParam ?? {};
  const named = order.map((axis) => at.axis(axis));
  const others = Array.from({ length: at.rank(at.x) }, (_, axis) => axis).filter(
    (axis) => !named.includes(axis),
  );
  if (new Set(named).size !== named.length)
    at.unreadable(`names an axis twice in its order [${order.join(', ')}]`);
  at.top('Transpose', [at.onlyBottom], { perm: [...named, ...others] });
};

/** The sum of x, |x| or x², or the mean, over all axes from `axis` on, times a coefficient. */
const reduction: Translation = (at) => {
  const { operation = 'SUM', axis = 0, coeff = 1 } = at.layer.reductionParam ?? {};
  const x = at.onlyBottom;
  const first = at.axis(axis);
  const axes = at.ints(
    'axes',
    Array.from({ length: at.rank(x) - first }, (_, i) => first + i),
  );
  const prepared: Readonly<Record<string, () => Name>> = {
    SUM: () => x,
    MEAN: () => x,
    ASUM: () => at.step('absolute', 'Abs', [x]),
    SUMSQ: () => at.step('square', 'Mul', [x, x]),
  };
  const inner = prepared[operation]?.() ?? at.unreadable(`has the unknown operation ${operation}`);
  const op = operation === 'MEAN' ? 'ReduceMean' : 'ReduceSum';
  if (coeff === 1) at.top(op, [inner, axes], { keepdims: 0 }, first);
  else {
    const total = at.step('total', op, [inner, axes], { keepdims: 0 }, first);
    at.top('Mul', [total, at.scalar('coeff', coeff)]);
  }
};

export const arrangements: Readonly<Record<string, Translation>> = {
  Concat: concat,
  Flatten: flatten,
  InnerProduct: innerProduct,
  Permute: permute,
  Reduction: reduction,
  Reshape: reshape,
  Slice: slice,
};
