/** Convolutions and matrix products: linear in the image, so dx is the adjoint map applied to dy. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int } from '../../graph/graph.ts';
import { adjointFilter, phaseFilter } from '../filters.ts';
import type { Rule, Rules } from '../rule.ts';
import { input, output } from '../rule.ts';
import { groupsOf, windowOf, type Window } from '../window.ts';

const at = (list: readonly number[], i: number): number => list[i] ?? 0;

/** Pads (or, where negative, crops) the spatial axes of an image batch. */
const padSpatial = (g: Builder, x: Name, begins: readonly number[], ends: readonly number[]): Name =>
  g.pad(x, [0, 0, ...begins, 0, 0, ...ends]);

/** Splits wished pads into what a convolution accepts (≥ 0) and a crop done before it. */
function paddedConv(
  g: Builder,
  x: Name,
  w: Name,
  begins: number[],
  ends: number[],
  attributes: object,
): Name {
  const crop = (pads: number[]): number[] => pads.map((p) => Math.min(p, 0));
  const keep = (pads: number[]): number[] => pads.map((p) => Math.max(p, 0));
  const cropped = padSpatial(g, x, crop(begins), crop(ends));
  return g.op('Conv', [cropped, w], { ...attributes, pads: [...keep(begins), ...keep(ends)] });
}

/** Gradient of a stride-1 convolution: a convolution with the reversed filter. */
function adjointConv(
  g: Builder,
  dy: Name,
  filter: Name,
  size: readonly number[],
  groups: number,
  win: Window,
): Name {
  const reach = win.kernel.map((k, i) => at(win.dilations, i) * (k - 1));
  const begins = reach.map((r, i) => r - at(win.begins, i));
  const ends = reach.map((r, i) => at(size, i) + r - g.dim(dy, i + 2) - at(begins, i));
  return paddedConv(g, dy, filter, begins, ends, { group: groups, dilations: win.dilations });
}

/** Gradient of a convolution of equal strides: its s² phases by one convolution, then woven together. */
function phaseConv(
  g: Builder,
  dy: Name,
  filter: Name,
  size: readonly number[],
  groups: number,
  win: Window,
): Name {
  const s = at(win.strides, 0);
  const taps = win.kernel.map((k) => Math.ceil(k / s));
  const rows = size.map((n, i) => Math.ceil((n + at(win.begins, i)) / s));
  const begins = taps.map((t) => t - 1);
  const ends = rows.map((q, i) => q - g.dim(dy, i + 2));
  const phases = paddedConv(g, dy, filter, begins, ends, { group: groups });
  const woven = g.op('DepthToSpace', [phases], { blocksize: s, mode: 'CRD' });
  const before = win.begins.map((p) => -p);
  return padSpatial(
    g,
    woven,
    before,
    size.map((n, i) => n - g.dim(woven, i + 2) - at(before, i)),
  );
}

/** Gradient of any convolution, also one whose filter is computed: slower on a CPU. */
function transposedConv(
  g: Builder,
  dy: Name,
  w: Name,
  size: readonly number[],
  groups: number,
  win: Window,
): Name {
  const covered = win.kernel.map(
    (k, i) => at(win.strides, i) * (g.dim(dy, i + 2) - 1) + at(win.dilations, i) * (k - 1) + 1,
  );
  const full = g.op('ConvTranspose', [dy, w], {
    strides: win.strides,
    dilations: win.dilations,
    group: groups,
  });
  const before = win.begins.map((p) => -p);
  return padSpatial(
    g,
    full,
    before,
    size.map((n, i) => n - at(covered, i) - at(before, i)),
  );
}

/** dw[m, c, j] = Σ over batch and positions of dy[m, o]·x[c, s·o + d·j − p]: a convolution of x by dy, batch as channels. */
function filterGradient(g: Builder, x: Name, dy: Name, w: Name, groups: number, win: Window): Name {
  const [batch, channels] = [g.dim(x, 0), g.dim(x, 1)];
  const [m, c, ...kernel] = g.dims(w);
  if (m === undefined || c === undefined) throw new Error('A filter has rank 3 or more.');
  const rest = g.dims(x).slice(2);
  const swap = [1, 0, ...rest.map((_, i) => i + 2)];
  const parts = Array.from({ length: groups }, (_, group) => {
    const xs = groups === 1 ? x : g.slice(x, [1], [group * c], [(group + 1) * c]);
    const per = m / groups;
    const dys = groups === 1 ? dy : g.slice(dy, [1], [group * per], [(group + 1) * per]);
    const lengths = kernel.map(
      (k, i) => at(win.strides, i) * (g.dim(dy, i + 2) - 1) + 1 + at(win.dilations, i) * (k - 1),
    );
    const ends = lengths.map((length, i) => length - at(rest, i) - at(win.begins, i));
    const attributes = { strides: win.dilations, dilations: win.strides };
    const dw = paddedConv(
      g,
      g.transpose(xs, swap),
      g.transpose(dys, swap),
      [...win.begins],
      ends,
      attributes,
    );
    return g.transpose(dw, swap);
  });
  if (batch < 1 || channels < 1) throw new Error('An image batch is never empty.');
  return groups === 1 ? (parts[0] ?? w) : g.concat(parts, 0);
}

