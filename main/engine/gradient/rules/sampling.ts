/** Maps that are read at points between their values: grids, regions, and convolutions whose windows are bent. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { float, int, text } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import { knownInput } from '../known.ts';
import { input, refuse, type Rule, type Rules } from '../rule.ts';
import {
  clamped,
  linearTaps,
  ofMaps,
  ofPoints,
  orZero,
  readings,
  valuesRead,
  type Tap,
} from '../sampling.ts';
import { at, groupsOf, windowOf } from '../window.ts';

/** Keys' cubic kernel with a = −3/4 and its slope, up to a distance of 1 and from there to 2 (Keys 1981). */
const A = -0.75;
const NEAR = [1, 0, -(A + 3), A + 2];
const FAR = [-4 * A, 8 * A, -5 * A, A];

/** Σ cᵢ·dⁱ. */
const polynomial = (g: Builder, coefficients: readonly number[], d: Name): Name =>
  coefficients.reduceRight<Name>(
    (sum, c, i) => (i === coefficients.length - 1 ? g.scalar(c) : g.add(g.mul(sum, d), g.scalar(c))),
    '',
  );

const slopeOf = (coefficients: readonly number[]): number[] =>
  coefficients.slice(1).map((c, i) => c * (i + 1));

/** How points are taken that lie outside of the map, along one axis. */
interface Border {
  readonly padding: string;
  readonly length: number;
  /** Between which coordinates the map lies: the centres of its outermost values, or their edges. */
  readonly low: number;
  readonly high: number;
}

/** Reflected at both borders, and the slope of that. */
function reflected(g: Builder, u: Name, { low, high }: Border): { u: Name; slope: Name } {
  const range = high - low;
  const from = g.sub(u, g.scalar(low));
  const period = g.scalar(2 * range);
  const phase = g.sub(from, g.mul(period, g.unary('Floor', g.div(from, period))));
  const rising = g.compare('Less', phase, g.scalar(range));
  const height = g.where(rising, phase, g.sub(period, phase));
  return { u: g.add(height, g.scalar(low)), slope: g.where(rising, g.scalar(1), g.scalar(-1)) };
}

/** What a tap at a whole coordinate reads: nothing, the outermost value or the mirrored one where it lies outside. */
function tapAt(g: Builder, border: Border): (place: Name, weight: Name, slope: Name) => Tap {
  const { padding, length, low, high } = border;
  if (padding === 'zeros') return orZero(g, length);
  return (place, weight, slope) => {
    const within = padding === 'reflection' && high > low ? reflected(g, place, border).u : place;
    return { place: clamped(g, within, length), weight, slope };
  };
}

function tapsOf(g: Builder, mode: string, u: Name, border: Border): Tap[] {
  const tap = tapAt(g, border);
  if (mode === 'nearest') {
    const none = g.expand(g.scalar(0), g.dims(u));
    const { slope: _, ...rest } = tap(g.unary('Round', u), g.expand(g.scalar(1), g.dims(u)), none);
    return [{ ...rest, slope: null }];
  }
  if (mode === 'linear') return linearTaps(g, u, tap);
  const floor = g.unary('Floor', u);
  const t = g.sub(u, floor);
  return [-1, 0, 1, 2].map((k) => {
    const distance = k <= 0 ? g.sub(t, g.scalar(k)) : g.sub(g.scalar(k), t);
    const kernel = k === 0 || k === 1 ? NEAR : FAR;
    const slope = g.scale(polynomial(g, slopeOf(kernel), distance), k <= 0 ? 1 : -1);
    return tap(g.add(floor, g.scalar(k)), polynomial(g, kernel, distance), slope);
  });
}

