/**
 * Forms of the gates and of max-pooling that stay in ONNX Runtime's blocked layout on x64 processors (see `blocked.ts`).
 * They are exact: a maximum that several places share is counted once. What has no blocked form takes the general one.
 */
import { alongAxis, isAbove, isBlocked, isPositive } from '../blocked.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { ints } from '../../graph/graph.ts';
import { isRectified } from '../rectified.ts';
import type { Rule, Rules } from '../rule.ts';
import { input, output } from '../rule.ts';
import { elementwise } from './elementwise.ts';
import { maxPoolByIndices } from './pooling.ts';

const relu: Rule = (g, node, dy) => {
  const y = output(node);
  return [g.mul(dy, isBlocked(g, y) ? isAbove(g, y, 1, 0) : isPositive(g, y))];
};

/** A bound of a Clip; undefined where it is computed. */
const boundOf = (g: Builder, name: Name): number | undefined => {
  const value = g.info(name).value?.data[0];
  return value === undefined ? undefined : Number(value);
};

const clip: Rule = (g, node, dy, demand) => {
  const y = output(node);
  const [, low = '', high = ''] = node.inputs;
  const bounds = [low, high].map((name) => (name === '' ? null : boundOf(g, name)));
  if (!isBlocked(g, y) || bounds.includes(undefined)) return general('Clip')(g, node, dy, demand);
  const [least, most] = bounds;
  let dx = dy;
  if (typeof least === 'number') dx = g.mul(dx, isAbove(g, y, 1, -least));
  if (typeof most === 'number') dx = g.mul(dx, isAbove(g, y, -1, most));
  return [dx, null, null];
};

const general = (op: string): Rule => {
  const rule = elementwise[op];
  if (typeof rule !== 'function') throw new Error(`${op} has no general rule.`);
  return rule;
};

/**
 * Gradient of the maximum of each element and its two neighbours along an axis, for x ≥ 0.
 *
 * The maximum of three is a tournament: t[i] = max(x[i−1], x[i]), y[i] = max(t[i], t[i+1]). Beyond the borders lie zeros,
 * which beat nothing. At a tie the earlier t wins, and in it the later x.
 */
function neighbourMaximum(g: Builder, x: Name, dy: Name, axis: 2 | 3): Name {
  const t = g.op('MaxPool', [x], {
    kernel_shape: axis === 2 ? [2, 1] : [1, 2],
    pads: axis === 2 ? [1, 0, 0, 0] : [0, 1, 0, 0],
    strides: [1, 1],
  });
  /** dy moved by one place where `won`, and left in place elsewhere. */
  const moved = (gradient: Name, won: Name, by: 1 | -1): Name => {
    const moving = g.mul(gradient, won);
    const staying = g.add(alongAxis(g, moving, { axis, weights: [-1], offset: 0 }), gradient);
    const weights = by === 1 ? [1, 0] : [0, 1];
    return g.add(alongAxis(g, moving, { axis, weights, offset: by === 1 ? -1 : 0 }), staying);
  };
  const later = isPositive(g, alongAxis(g, t, { axis, weights: [-1, 1], offset: 0 }));
  const dt = moved(dy, later, 1);
  const earlier = isPositive(g, alongAxis(g, x, { axis, weights: [1, -1], offset: -1 }));
  return moved(dt, earlier, -1);
}

const all = (list: readonly number[], value: number): boolean => list.every((v) => v === value);

/** The poolings of inception blocks: windows of 3×3 around every pixel. */
const isNeighbourhood = (node: Node): boolean =>
  node.outputs.length === 1 &&
  ints(node, 'kernel_shape', []).join() === '3,3' &&
  all(ints(node, 'strides', []), 1) &&
  all(ints(node, 'dilations', []), 1) &&
  ints(node, 'pads', []).join() === '1,1,1,1';

const maxPool: Rule = (g, node, dy, demand) => {
  const x = input(node, 0);
  if (!isNeighbourhood(node) || !isBlocked(g, x) || !isRectified(g, x)) {
    return maxPoolByIndices(g, node, dy, demand);
  }
  const rows = g.op('MaxPool', [x], { kernel_shape: [1, 3], pads: [0, 1, 0, 1], strides: [1, 1] });
  return [neighbourMaximum(g, x, neighbourMaximum(g, rows, dy, 2), 3)];
};

export const blocked: Rules = { Relu: relu, Clip: clip, MaxPool: maxPool };
