/**
 * Which part of the picture one value of a tensor sees, and how far apart neighbouring values look. Windows
 * are followed as in Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks"
 * (Distill, 2019), with the interval that the first value sees, so that branches of different offsets are
 * joined exactly.
 */
import { inferAxes } from '../graph/axes/infer.ts';
import { isPlaced, type Axes } from '../graph/axes/axis.ts';
import { layoutOf } from '../graph/axes/layout.ts';
import { int, ints, text, type Graph, type Info, type Name, type Node } from '../graph/graph.ts';
import { kernelOf } from '../graph/shapes/pooling.ts';
import { windowOf } from '../graph/shapes/window.ts';
import { numbers } from '../graph/tensor.ts';
import { traitsOf } from '../graph/traits.ts';

/** Along rows or columns of the picture, in whichever dimensions a tensor has them. */
interface Reach {
  readonly along: 'rows' | 'columns';
  /** Pixels of the picture between neighbouring values. */
  readonly stride: number;
  /**
   * First and last pixel that the first value sees, disregarding the picture's edges; `null`: all of them.
   */
  readonly seen: readonly [number, number] | null;
}

/** Height, then width. */
type Reaches = readonly [Reach, Reach];

interface ReceptiveField {
  /** Side in pixels of what one value sees (the longer one); `null`: the whole picture. */
  readonly size: number | null;
  /**
   * Pixels of the picture between neighbouring values (the larger of both directions); `null` for a single
   * value.
   */
  readonly stride: number | null;
}

/**
 * What each tensor of a graph sees of its input; tensors whose values have no place in the picture are left
 * out.
 */
export function receptiveFields(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  layout: 'NCHW' | 'NHWC',
): Map<Name, ReceptiveField> {
  return new Map(Array.from(reachesOf(graph, infos, layout), ([name, reach]) => [name, summary(reach)]));
}

/** A rectangle of pixels; it may lie partly outside of the picture. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What the value of a tensor at a position of its grid sees of a picture: all of it where values have no
 * place.
 */
export function regionSeen(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  layout: 'NCHW' | 'NHWC',
  value: { readonly tensor: Name; readonly x: number; readonly y: number },
  picture: { readonly width: number; readonly height: number },
): Region {
  const [rows, columns] = reachesOf(graph, infos, layout).get(value.tensor) ?? [];
  const [y, height] = along(rows, value.y, picture.height);
  const [x, width] = along(columns, value.x, picture.width);
  return { x, y, width, height };
}

/** First pixel and number of pixels. */
function along(reach: Reach | undefined, position: number, side: number): [number, number] {
  if (reach === undefined || reach.seen === null) return [0, side];
  const [first, last] = reach.seen.map((pixel) => pixel + position * reach.stride);
  const start = Math.floor(first ?? 0);
  return [start, Math.ceil(last ?? 0) - start + 1];
}

function reachesOf(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  layout: 'NCHW' | 'NHWC',
): Map<Name, Reaches> {
  const reaches = new Map<Name, Reaches>();
  for (const { name } of graph.inputs) {
    reaches.set(name, [
      { along: 'rows', stride: 1, seen: [0, 0] },
      { along: 'columns', stride: 1, seen: [0, 0] },
    ]);
  }
  const known = { infos, axes: inferAxes(graph, infos, layout) };
  for (const node of graph.nodes) {
    const found = follow(node, reaches, known);
    if (found !== undefined) for (const output of node.outputs) reaches.set(output, found);
  }
  return reaches;
}

function summary(reaches: Reaches): ReceptiveField {
  const sizes = reaches.map(({ seen }) => (seen === null ? Infinity : seen[1] - seen[0] + 1));
  const size = Math.max(...sizes);
  const stride = Math.max(...reaches.map((reach) => reach.stride));
  return {
    size: Number.isFinite(size) ? Math.round(size) : null,
    stride: Number.isFinite(stride) ? stride : null,
  };
}

/** What is known of the tensors of a graph. */
interface Known {
  readonly infos: ReadonlyMap<Name, Info>;
  readonly axes: ReadonlyMap<Name, Axes>;
}
type Follow = (node: Node, reach: Reaches, known: Known) => Reaches | undefined;

/** The dimension of a node's input that runs along rows or columns, perhaps both. */
function dimensionOf({ inputs }: Node, { axes }: Known, along: Reach['along']): number {
  const own = axes.get(inputs[0] ?? '') ?? [];
  return own.findIndex((group) => group.some(({ kind }) => kind === along || kind === 'tokens'));
}