/** x [N, C, …sizes] at grid [N, …points, axes], whose last coordinate comes first. */
const gridSample: Rule = (g, node, dy, demand) => {
  const [x, grid] = [input(node, 0), input(node, 1)];
  const [n = 1, c = 1, ...sizes] = g.dims(x);
  const mode = text(node, 'mode', 'linear');
  const padding = text(node, 'padding_mode', 'zeros');
  const aligned = int(node, 'align_corners', 0) === 1;
  const axes = sizes.length;
  if (mode === 'cubic' && axes > 2)
    refuse(node, `samples ${axes} axes by cubics, for which there is no gradient`);
  const points = sizeOf(g.dims(grid).slice(1, -1));
  const flatGrid = g.reshape(grid, [n, points, axes]);
  const borders = sizes.map((length): Border => ({
    ...{ padding, length },
    ...(aligned ? { low: 0, high: length - 1 } : { low: -0.5, high: length - 0.5 }),
  }));
  const coordinates = sizes.map((length, axis) => {
    const part = g.reshape(g.slice(flatGrid, [2], [axes - 1 - axis], [axes - axis]), [n, points]);
    const from = g.add(part, g.scalar(1));
    if (aligned) return g.scale(g.scale(from, 0.5), length - 1);
    return g.scale(g.sub(g.scale(from, length), g.scalar(1)), 0.5);
  });
  const kept = borders.map((border, axis) => {
    const u = coordinates[axis] ?? '';
    return { ...inside(g, mode, mode === 'nearest' ? g.unary('Round', u) : u, border), border };
  });
  const taps = kept.map(({ u, border }) => tapsOf(g, mode, u, border));
  const all = readings(g, taps, sizes);
  const flatDy = g.reshape(dy, [n, c, points]);
  const dx = demand.wants(0) ? g.reshape(ofMaps(g, all, flatDy, sizeOf(sizes)), g.dims(x)) : null;
  if (!demand.wants(1)) return [dx, null];
  const flatX = g.reshape(x, [n, c, sizeOf(sizes)]);
  const parts = kept.map(({ slope }, axis) => {
    const du = ofPoints(g, all, axis, flatX, flatDy);
    const scaled = g.scale(du, (at(sizes, axis) - (aligned ? 1 : 0)) / 2);
    return g.reshape(slope === null ? scaled : g.mul(scaled, slope), [n, points, 1]);
  });
  return [dx, g.reshape(g.concat(parts.reverse(), 2), g.dims(grid))];
};

/** A coordinate that was taken into the map, with the slope of that, or null for 1. */
function inside(g: Builder, mode: string, u: Name, border: Border): { u: Name; slope: Name | null } {
  const { padding, length, low, high } = border;
  if (padding === 'reflection' && high > low) return reflected(g, u, border);
  // A cubic looks at the outermost value from wherever it stands.
  if (padding !== 'border' || mode === 'cubic') return { u, slope: null };
  const clipped = clamped(g, u, length);
  return { u: clipped, slope: g.where(g.compare('Equal', clipped, u), g.scalar(1), g.scalar(0)) };
}

/** The grid is the matrices times the homogeneous coordinates of every place, last axis first. */
const affineGrid: Rule = (g, node, dy) => {
  const [, , ...sizes] = knownInput(g, node, 1) ?? [];
  const aligned = int(node, 'align_corners', 0) === 1;
  const places = sizeOf(sizes);
  const rank = sizes.length + 1;
  const base = new Float32Array(places * rank).fill(1);
  sizes.forEach((length, axis) => {
    const inner = sizeOf(sizes.slice(axis + 1));
    for (let i = 0; i < places; i++) {
      const k = Math.floor(i / inner) % length;
      base[i * rank + sizes.length - 1 - axis] = aligned
        ? -1 + (2 * k) / Math.max(length - 1, 1)
        : (2 * k + 1) / length - 1;
    }
  });
  const flat = g.transpose(g.reshape(dy, [g.dim(dy, 0), places, sizes.length]), [0, 2, 1]);
  return [g.op('MatMul', [flat, g.constant(float32(base, [places, rank]))]), null];
};

/**
 * The mean of samples within the bins of regions (He et al. 2017). As there, and in every framework, the regions themselves have no
 * gradient.
 */
