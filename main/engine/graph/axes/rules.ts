/** The operators after which axes are not simply those of the inputs, value by value. */
import { int, ints } from '../graph.ts';
import { sizeOf } from '../tensor.ts';
import { isAll, isPlaced, regrouped, whole, type Axes, type Group } from './axis.ts';
import { cut, joined, resized, resizedAs } from './groups.ts';
import { products } from './products.ts';
import { axisAt, broadcastAxes, type AxesRule, type Inferring } from './rule.ts';

const MAP: readonly ('features' | 'rows' | 'columns')[] = ['features', 'rows', 'columns'];

/** A window over [N, C, H, W], which keeps the channels or makes new ones. */
const windowed =
  (channels: 'kept' | 'new'): AxesRule =>
  ({ inputs: [x], outputs }) => {
    if (x === undefined) return undefined;
    return outputs.map((dims) =>
      dims.map((size, i): Group => {
        const group = x[i] ?? [];
        if (i === 0) return group;
        // Weights that sum over places, as of a mixer, leave no places.
        if (i === 1 && channels === 'new') return whole(isPlaced(group) ? 'places' : 'features', size);
        return resizedAs(group, MAP[i - 1] ?? 'columns', size);
      }),
    );
  };

/** All dimensions have their meaning, at other sizes. */
const resizing: AxesRule = ({ inputs: [x], outputs }) =>
  x && outputs.map((dims) => dims.map((size, i) => resized(x[i] ?? [], size)));

/** The same values in other dimensions. */
const reshaping: AxesRule = ({ inputs: [x], outputs: [dims = []] }) => {
  const axes = x && regrouped(x, dims);
  return axes && [axes];
};

const reduction: AxesRule = ({ inputs: [x], outputs: [dims = []], values }) => {
  if (x === undefined) return undefined;
  const given = values(1) ?? [];
  const rank = x.length;
  const summed = new Set(given.length === 0 ? x.map((_, i) => i) : given.map((axis) => axisAt(axis, rank)));
  const left = x.map((group, i): Group => (summed.has(i) ? [] : group));
  return [dims.length === rank ? left : left.filter((_, i) => !summed.has(i))];
};

/** ArgMax and its kin name their one axis. */
const search: AxesRule = ({ node, inputs: [x], outputs: [dims = []] }) => {
  const axis = axisAt(int(node, 'axis', 0), x?.length ?? 0);
  const left = x?.map((group, i): Group => (i === axis ? [] : group));
  return left && [dims.length === left.length ? left : left.toSpliced(axis, 1)];
};

const concat: AxesRule = ({ node, inputs, shapes, outputs: [dims = []] }) => {
  const axis = axisAt(int(node, 'axis', 1), dims.length);
  const others = broadcastAxes(inputs, dims);
  const group = joined(
    inputs.map((axes) => axes?.[axis]),
    shapes.map((shape) => shape[axis] ?? 1),
  );
  return [others.map((other, i) => (i === axis ? group : other))];
};

const split: AxesRule = ({ node, inputs: [x], outputs }) => {
  if (x === undefined) return undefined;
  const axis = axisAt(int(node, 'axis', 0), x.length);
  let start = 0;
  return outputs.map((dims) => {
    const length = dims[axis] ?? 1;
    start += length;
    return x.map((group, i) => (i === axis ? cut(group, start - length, length) : group));
  });
};

const slice: AxesRule = ({ inputs: [x], shapes: [from = []], outputs: [dims = []], values }) => {
  const starts = values(1);
  if (x === undefined || starts === undefined) return undefined;
  const axes = (values(3) ?? starts.map((_, i) => i)).map((axis) => axisAt(axis, from.length));
  const steps = values(4) ?? starts.map(() => 1);
  return [
    x.map((group, i) => {
      const at = axes.indexOf(i);
      const [size = 1, length = 1] = [from[i], dims[i]];
      if (at < 0) return group;
      const start = Math.min(Math.max(axisAt(starts[at] ?? 0, size), 0), size);
      return steps[at] === 1 ? cut(group, start, length) : resized(group, length);
    }),
  ];
};

