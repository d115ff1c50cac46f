/**
 * Tables laid over the rules where a method wants another gradient than the true one. Each replaces the rules of the
 * ReLU-like gates, or of the pooling, and nothing else.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name, Node } from '../graph/graph.ts';
import type { Rule, Rules } from './rule.ts';
import { input, output } from './rule.ts';
import { maxPoolAsAverage } from './rules/pooling.ts';

/** Where a gate lets its input through unchanged: y > 0, and below the cut for a Clip such as ReLU6. */
function open(g: Builder, node: Node): Name {
  const y = output(node);
  const above = g.compare('Greater', y, g.scalar(0));
  const high = node.op === 'Clip' ? (node.inputs[2] ?? '') : '';
  return high === '' ? above : g.op('And', [above, g.compare('Less', y, high)]);
}

/** The operators that count as gates. */
export const GATES = ['Relu', 'LeakyRelu', 'PRelu', 'Clip', 'ThresholdedRelu'] as const;

const onGates = (rule: Rule): Rules => Object.fromEntries(GATES.map((op) => [op, rule]));

/** Guided backpropagation: only positive gradients, only through open gates (Springenberg et al. 2015). */
export const guided: Rules = onGates((g, node, dy) => [g.mask(g.relu(dy), open(g, node)), null, null]);

/** Deconvnet: only positive gradients, whatever the forward pass did (Zeiler & Fergus 2014). */
export const deconvnet: Rules = onGates((g, _node, dy) => [g.relu(dy), null, null]);

/**
 * ReLU whose gradient is redirected where a whole layer is closed: for a batch entry that no gradient passes, it goes
 * through where the gate is open or where it pushes towards opening. Objectives are ascended, so below zero that is
 * dy > 0, and above the cut of a ReLU6 dy < 0 (lucid's redirected_relu_grad).
 */
const redirect: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const plain = g.mask(dy, open(g, node));
  const axes = g
    .dims(dy)
    .slice(1)
    .map((_, i) => i + 1);
  const passed = g.reduce('ReduceSum', g.unary('Abs', plain), axes, true);
  const blocked = g.compare('Equal', passed, g.scalar(0));
  let redirected = g.where(g.compare('LessOrEqual', x, g.scalar(0)), g.relu(dy), dy);
  const high = node.op === 'Clip' ? (node.inputs[2] ?? '') : '';
  if (high !== '')
    redirected = g.where(g.compare('GreaterOrEqual', x, high), g.neg(g.relu(g.neg(dy))), redirected);
  return [g.where(blocked, redirected, plain), null, null];
};

export const redirectedRelu: Rules = { Relu: redirect, Clip: redirect };

/** Max-pooling differentiated as if it averaged: smoother pictures (lucid's smoothed_maxpool_grad). */
export const smoothedMaxPool: Rules = { MaxPool: maxPoolAsAverage };
