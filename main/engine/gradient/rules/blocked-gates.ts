/**
 * Gates in ONNX Runtime's blocked layout (see `../blocked.ts`), and where they are best applied. A gradient is called closed where
 * it is zero wherever its tensor is zero: to a closed one a ReLU has nothing to add. What a max-pooling gives back is
 * closed if what it got was, because a zero is the maximum of nothing but zeros; so is what joined branches give back. The
 * gate then costs a comparison of the smaller picture after the pooling, or one for all branches together.
 */
import type { Builder } from '../../graph/builder.ts';
import { channelsOf } from '../channels.ts';
import { int, producers, type Name, type Node } from '../../graph/graph.ts';
import { isAbove, isBetween, isBlocked, isPositive } from '../blocked.ts';
import { eachPhase, phaseOf } from '../phases.ts';
import type { Demand, Rule, Rules } from '../rule.ts';
import { output } from '../rule.ts';
import { elementwise } from './elementwise.ts';
import { shape } from './shape.ts';

/** 1 where the output y of a gate tells that it is open, 0 where it is closed. */
type Open = (y: Name) => Name;

/** dy where the gate is open, zero elsewhere; in phases, too, where dy is known in phases. */
function gated(g: Builder, y: Name, dy: Name, open: Open, { phases }: Demand): Name {
  const dx = g.mul(dy, open(y));
  const found = phases.get(dy);
  if (found !== undefined)
    phases.set(
      dx,
      eachPhase(found, (part, place) => g.mul(part, open(phaseOf(g, y, found.parts.length, place)))),
    );
  return dx;
}

/** Where y > 0. */
const above =
  (g: Builder): Open =>
  (y) =>
    isBlocked(g, y) ? isAbove(g, y, 1, 0) : isPositive(g, y);

export const blockedRelu: Rule = (g, node, dy, demand) => {
  const y = output(node);
  return [demand.closed.get(y) === dy ? dy : gated(g, y, dy, above(g), demand)];
};

/** Whether a tensor holds nothing but outputs of ReLUs, some of them read by its makers alone. */
function comesFromReluAlone(g: Builder, y: Name): boolean {
  const writers = producers(g.nodes);
  let alone = false;
  const holds = (name: Name): boolean => {
    const node = writers.get(name);
    if (node === undefined) return false;
    if (node.op === 'Relu') {
      alone ||= g.nodes.filter(({ inputs }) => inputs.includes(name)).length === 1;
      return true;
    }
    return (node.op === 'MaxPool' || node.op === 'Concat') && node.inputs.every(holds);
  };
  return holds(y) && alone;
}

/**
 * The gradient of a max-pooling's or a joining's output, closed, where ReLUs before it are spared their gates by that; undefined
 * where they are not, or where a table gives ReLU another gradient, which may want to see what a gate would stop.
 */
export function closedBefore(g: Builder, node: Node, dy: Name, demand: Demand): Name | undefined {
  const { closed, rules } = demand;
  const y = output(node);
  if (rules['Relu'] !== blockedRelu || !isBlocked(g, y) || !comesFromReluAlone(g, y)) return undefined;
  return closed.get(y) === dy ? dy : gated(g, y, dy, above(g), demand);
}

/**
 * The gradients of joined branches. Where the whole can be computed branch by branch, it is, and every branch has its own
 * gate: as much arithmetic, and nothing is cut out of the blocks.
 */
export const blockedConcat: Rule = (g, node, dy, demand) => {
  if (int(node, 'axis', 0) !== 1) return ruleOf(shape, 'Concat')(g, node, dy, demand);
  const known = demand.closed.get(output(node)) === dy;
  const parted = channelsOf(g, dy);
  const closed = parted === undefined || known ? closedBefore(g, node, dy, demand) : undefined;
  if (parted === undefined) {
    const dxs = ruleOf(shape, 'Concat')(g, node, closed ?? dy, demand);
    if (closed !== undefined) close(node, dxs, demand);
    return dxs;
  }
  let start = 0;
  const dxs = node.inputs.map((x) => {
    const end = start + g.dim(x, 1);
    const dx = parted(start, end);
    start = end;
    return dx;
  });
  if (closed !== undefined) close(node, dxs, demand);
  return dxs;
};

/** Records that the gradients of a node's inputs are closed. */
function close(node: Node, dxs: readonly (Name | null)[], { closed }: Demand): void {
  node.inputs.forEach((x, i) => {
    const dx = dxs[i] ?? null;
    if (dx !== null) closed.set(x, dx);
  });
}

/** A bound of a Clip; undefined where it is computed. */
const boundOf = (g: Builder, name: Name): number | undefined => {
  const value = g.info(name).value?.data[0];
  return value === undefined ? undefined : Number(value);
};

export const blockedClip: Rule = (g, node, dy, demand) => {
  const y = output(node);
  const [, low = '', high = ''] = node.inputs;
  const bounds = [low, high].map((name) => (name === '' ? null : boundOf(g, name)));
  if (!isBlocked(g, y) || bounds.includes(undefined)) return ruleOf(elementwise, 'Clip')(g, node, dy, demand);
  const [least, most] = bounds;
  if (least === 0 && typeof most === 'number' && most > 0)
    return [gated(g, y, dy, (part) => isBetween(g, part, most), demand), null, null];
  let dx = dy;
  if (typeof least === 'number') dx = g.mul(dx, isAbove(g, y, 1, -least));
  if (typeof most === 'number') dx = g.mul(dx, isAbove(g, y, -1, most));
  return [dx, null, null];
};

const ruleOf = (table: Rules, op: string): Rule => {
  const rule = table[op];
  if (typeof rule !== 'function') throw new Error(`${op} has no general rule.`);
  return rule;
};