function follow(node: Node, known: ReadonlyMap<Name, Reaches>, about: Known): Reaches | undefined {
  const [first, ...others] = node.inputs
    .map((name) => known.get(name))
    .filter((reach) => reach !== undefined);
  if (first === undefined) return undefined;
  const joined = others.reduce(join, first);
  const rule = RULES.get(node.op) ?? (traitsOf(node.op)?.place === 'lost' ? undefined : kept);
  return rule?.(node, joined, about);
}

/** What a value sees that was computed from two: the union. */
function join(a: Reaches, b: Reaches): Reaches {
  const both = (x: Reach, y: Reach): Reach => {
    const seen: Reach['seen'] =
      x.seen === null || y.seen === null
        ? null
        : [Math.min(x.seen[0], y.seen[0]), Math.max(x.seen[1], y.seen[1])];
    return { along: x.along, stride: Math.min(x.stride, y.stride), seen };
  };
  return [both(a[0], b[0]), both(a[1], b[1])];
}

const each = (reaches: Reaches, change: (reach: Reach) => Reach): Reaches => [
  change(reaches[0]),
  change(reaches[1]),
];

/** Which of the axes from the third runs along rows or columns; a map of one row has no axis, but a place for it. */
function spatial(node: Node, known: Known, { along }: Reach): number {
  const found = dimensionOf(node, known, along);
  return found < 0 ? (along === 'rows' ? 0 : 1) : found - 2;
}

/** A window of convolution or pooling over the axes from the third. */
const slide =
  (kernel: (node: Node, known: Known) => readonly number[]): Follow =>
  (node, reaches, known) => {
    const dims = known.infos.get(node.inputs[0] ?? '')?.dims ?? [];
    const window = windowOf(node, dims.slice(2), kernel(node, known));
    return each(reaches, (reach) => {
      const i = spatial(node, known, reach);
      const span = ((window.kernel[i] ?? 1) - 1) * (window.dilations[i] ?? 1);
      const { stride, seen } = reach;
      const start = seen === null ? 0 : seen[0] - (window.pads[i] ?? 0) * stride;
      return {
        ...reach,
        stride: stride * (window.strides[i] ?? 1),
        seen: seen === null ? null : [start, start + seen[1] - seen[0] + span * stride],
      };
    });
  };

/** An enlarging convolution: each value is made of the few that lie under its window. */
const spread: Follow = (node, reaches, known) => {
  const kernel = (known.infos.get(node.inputs[1] ?? '')?.dims ?? []).slice(2);
  return each(reaches, (reach) => {
    const i = spatial(node, known, reach);
    const step = ints(node, 'strides', [])[i] ?? 1;
    const further = Math.ceil(((kernel[i] ?? 1) - 1) / step) * reach.stride;
    const { seen } = reach;
    return {
      ...reach,
      stride: reach.stride / step,
      seen: seen === null ? null : [seen[0] - further, seen[1]],
    };
  });
};

const resize: Follow = (node, reaches, known) => {
  const { infos } = known;
  const from = infos.get(node.inputs[0] ?? '')?.dims ?? [];
  const to = infos.get(node.outputs[0] ?? '')?.dims ?? [];
  const sizeAlong = (dims: readonly number[], reach: Reach): number =>
    dims[spatial(node, known, reach) + 2] ?? 1;
  // Between two neighbours it looks at both.
  const neighbours = text(node, 'mode', 'nearest') === 'nearest' ? 0 : 1;
  return each(reaches, (reach) => ({
    ...reach,
    stride: (reach.stride * sizeAlong(from, reach)) / sizeAlong(to, reach),
    seen: reach.seen === null ? null : [reach.seen[0], reach.seen[1] + neighbours * reach.stride],
  }));
};

/** Rows and columns that are added before the first shift what it sees. */
const pad: Follow = (node, reaches, known) => {
  const { infos } = known;
  const [given, , named] = node.inputs.slice(1).map((name) => infos.get(name)?.value);
  const rank = infos.get(node.inputs[0] ?? '')?.dims.length ?? 0;
  const pads = given === undefined ? [] : numbers(given);
  const axes = named === undefined ? range(rank) : numbers(named).map((axis) => (axis + rank) % rank);
  return each(reaches, (reach) => {
    const { stride, seen } = reach;
    const shift = (pads[axes.indexOf(dimensionOf(node, known, reach.along))] ?? 0) * stride;
    return { ...reach, seen: seen === null ? null : [seen[0] - shift, seen[1] - shift] };
  });
};

/** Blocks of pixels become channels, or channels become blocks of pixels. */
const blocks =
  (factor: (size: number) => number): Follow =>
  (node, reaches) =>
    each(reaches, (reach) => {
      const size = factor(int(node, 'blocksize', 1));
      const { stride, seen } = reach;
      const further = Math.max(0, size - 1) * stride;
      return {
        ...reach,
        stride: stride * size,
        seen: seen === null ? null : [seen[0], seen[1] + further],
      };
    });