const roiAlign: Rule = (g, node, dy, demand) => {
  if (text(node, 'mode', 'avg') !== 'avg')
    refuse(node, 'takes the largest of its samples (mode "max"); choose a layer before it');
  const [x, rois, batches] = [input(node, 0), input(node, 1), input(node, 2)];
  const [n = 1, c = 1, height = 1, width = 1] = g.dims(x);
  const [regions = 0, , binsY = 1, binsX = 1] = g.dims(dy);
  const half = text(node, 'coordinate_transformation_mode', 'half_pixel') === 'half_pixel';
  const edges = g.sub(g.scale(rois, float(node, 'spatial_scale', 1)), g.scalar(half ? 0.5 : 0));
  const axes = [
    { column: 1, bins: binsY, length: height },
    { column: 0, bins: binsX, length: width },
  ].map((axis) => regionAxis(g, node, edges, { ...axis, half, known: knownEdges(g, node, axis, half) }));
  const [rows, columns] = axes;
  if (rows === undefined || columns === undefined) return [null];
  // All pairs of a row's and a column's samples: [regions, binsY, samplesY, binsX, samplesX].
  const shape = [regions, binsY, rows.samples, binsX, columns.samples];
  const points = sizeOf(shape);
  const stretched = (value: Name, vertical: boolean): Name => {
    const [r = 1, bins = 1, samples = 1] = g.dims(value);
    const spread = g.reshape(value, vertical ? [r, bins, samples, 1, 1] : [r, 1, 1, bins, samples]);
    return g.reshape(g.expand(spread, shape), [1, points]);
  };
  const taps = axes.map(({ taps: own }, i) =>
    own.map(({ place, weight }) => ({
      ...{ place: stretched(place, i === 0), weight: stretched(weight, i === 0) },
      slope: null,
    })),
  );
  const picture = g.op('Cast', [g.reshape(batches, [regions, 1, 1, 1, 1])], { to: 1 });
  const owner: Tap = {
    ...{ place: g.reshape(g.expand(picture, shape), [1, points]), slope: null },
    weight: g.expand(g.scalar(1), [1, points]),
  };
  const all = readings(g, [[owner], ...taps], [n, height, width]);
  const perPoint = g.expand(g.reshape(g.transpose(dy, [1, 0, 2, 3]), [c, regions, binsY, 1, binsX, 1]), [
    c,
    ...shape,
  ]);
  const flat = ofMaps(g, all, g.reshape(perPoint, [1, c, points]), n * height * width);
  const dx = g.transpose(g.reshape(flat, [c, n, height, width]), [1, 0, 2, 3]);
  return [dx, demand.wants(1) ? g.expand(g.scalar(0), g.dims(rois)) : null, null];
};

interface RegionAxis {
  /** Where regions begin, in a row of theirs; they end two further. */
  readonly column: number;
  readonly bins: number;
  readonly length: number;
}

/** How long regions are along an axis, where they do not depend on the picture. */
function knownEdges(g: Builder, node: Node, { column }: RegionAxis, half: boolean): number[] | undefined {
  const rois = input(node, 1);
  const tensor = g.info(rois).value ?? g.constantOf(rois);
  if (tensor?.type !== 'float32') return undefined;
  const scale = Math.fround(float(node, 'spatial_scale', 1));
  return Array.from({ length: tensor.dims[0] ?? 0 }, (_, i) => {
    const [from, to] = [column, column + 2].map((k) => Math.fround((tensor.data[i * 4 + k] ?? 0) * scale));
    const length = (to ?? 0) - (from ?? 0);
    return half ? length : Math.max(length, 1);
  });
}

/** Taps of all samples along one axis, [regions, bins, samples]. */
function regionAxis(
  g: Builder,
  node: Node,
  edges: Name,
  { column, bins, length, half, known }: RegionAxis & { half: boolean; known: number[] | undefined },
): { taps: Tap[]; samples: number } {
  const regions = g.dim(edges, 0);
  const ratio = int(node, 'sampling_ratio', 0);
  if (ratio <= 0 && known === undefined)
    refuse(
      node,
      'samples its regions as often as what is computed from the image says; export it with a sampling_ratio',
    );
  const counts = Array.from({ length: regions }, (_, i) =>
    ratio > 0 ? ratio : Math.max(Math.ceil((known?.[i] ?? 0) / bins), 0),
  );
  const samples = Math.max(...counts, 1);
  const cell = regions * bins * samples;
  // Place of each sample within its region, in bins, and its share of its bin's mean.
  const offsets = new Float32Array(cell);
  const shares = new Float32Array(cell);
  for (let i = 0; i < cell; i++) {
    const [region, bin, sample] = [
      Math.floor(i / (bins * samples)),
      Math.floor(i / samples) % bins,
      i % samples,
    ];
    const count = at(counts, region);
    offsets[i] = bin + (sample + 0.5) / Math.max(count, 1);
    shares[i] = sample < count ? 1 / count : 0;
  }
  const dims = [regions, bins, samples];
  const edge = (k: number): Name => g.reshape(g.slice(edges, [1], [k], [k + 1]), [regions, 1, 1]);
  const extent = g.sub(edge(column + 2), edge(column));
  const size = g.scale(half ? extent : g.op('Max', [extent, g.scalar(1)]), 1 / bins);
  const u = g.add(edge(column), g.mul(size, g.constant(float32(offsets, dims))));
  const within = g.op('And', [
    g.compare('GreaterOrEqual', u, g.scalar(-1)),
    g.compare('LessOrEqual', u, g.scalar(length)),
  ]);
  const share = g.mask(g.constant(float32(shares, dims)), within);
  const taps = linearTaps(g, clamped(g, u, length), (place, weight, slope) => ({
    ...{ place: clamped(g, place, length), weight: g.mul(weight, share) },
    slope,
  }));
  return { taps, samples };
}

