/** Convolutions, plain and transposed: linear in the image, so dx is the adjoint map applied to dy. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { ints, text } from '../../graph/graph.ts';
import { adjointFilter, phaseFilter } from '../filters.ts';
import type { Rule, Rules } from '../rule.ts';
import { input, output } from '../rule.ts';
import { weaveAtOnce, type Weave } from '../weave.ts';
import { at, groupsOf, windowOf, type Window } from '../window.ts';

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
  weave: Weave,
): Name {
  const s = at(win.strides, 0);
  // Of the padding, whole strides are not computed, and the rest is cut off.
  const skipped = win.begins.map((p) => Math.floor(p / s));
  const cut = win.begins.map((p) => p % s);
  const rows = size.map((n, i) => Math.ceil((n + at(cut, i)) / s));
  const begins = win.kernel.map((k, i) => Math.ceil(k / s) - 1 - at(skipped, i));
  const ends = rows.map((q, i) => q + at(skipped, i) - g.dim(dy, i + 2));
  const woven = weave(g, paddedConv(g, dy, filter, begins, ends, { group: groups }), s);
  const after = size.map((n, i) => n + at(cut, i) - g.dim(woven, i + 2));
  return padSpatial(
    g,
    woven,
    cut.map((p) => -p),
    after,
  );
}

/** Gradient of any convolution, also one whose filter is computed: slower on a CPU, but for pictures of few channels. */
export function transposedConv(
  g: Builder,
  dy: Name,
  w: Name,
  size: readonly number[],
  groups: number,
  win: Window,
): Name {
  const covered = win.kernel.map((_, i) => coveredBy(win, i, g.dim(dy, i + 2)));
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
  const [m, c] = [g.dim(w, 0), g.dim(w, 1)];
  const rest = g.dims(x).slice(2);
  const swap = [1, 0, ...rest.map((_, i) => i + 2)];
  const parts = Array.from({ length: groups }, (_, group) => {
    const xs = groups === 1 ? x : g.slice(x, [1], [group * c], [(group + 1) * c]);
    const per = m / groups;
    const dys = groups === 1 ? dy : g.slice(dy, [1], [group * per], [(group + 1) * per]);
    const ends = rest.map((n, i) => coveredBy(win, i, g.dim(dy, i + 2)) - n - at(win.begins, i));
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
  return groups === 1 ? (parts[0] ?? w) : g.concat(parts, 0);
}

const biasGradient = (g: Builder, dy: Name): Name =>
  g.reduce(
    'ReduceSum',
    dy,
    g.dims(dy).flatMap((_, axis) => (axis === 1 ? [] : [axis])),
    false,
  );

/** With respect to the image. */
type ImageGradient = (
  g: Builder,
  dy: Name,
  w: Name,
  size: readonly number[],
  groups: number,
  win: Window,
) => Name;

const convBy =
  (imageGradient: ImageGradient): Rule =>
  (g, node, dy, demand) => {
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

/** By the form that is fast for its filter. @param weave how the phases of strides are put together */
export const convWovenBy = (weave: Weave): Rule =>
  convBy((g, dy, w, size, groups, win) => imageGradient(g, dy, w, size, groups, win, weave));

/** By the filter as it stands, and no other. */
export const convTransposed: Rule = convBy(transposedConv);

function imageGradient(
  g: Builder,
  dy: Name,
  w: Name,
  size: readonly number[],
  groups: number,
  win: Window,
  weave: Weave,
): Name {
  const filter = g.constantOf(w);
  if (filter?.type !== 'float32') return transposedConv(g, dy, w, size, groups, win);
  if (win.strides.every((s) => s === 1)) {
    const reversed = g.constant(adjointFilter(filter, groups), `~adjoint:${groups}:${w}`);
    return adjointConv(g, dy, reversed, size, groups, win);
  }
  const s = at(win.strides, 0);
  // With fewer taps than phases most phases would be nothing but zeros.
  const weavable = size.length === 2 && at(win.strides, 1) === s && win.kernel.every((k) => k >= s);
  if (!weavable || win.dilations.some((d) => d !== 1)) return transposedConv(g, dy, w, size, groups, win);
  return phaseConv(
    g,
    dy,
    g.constant(phaseFilter(filter, groups, s), `~phases:${groups}:${s}:${w}`),
    size,
    groups,
    win,
    weave,
  );
}

/**
 * The window of a transposed convolution, which slides over its output. Where `output_shape` is given, the padding is
 * what makes that shape; an odd one goes before, unless `auto_pad` says SAME_UPPER.
 */
function transposedWindow(g: Builder, node: Node, size: readonly number[], w: Name): Window {
  const win = windowOf(g, node, output(node), g.dims(w).slice(2));
  const wanted = ints(node, 'output_shape', []).slice(-size.length);
  if (wanted.length === 0) return win;
  const extra = ints(node, 'output_padding', []);
  const totals = size.map((n, i) => coveredBy(win, i, n) + at(extra, i) - at(wanted, i));
  const upper = text(node, 'auto_pad', 'NOTSET') === 'SAME_UPPER';
  const begins = totals.map((t) => Math.max(0, upper ? Math.floor(t / 2) : Math.ceil(t / 2)));
  return { ...win, begins };
}

/** How many elements along an axis `count` positions of a window reach over. */
const coveredBy = (win: Window, axis: number, count: number): number =>
  at(win.strides, axis) * (count - 1) + at(win.dilations, axis) * (at(win.kernel, axis) - 1) + 1;

/** The adjoint of a transposed convolution is the plain one. */
const convTranspose: Rule = (g, node, dy, demand) => {
  const [x, w] = [input(node, 0), input(node, 1)];
  const size = g.dims(x).slice(2);
  const win = transposedWindow(g, node, size, w);
  const ends = size.map((n, i) => coveredBy(win, i, n) - g.dim(dy, i + 2) - at(win.begins, i));
  const groups = groupsOf(node);
  const attributes = { group: groups, strides: win.strides, dilations: win.dilations };
  return [
    demand.wants(0) ? paddedConv(g, dy, w, [...win.begins], ends, attributes) : null,
    demand.wants(1) ? filterGradient(g, dy, x, w, groups, win) : null,
    demand.wants(2) ? biasGradient(g, dy) : null,
  ];
};

export const linear: Rules = { Conv: convWovenBy(weaveAtOnce), ConvTranspose: convTranspose };
