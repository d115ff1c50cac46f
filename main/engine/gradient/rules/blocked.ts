/**
 * Forms of the gates and of max-pooling that stay in ONNX Runtime's blocked layout on x64 processors (see `../blocked.ts`).
 * They are exact. What has no blocked form takes the general one.
 */
import { isAbove, isBlocked, isPositive } from '../blocked.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import type { Rule, Rules } from '../rule.ts';
import { output } from '../rule.ts';
import { elementwise } from './elementwise.ts';
import { blockedMaxPool } from './blocked-pooling.ts';

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

export const blocked: Rules = { Relu: relu, Clip: clip, MaxPool: blockedMaxPool };
