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
import { convWovenBy } from './linear.ts';

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
  const counts = size.map((n) => Math.ceil(n / s));
  const along = size.map((_, i) =>
    Array.from({ length: s }, (__, a) => phaseTaps(at(kernel, i), s, at(begins, i), a)),
  );
  const [rows = [], columns = []] = along;
  /** Elements of dy that a phase reads beyond its end. */
  const endOf = (axis: number, { taps, begin }: ReturnType<typeof phaseTaps>): number =>
    at(counts, axis) - g.dim(dy, axis + 2) - begin + taps.length - 1;
  if (along.some((each, axis) => each.some((taps) => endOf(axis, taps) < 0))) return undefined;
  const parts = rows.map((row) =>
    columns.map((column) => {
      const key = `~phase:${groups}:${row.taps.join()}:${column.taps.join()}:${w}`;
      return g.op('Conv', [dy, g.constant(filterOfPhase(filter, groups, row, column), key)], {
        group: groups,
        pads: [row.begin, column.begin, endOf(0, row), endOf(1, column)],
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

export const blockedConv: Rule = (g, node, dy, demand) => {
  const found = demand.wants(0)
    ? (stridedGradient(g, node, dy) ?? pointwiseGradient(g, node, dy, demand))
    : undefined;
  if (found === undefined) return general(g, node, dy, demand);
  const dx = woven(g, found);
  demand.phases.set(dx, found);
  const rest = general(g, node, dy, { ...demand, wants: (i) => i > 0 && demand.wants(i) });
  return [dx, ...rest.slice(1)];
};