const biasGradient = (g: Builder, dy: Name): Name =>
  g.reduce(
    'ReduceSum',
    dy,
    g.dims(dy).flatMap((_, axis) => (axis === 1 ? [] : [axis])),
    false,
  );

const conv: Rule = (g, node, dy, demand) => {
  const [x, w] = [input(node, 0), input(node, 1)];
  const size = g.dims(x).slice(2);
  const win = windowOf(g, node, x, g.dims(w).slice(2));
  const groups = groupsOf(node);
  return [
    demand.wants(0) ? imageGradient(g, dy, w, size, groups, win) : null,
    demand.wants(1) ? filterGradient(g, x, dy, w, groups, win) : null,
    demand.wants(2) ? biasGradient(g, dy) : null,
  ];
};

function imageGradient(
  g: Builder,
  dy: Name,
  w: Name,
  size: readonly number[],
  groups: number,
  win: Window,
): Name {
  const filter = g.constantOf(w);
  if (filter?.type !== 'float32') return transposedConv(g, dy, w, size, groups, win);
  if (win.strides.every((s) => s === 1)) {
    const reversed = g.constant(adjointFilter(filter, groups), `~adjoint:${w}`);
    return adjointConv(g, dy, reversed, size, groups, win);
  }
  const s = at(win.strides, 0);
  // With fewer taps than phases most phases would be nothing but zeros.
  const weavable = size.length === 2 && at(win.strides, 1) === s && win.kernel.every((k) => k >= s);
  if (!weavable || win.dilations.some((d) => d !== 1)) return transposedConv(g, dy, w, size, groups, win);
  return phaseConv(g, dy, g.constant(phaseFilter(filter, groups, s), `~phases:${w}`), size, groups, win);
}

/** The adjoint of a transposed convolution is the plain one. */
const convTranspose: Rule = (g, node, dy, demand) => {
  const [x, w] = [input(node, 0), input(node, 1)];
  const size = g.dims(x).slice(2);
  const win = windowOf(g, node, output(node), g.dims(w).slice(2));
  if (demand.wants(1)) throw new Error('The filter of a transposed convolution has no gradient rule.');
  const lengths = size.map(
    (n, i) => at(win.strides, i) * (n - 1) + at(win.dilations, i) * (at(win.kernel, i) - 1) + 1,
  );
  const ends = lengths.map((length, i) => length - g.dim(dy, i + 2) - at(win.begins, i));
  const attributes = { group: groupsOf(node), strides: win.strides, dilations: win.dilations };
  return [
    paddedConv(g, dy, w, [...win.begins], ends, attributes),
    null,
    demand.wants(2) ? biasGradient(g, dy) : null,
  ];
};

const swapLast = (g: Builder, x: Name): Name => {
  const rank = g.dims(x).length;
  return g.transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
};

/** da = dy·bᵀ, db = aᵀ·dy, where a vector counts as a matrix of one row (left) or one column (right). */
const matMul: Rule = (g, node, dy, demand) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const [rankA, rankB] = [g.dims(a).length, g.dims(b).length];
  const left = rankA === 1 ? g.reshape(a, [1, ...g.dims(a)]) : a;
  const right = rankB === 1 ? g.reshape(b, [...g.dims(b), 1]) : b;
  const lead = g.dims(dy).slice(0, g.dims(dy).length - (rankA === 1 ? 0 : 1) - (rankB === 1 ? 0 : 1));
  const seed = g.reshape(dy, [...lead, g.dim(left, -2), g.dim(right, -1)]);
  const da = demand.wants(0) ? g.op('MatMul', [seed, swapLast(g, right)]) : null;
  const db = demand.wants(1) ? g.op('MatMul', [swapLast(g, left), seed]) : null;
  return [
    da !== null && rankA === 1 ? g.reshape(sumLeading(g, da), g.dims(a)) : da,
    db !== null && rankB === 1 ? g.reshape(sumLeading(g, db), g.dims(b)) : db,
  ];
};

/** Sums all but the last two axes. */
const sumLeading = (g: Builder, x: Name): Name => {
  const axes = Array.from({ length: g.dims(x).length - 2 }, (_, i) => i);
  return axes.length === 0 ? x : g.reduce('ReduceSum', x, axes, false);
};

const float = (node: Node, key: string): number => {
  const value = node.attributes[key];
  return typeof value === 'number' ? value : 1;
};

/** y = α·A′B′ + β·C, where a prime is an optional transposition. */
const gemm: Rule = (g, node, dy, demand) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const [transA, transB] = [int(node, 'transA', 0), int(node, 'transB', 0)];
  const product = (x: Name, y: Name, tx: number, ty: number): Name =>
    g.op('Gemm', [x, y], { transA: tx, transB: ty, alpha: float(node, 'alpha') });
  const da = (): Name => (transA === 0 ? product(dy, b, 0, 1 - transB) : product(b, dy, transB, 1));
  const db = (): Name => (transB === 0 ? product(a, dy, 1 - transA, 0) : product(dy, a, 1, transA));
  return [
    demand.wants(0) ? da() : null,
    demand.wants(1) ? db() : null,
    demand.wants(2) ? g.scale(dy, float(node, 'beta')) : null,
  ];
};

export const linear: Rules = { Conv: conv, ConvTranspose: convTranspose, MatMul: matMul, Gemm: gemm };