const gather: AxesRule = ({ node, inputs: [x], shapes: [, indices = []], outputs: [dims = []], values }) => {
  if (x === undefined) return undefined;
  const axis = axisAt(int(node, 'axis', 0), x.length);
  const at = values(1);
  const length = dims[axis] ?? 1;
  const run = at !== undefined && at.every((place, i) => place === (at[0] ?? 0) + i);
  const group = x[axis] ?? [];
  const taken: Axes =
    indices.length === 0
      ? []
      : indices.length === 1
        ? [run ? cut(group, at[0] ?? 0, length) : resized(group, length)]
        : indices.map((size, i) => {
            const inner = sizeOf(indices.slice(i + 1));
            return whole(isAll(group, 'features') ? 'features' : 'places', size, inner);
          });
  return [x.toSpliced(axis, 1, ...taken)];
};

/** Values of the data at other positions of one axis. */
const gatherElements: AxesRule = ({ inputs: [x], outputs: [dims = []] }) =>
  x && [
    x.map((group, i) =>
      isAll(group, 'features') ? resized(group, dims[i] ?? 1) : whole('places', dims[i] ?? 1),
    ),
  ];

/** Repeated values are no places of the picture. */
const repeating: AxesRule = ({ inputs, outputs: [dims = []] }) => [broadcastAxes(inputs.slice(0, 1), dims)];

const transpose: AxesRule = ({ node, inputs: [x] }) => {
  const order = ints(node, 'perm', (x ?? []).map((_, i) => i).reverse());
  return x && [order.map((from) => x[from] ?? [])];
};

const sampled: AxesRule = ({ inputs: [x], outputs: [dims = []] }) => {
  const [batch = [], features = []] = x ?? [];
  const kinds = ['rows', 'columns'] as const;
  const places = dims.slice(2).map((size, i) => whole(kinds[i] ?? 'places', size));
  return x && [[batch, features, ...places]];
};

/** Windows of a map, as columns, become the map. */
const assembled: AxesRule = ({ inputs: [x], outputs: [dims = []] }) =>
  x && [dims.map((size, i): Group => (i === 0 ? (x[0] ?? []) : whole(MAP[i - 1] ?? 'places', size)))];

/** Data whose values are partly replaced keeps its axes. */
const replacing: AxesRule = ({ inputs: [x, , updates], outputs: [dims = []] }) =>
  (x ?? updates) ? [broadcastAxes([x ?? updates], dims)] : undefined;

/** Nothing of the picture is left but shapes, or what has no places. */
const nothing: AxesRule = () => [];

const layout = (['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'] as const).map(
  (op) => [op, reshaping] as const,
);

const sums = ['Mean', 'Sum', 'Max', 'Min', 'SumSquare', 'L1', 'L2', 'Prod', 'LogSum', 'LogSumExp'].map(
  (kind) => [`Reduce${kind}`, reduction] as const,
);

/** For each operator whose output is not its inputs value by value. */
export const axesRules: ReadonlyMap<string, AxesRule> = new Map<string, AxesRule>([
  ...layout,
  ...sums,
  ...products,
  ['Conv', windowed('new')],
  ['ConvTranspose', windowed('new')],
  ...['MaxPool', 'AveragePool', 'LpPool', 'GlobalMaxPool', 'GlobalAveragePool', 'GlobalLpPool'].map(
    (op) => [op, windowed('kept')] as const,
  ),
  ['SpaceToDepth', windowed('new')],
  ['DepthToSpace', windowed('new')],
  ['DeformConv', windowed('new')],
  ['GridSample', sampled],
  ['MaxUnpool', resizing],
  ['CenterCropPad', resizing],
  ['Col2Im', assembled],
  // Regions are no places of the picture.
  ['RoiAlign', () => undefined],
  ['AffineGrid', () => undefined],
  ['Resize', resizing],
  ['Pad', resizing],
  ['ArgMax', search],
  ['ArgMin', search],
  ['TopK', resizing],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['GatherND', () => undefined],
  ['ScatterElements', replacing],
  ['ScatterND', replacing],
  ['Expand', repeating],
  ['Tile', repeating],
  ...['Shape', 'Size', 'NonZero', 'OneHot', 'Range', 'ConstantOfShape', 'EyeLike', 'Constant'].map(
    (op) => [op, nothing] as const,
  ),
]);

/** Whatever works value by value, or along an axis that it keeps. */
export const valueByValue: AxesRule = ({ inputs, outputs }: Inferring) =>
  outputs.map((dims) => broadcastAxes(inputs, dims));
