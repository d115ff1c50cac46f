/**
 * Tables laid over the rules where a method wants another gradient than the true one. Each replaces the rules of the
 * ReLU-like gates, or of the pooling, and nothing else.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name, Node } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import { operatorsWith, traitsOf } from '../graph/traits.ts';
import type { Rule, Rules } from './rule.ts';
import { FLAT, input, output } from './rule.ts';
import { rules } from './rules.ts';
import { maxPoolAsAverage } from './rules/pooling.ts';

/**
 * Whether a node is a gate: a ReLU or one of its kin. A Clip is one where it cuts at zero, as ReLU6 does, but not in a hard sigmoid
 * that is written out: as an operator of its own that is no gate either.
 */
function isGate(g: Builder, node: Node): boolean {
  if (node.op !== 'Clip') return traitsOf(node.op)?.gate === true;
  const low = node.inputs[1] ?? '';
  return low !== '' && constant(g, low)?.data[0] === 0 && !isHardSigmoid(g, node);
}

const constant = (g: Builder, name: Name): Tensor | undefined => g.info(name).value ?? g.constantOf(name);

/** Whether a Clip from 0 to c is given something plus c/2: a hard sigmoid times c. */
function isHardSigmoid(g: Builder, { inputs: [x = '', , high = ''] }: Node): boolean {
  const added = g.nodes.find(({ op, outputs }) => op === 'Add' && outputs[0] === x);
  const shift = added?.inputs.map((name) => constant(g, name)).find((value) => value?.data.length === 1);
  const most = high === '' ? undefined : constant(g, high);
  return shift !== undefined && most !== undefined && 2 * Number(shift.data[0]) === Number(most.data[0]);
}

/** How many gates a network has. Gradients hold ReLUs of their own, so this must be asked before they are appended. */
export function countGates(g: Builder): number {
  return g.nodes.filter((node) => isGate(g, node)).length;
}

/** Where a gate lets its input through: y > 0, and below the cut for a Clip such as ReLU6. */
function open(g: Builder, node: Node): Name {
  const y = output(node);
  const above = g.compare('Greater', y, g.scalar(0));
  const high = node.op === 'Clip' ? (node.inputs[2] ?? '') : '';
  return high === '' ? above : g.op('And', [above, g.compare('Less', y, high)]);
}

/** Replaces the rule of gates; a Clip that is none keeps its own. */
const onGates = (rule: Rule, ops: Iterable<string> = operatorsWith(({ gate }) => gate === true)): Rules =>
  Object.fromEntries(
    Array.from(ops, (op): [string, Rule] => [
      op,
      (g, node, dy, demand) => {
        const plain = rules[op];
        return isGate(g, node) || plain === undefined || plain === FLAT
          ? rule(g, node, dy, demand)
          : plain(g, node, dy, demand);
      },
    ]),
  );

/** Guided backpropagation: only positive gradients, only through open gates (Springenberg et al. 2015). */
export const guided: Rules = onGates((g, node, dy) => [g.mask(g.relu(dy), open(g, node))]);

/** Deconvnet: only positive gradients, whatever the forward pass did (Zeiler & Fergus 2014). */
export const deconvnet: Rules = onGates((g, _node, dy) => [g.relu(dy)]);

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
  const size = g.unary('Abs', plain);
  const passed = axes.length === 0 ? size : g.reduce('ReduceSum', size, axes, true);
  const blocked = g.compare('Equal', passed, g.scalar(0));
  let redirected = g.where(g.compare('LessOrEqual', x, g.scalar(0)), g.relu(dy), dy);
  const high = node.op === 'Clip' ? (node.inputs[2] ?? '') : '';
  if (high !== '')
    redirected = g.where(g.compare('GreaterOrEqual', x, high), g.neg(g.relu(g.neg(dy))), redirected);
  return [g.where(blocked, redirected, plain)];
};

export const redirectedRelu: Rules = onGates(redirect, ['Relu', 'Clip']);

/** Max-pooling differentiated as if it averaged: smoother pictures (lucid's smoothed_maxpool_grad). */
export const smoothedMaxPool: Rules = { MaxPool: maxPoolAsAverage };