/** y = W·(mask ⊙ what is read at bent windows) + b (Zhu et al. 2019). */
const deformConv: Rule = (g, node, dy, demand) => {
  const [x, w, offset] = [input(node, 0), input(node, 1), input(node, 2)];
  const mask = node.inputs[4] ?? '';
  const [n = 1, c = 1, ...sizes] = g.dims(x);
  const [filters = 1, own = 1, ...kernel] = g.dims(w);
  const [groups, bends, k] = [groupsOf(node), int(node, 'offset_group', 1), sizeOf(kernel)];
  const spatial = g.dims(dy).slice(2);
  const p = sizeOf(spatial);
  const win = windowOf(g, node, x, kernel);
  // Offsets and masks of every point of every window: [n·bends, k·p].
  const bent = g.reshape(offset, [n, bends, k, 2, p]);
  const taps = sizes.map((length, axis) => {
    const straight = Float32Array.from({ length: k * p }, (_, i) => {
      const [inWindow, place] = [Math.floor(i / p), i % p];
      const [row, column] = [Math.floor(inWindow / at(kernel, 1)), inWindow % at(kernel, 1)];
      const [y, z] = [Math.floor(place / at(spatial, 1)), place % at(spatial, 1)];
      const [step, tap] = axis === 0 ? [y, row] : [z, column];
      return step * at(win.strides, axis) - at(win.begins, axis) + tap * at(win.dilations, axis);
    });
    const moved = g.reshape(g.slice(bent, [3], [axis], [axis + 1]), [n * bends, k * p]);
    const u = g.add(moved, g.constant(float32(straight, [1, k * p])));
    return linearTaps(g, u, orZero(g, length));
  });
  const all = readings(g, taps, sizes);
  const weights = g.reshape(w, [groups, filters / groups, own * k]);
  const byGroup = g.reshape(dy, [n, groups, filters / groups, p]);
  const columns = g.op('MatMul', [g.transpose(weights, [0, 2, 1]), byGroup]);
  const perBend = g.reshape(columns, [n * bends, c / bends, k * p]);
  const flatMask = mask === '' ? null : g.reshape(mask, [n * bends, 1, k * p]);
  const read = flatMask === null ? perBend : g.mul(perBend, flatMask);
  const maps = g.reshape(x, [n * bends, c / bends, sizeOf(sizes)]);
  const values = (): Name => valuesRead(g, all, maps);
  const dx = demand.wants(0) ? g.reshape(ofMaps(g, all, read, sizeOf(sizes)), g.dims(x)) : null;
  const dw = (): Name => {
    const masked = flatMask === null ? values() : g.mul(values(), flatMask);
    const rows = g.transpose(g.reshape(masked, [n, groups, own * k, p]), [0, 1, 3, 2]);
    return g.reshape(g.reduce('ReduceSum', g.op('MatMul', [byGroup, rows]), [0], false), g.dims(w));
  };
  const dOffset = (): Name => {
    const parts = sizes.map((_, axis) => g.reshape(ofPoints(g, all, axis, maps, read), [n, bends, k, 1, p]));
    return g.reshape(g.concat(parts, 3), g.dims(offset));
  };
  const dMask = (): Name =>
    g.reshape(g.reduce('ReduceSum', g.mul(perBend, values()), [1], false), g.dims(mask));
  return [
    dx,
    demand.wants(1) ? dw() : null,
    demand.wants(2) ? dOffset() : null,
    demand.wants(3) ? g.reduce('ReduceSum', dy, [0, 2, 3], false) : null,
    demand.wants(4) ? dMask() : null,
  ];
};

export const sampling: Rules = {
  GridSample: gridSample,
  AffineGrid: affineGrid,
  RoiAlign: roiAlign,
  DeformConv: deformConv,
};
