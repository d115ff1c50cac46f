/** Reductions: the gradient is spread back over the axes that were summed or searched. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int } from '../../graph/graph.ts';
import { numbers } from '../../graph/tensor.ts';
import type { Rule, Rules } from '../rule.ts';
import { FLAT, input, output } from '../rule.ts';

/** The reduced axes, all of them when none are named. */
function reducedAxes(g: Builder, node: Node): number[] {
  const rank = g.dims(input(node, 0)).length;
  const name = node.inputs[1] ?? '';
  if (name === '')
    return int(node, 'noop_with_empty_axes', 0) === 1 ? [] : Array.from({ length: rank }, (_, i) => i);
  const value = g.info(name).value;
  if (value === undefined) throw new Error(`${node.op} "${node.name}" reduces computed axes.`);
  const axes = numbers(value).map((a) => (a < 0 ? a + rank : a));
  if (axes.length === 0 && int(node, 'noop_with_empty_axes', 0) === 0)
    return Array.from({ length: rank }, (_, i) => i);
  return axes;
}

/** A reduced tensor with the reduced axes kept as 1, so that it broadcasts against the input. */
function keepAxes(g: Builder, node: Node, reduced: Name): Name {
  const axes = new Set(reducedAxes(g, node));
  return g.reshape(
    reduced,
    g.dims(input(node, 0)).map((d, i) => (axes.has(i) ? 1 : d)),
  );
}

const spread = (g: Builder, node: Node, dy: Name): Name =>
  g.expand(keepAxes(g, node, dy), g.dims(input(node, 0)));

const mean: Rule = (g, node, dy) => {
  const dims = g.dims(input(node, 0));
  const count = reducedAxes(g, node).reduce((product, axis) => product * (dims[axis] ?? 1), 1);
  return [spread(g, node, g.scale(dy, 1 / count)), null];
};

/** The logarithm of nothing is −∞, and has no gradient. */
const finite = (g: Builder, logarithm: Name, gradient: Name): Name =>
  g.mask(gradient, g.compare('Greater', logarithm, g.scalar(-3.4e38)));

/** The product of the others: y/x, but where one factor is 0 only that one has a gradient, and where two are, none has. */
const product: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const [zero, one] = [g.scalar(0), g.scalar(1)];
  const isZero = g.compare('Equal', x, zero);
  const others = g.where(isZero, one, x);
  const axes = reducedAxes(g, node);
  const ofOthers = g.reduce('ReduceProd', others, axes, true);
  const zeros = g.reduce('ReduceSum', g.asFloat(isZero), axes, true);
  const alone = g.mask(ofOthers, g.compare('Equal', zeros, one));
  const usual = g.mask(g.div(ofOthers, others), g.compare('Equal', zeros, zero));
  return [g.mul(g.where(isZero, alone, usual), keepAxes(g, node, dy)), null];
};

/** Equal winners share the gradient, as autograd and TensorFlow do. */
const extremum: Rule = (g, node, dy) => {
  if (reducedAxes(g, node).length === 0) return [dy];
  const winner = g.asFloat(g.compare('Equal', input(node, 0), keepAxes(g, node, output(node))));
  const ties = g.reduce('ReduceSum', winner, reducedAxes(g, node), true);
  return [g.mul(winner, g.div(keepAxes(g, node, dy), ties)), null];
};

export const reduction: Rules = {
  ReduceSum: (g, node, dy) => [spread(g, node, dy), null],
  ReduceMean: mean,
  ReduceMax: extremum,
  ReduceMin: extremum,
  ReduceSumSquare: (g, node, dy) => [g.mul(g.scale(input(node, 0), 2), keepAxes(g, node, dy)), null],
  // d|x|₂ = x/|x|₂, and zero at the origin, as autograd has it.
  ReduceL2: (g, node, dy) => {
    const perNorm = g.quotient(dy, output(node));
    return [g.mul(input(node, 0), keepAxes(g, node, perNorm)), null];
  },
  ReduceL1: (g, node, dy) => [g.mul(g.unary('Sign', input(node, 0)), keepAxes(g, node, dy)), null],
  // d log Σx = 1/Σx = e^−y
  ReduceLogSum: (g, node, dy) => {
    const y = output(node);
    return [spread(g, node, finite(g, y, g.mul(dy, g.unary('Exp', g.neg(y))))), null];
  },
  // d log Σeˣ = e^(x−y)
  ReduceLogSumExp: (g, node, dy) => {
    const y = keepAxes(g, node, output(node));
    const weight = g.unary('Exp', g.sub(input(node, 0), y));
    return [finite(g, y, g.mul(weight, keepAxes(g, node, dy))), null];
  },
  ReduceProd: product,
  // Each sum takes from all before it, so each gradient gives to all after it.
  CumSum: (g, node, dy) => [
    g.op('CumSum', [dy, input(node, 1)], {
      exclusive: int(node, 'exclusive', 0),
      reverse: 1 - int(node, 'reverse', 0),
    }),
  ],
  TopK: (g, node, dy) => {
    const zeros = g.expand(g.scalar(0), g.dims(input(node, 0)));
    return [g.op('ScatterElements', [zeros, g.requestOutput(node, 1), dy], { axis: int(node, 'axis', -1) })];
  },
  ArgMax: FLAT,
  ArgMin: FLAT,
};
