/**
 * Convolutions in ONNX Runtime's blocked layout: the gradient of a strided one is found phase by phase (see `../phases.ts`),
 * each with the taps that meet it and no others, and stays in phases through convolutions that look at one pixel.
 */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { BLOCK } from '../blocked.ts';
import { adjointFilter, filterOfPhase, phaseTaps } from '../filters.ts';
import { eachPhase, woven, type Phases } from '../phases.ts';
import type { Demand, Rule } from '../rule.ts';
import { input } from '../rule.ts';
import { weaveInTurns } from '../weave.ts';
import { at, groupsOf, windowOf } from '../window.ts';
import { convWovenBy, transposedConv } from './linear.ts';

const general = convWovenBy(weaveInTurns);

/** The phases of the gradient of a strided convolution of images; undefined where its window leaves a phase without taps. */
function stridedGradient(g: Builder, node: Node, dy: Name): Phases | undefined {
  const [x, w] = [input(node, 0), input(node, 1)];
  const filter = g.constantOf(w);
  const [, channels = 0, height, width] = g.dims(x);
  if (filter?.type !== 'float32' || height === undefined || width === undefined || g.dims(x).length !== 4)
    return undefined;
  const { kernel, strides, dilations, begins } = windowOf(g, node, x, g.dims(w).slice(2));
  const [s = 1, other] = strides;
  if (s === 1 || other !== s || dilations.join() !== '1,1' || kernel.some((k) => k < s)) return undefined;
  // The few channels of a picture are moved faster than they are computed in blocks.
  if (channels % BLOCK !== 0) return undefined;
  const groups = groupsOf(node);
  const size = [height, width] as const;
  const along = size.map((n, axis) =>
    Array.from({ length: s }, (_, a) => {
      const { taps, begin } = phaseTaps(at(kernel, axis), s, at(begins, axis), a);
      // Elements of dy that the phase reads beyond its end.
      const end = Math.ceil((n - a) / s) - g.dim(dy, axis + 2) - begin + taps.length - 1;
      return { taps, begin, end };
    }),
  );
  if (size.some((n) => n < s) || along.flat().some(({ end }) => end < 0)) return undefined;
  const [rows = [], columns = []] = along;
  const parts = rows.map((row) =>
    columns.map((column) => {
      const key = `~phase:${groups}:${row.taps.join()}:${column.taps.join()}:${w}`;
      return g.op('Conv', [dy, g.constant(filterOfPhase(filter, groups, row, column), key)], {
        group: groups,
        pads: [row.begin, column.begin, row.end, column.end],
      });
    }),
  );
  return { parts, size };
}

/** The same of a convolution that looks at one pixel, whose output's gradient is known in phases, where it has fewer channels. */
function pointwiseGradient(g: Builder, node: Node, dy: Name, { phases }: Demand): Phases | undefined {
  const [x, w] = [input(node, 0), input(node, 1)];
  const [filter, found] = [g.constantOf(w), phases.get(dy)];
  if (filter?.type !== 'float32' || found === undefined || g.dim(x, 1) >= g.dim(dy, 1)) return undefined;
  const { kernel, strides, begins, ends } = windowOf(g, node, x, g.dims(w).slice(2));
  if ([...kernel, ...strides].some((k) => k !== 1) || [...begins, ...ends].some((p) => p !== 0))
    return undefined;
  const group = groupsOf(node);
  const reversed = g.constant(adjointFilter(filter, group), `~adjoint:${group}:${w}`);
  return eachPhase(found, (part) => g.op('Conv', [part, reversed], { group }));
}

/** A transposed convolution puts its products together one by one, which takes it about as long as so many more of them. */
const WORTH_TRANSPOSING = 1.8;

/**
 * The gradient of a strided convolution of a picture, whose few channels do not fill blocks: transposed, where its phases would
 * be mostly zeros. What is known in phases is transposed phase by phase.
 */
function pictureGradient(g: Builder, node: Node, dy: Name, { phases }: Demand): Name | undefined {
  const [x, w] = [input(node, 0), input(node, 1)];
  const [, channels = 0, ...size] = g.dims(x);
  const win = windowOf(g, node, x, g.dims(w).slice(2));
  const [s = 1, other] = win.strides;
  const [rows = 1, columns = 1] = win.kernel;
  if (channels > 4 || size.length !== 2 || s === 1 || other !== s || groupsOf(node) !== 1) return undefined;
  if (win.dilations.join() !== '1,1' || g.constantOf(w) === undefined) return undefined;
  const inPhases =
    Math.ceil((channels * s * s) / BLOCK) * BLOCK * Math.ceil(rows / s) * Math.ceil(columns / s);
  if (inPhases < WORTH_TRANSPOSING * channels * rows * columns) return undefined;
  const found = phases.get(dy);
  if (found === undefined) return transposedConv(g, dy, w, size, 1, win);
  const apart = found.parts.length;
  const terms = eachPhase(found, (part, place) =>
    transposedConv(g, part, w, size, 1, {
      ...win,
      strides: win.strides.map((stride) => stride * apart),
      begins: win.begins.map((begin, i) => begin - at(win.strides, i) * at(place, i)),
    }),
  );
  return terms.parts.flat().reduce((total, term) => g.add(total, term));
}

export const blockedConv: Rule = (g, node, dy, demand) => {
  const picture = demand.wants(0) ? pictureGradient(g, node, dy, demand) : undefined;
  if (picture !== undefined) return [picture, ...weightGradients(g, node, dy, demand)];
  const found = demand.wants(0)
    ? (stridedGradient(g, node, dy) ?? pointwiseGradient(g, node, dy, demand))
    : undefined;
  if (found === undefined) return general(g, node, dy, demand);
  const dx = woven(g, found);
  demand.phases.set(dx, found);
  return [dx, ...weightGradients(g, node, dy, demand)];
};

/** The gradients of the filter and the bias. */
const weightGradients: Rule = (g, node, dy, demand) =>
  general(g, node, dy, { ...demand, wants: (i) => i > 0 && demand.wants(i) }).slice(1);