/**
 * Sums and means: over the picture they see all of it, and have no place in it unless their axes are kept.
 */
const reduce: Follow = (node, reaches, known) => {
  const { infos } = known;
  const rank = infos.get(node.inputs[0] ?? '')?.dims.length ?? 0;
  const given = valuesOf(infos, node.inputs[1]);
  const axes = given.length === 0 ? range(rank) : given.map((axis) => (axis < 0 ? axis + rank : axis));
  const over = reaches.some(({ along }) => axes.includes(dimensionOf(node, known, along)));
  if (over) return int(node, 'keepdims', 1) === 0 ? undefined : everything(reaches);
  return reaches;
};

/** All of the picture is in every value from here on, even where it meets values that have a place. */
const everything = (reaches: Reaches): Reaches =>
  each(reaches, (reach) => ({ ...reach, stride: Infinity, seen: null }));

/**
 * Linear maps of features leave places alone. What attends, looks at all places, or at those of its window, and keeps its own;
 * that is so of its weights, and of what it gathers by them.
 */
const product: Follow = (node, reaches, { axes }) => {
  const [a, b] = node.inputs.map((name) => axes.get(name));
  const to = axes.get(node.outputs[0] ?? '');
  if (to === undefined || !to.some(isPlaced)) return undefined;
  return a === undefined || b === undefined ? reaches : each(reaches, (reach) => ({ ...reach, seen: null }));
};

/** Whatever keeps the places of one of its inputs, in any dimensions; anything else loses them. */
const kept: Follow = (node, reaches, { axes }) => {
  const to = axes.get(node.outputs[0] ?? '');
  const own = to === undefined ? undefined : layoutOf(to);
  const same = node.inputs.some((name) => {
    const from = axes.get(name);
    const layout = from === undefined ? undefined : layoutOf(from);
    return layout !== undefined && layout.width === own?.width && layout.height === own.height;
  });
  return same ? reaches : undefined;
};

/**
 * The numbers of an input that says where, such as the axes of a sum; none where it is omitted or computed.
 */
const valuesOf = (infos: Known['infos'], name = ''): number[] => {
  const value = infos.get(name)?.value;
  return value === undefined ? [] : numbers(value);
};

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

const everywhere: Follow = (_node, reaches) => everything(reaches);

/** Values that depend on all others along some axes, as those of a normalisation do, and keep their place. */
const overAxes =
  (axesOf: (node: Node, rank: number, infos: Known['infos']) => readonly number[]): Follow =>
  (node, reaches, known) => {
    const { infos } = known;
    const rank = infos.get(node.inputs[0] ?? '')?.dims.length ?? 0;
    const axes = axesOf(node, rank, infos).map((axis) => (axis < 0 ? axis + rank : axis));
    return reaches.some(({ along }) => axes.includes(dimensionOf(node, known, along)))
      ? each(reaches, (reach) => ({ ...reach, seen: null }))
      : reaches;
  };
const overOne = overAxes((node) => [int(node, 'axis', -1)]);

/** For each operator whose traits leave its places to a rule. */
export const RULES: ReadonlyMap<string, Follow> = new Map<string, Follow>([
  ['Conv', slide((node, { infos }) => (infos.get(node.inputs[1] ?? '')?.dims ?? []).slice(2))],
  ...['MaxPool', 'AveragePool', 'LpPool'].map((op): [string, Follow] => [
    op,
    slide((node) => kernelOf(node)),
  ]),
  ['ConvTranspose', spread],
  ['Resize', resize],
  ['Transpose', kept],
  ['Pad', pad],
  ['SpaceToDepth', blocks((size) => size)],
  ['DepthToSpace', blocks((size) => 1 / size)],
  ['MatMul', product],
  ['GlobalAveragePool', everywhere],
  ['GlobalMaxPool', everywhere],
  ['GlobalLpPool', everywhere],
  ['InstanceNormalization', overAxes((_node, rank) => range(rank))],
  ['GroupNormalization', overAxes((_node, rank) => range(rank))],
  ['MeanVarianceNormalization', overAxes((node) => ints(node, 'axes', [0, 2, 3]))],
  ['LayerNormalization', overAxes((node, rank) => range(rank).slice(int(node, 'axis', -1)))],
  ['LpNormalization', overOne],
  ['Softmax', overOne],
  ['LogSoftmax', overOne],
  ['Hardmax', overOne],
  ['CumSum', overAxes((node, _rank, infos) => valuesOf(infos, node.inputs[1]))],
  ...['Mean', 'Sum', 'Max', 'Min', 'SumSquare', 'L1', 'L2', 'Prod', 'LogSum', 'LogSumExp'].map(
    (kind): [string, Follow] => [`Reduce${kind}`, reduce],
  ),
]);
