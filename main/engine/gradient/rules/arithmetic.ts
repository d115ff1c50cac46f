/** Functions of two tensors with numpy broadcasting; gradients keep the broadcast shape, and the walker sums them down. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { isBeyondZero } from '../rectified.ts';
import type { Rule, Rules } from '../rule.ts';
import { FLAT, input, output } from '../rule.ts';

const pair = (node: Node): [Name, Name] => [input(node, 0), input(node, 1)];

/** The winner of two (`normalise` leaves no more) takes the gradient; at a tie the first input does, so that it is counted once. */
const extremum =
  (compare: 'GreaterOrEqual' | 'LessOrEqual'): Rule =>
  (g, node, dy) => {
    if (node.inputs.length === 1) return [dy];
    const [a, b] = pair(node);
    const first = g.compare(compare, a, b);
    return [g.mask(dy, first), g.where(first, g.scalar(0), dy)];
  };

/** y = aᵇ: da = dy·b·aᵇ⁻¹; db = dy·y·ln a, only on demand, because it needs a > 0. */
const pow: Rule = (g, node, dy, demand) => {
  const [a, b] = pair(node);
  const exponent = g.info(b);
  const asFloat = (name: Name): Name =>
    exponent.type === 'float32' ? name : g.op('Cast', [name], { to: 1 });
  const known =
    exponent.value !== undefined && exponent.value.data.length === 1
      ? Number(exponent.value.data[0])
      : undefined;
  const slope = (): Name => g.mul(dy, powerDerivative(g, a, asFloat(b)));
  const zero = g.scalar(0);
  const byPower = (): Name => g.mul(dy, g.scale(output(node), known ?? 1));
  let da: Name;
  // The factor stands beside dy, because behind a convolution it can be folded into the filter.
  if (known === 2) da = g.mul(g.scale(dy, 2), a);
  // A negative power is never 0, so y/a saves a second power.
  else if (known !== undefined && known < 0 && isBeyondZero(g, a)) da = g.div(byPower(), a);
  // Roots of negative numbers are none, and at 0 any power below 1 has the slope 0 here: see Sqrt.
  else if (known !== undefined && !Number.isInteger(known))
    da = g.mask(slope(), g.compare('Greater', a, zero));
  else if (known !== undefined && known < 0) da = g.quotient(byPower(), a);
  else if (known !== undefined && known >= 1) da = slope();
  else {
    const exponents = asFloat(b);
    const broken = g.op('Not', [g.compare('Equal', exponents, g.unary('Floor', exponents))]);
    const atEnd = g.op('Or', [
      g.op('And', [g.compare('Equal', a, zero), g.compare('Less', exponents, g.scalar(1))]),
      g.op('And', [g.compare('Less', a, zero), broken]),
    ]);
    da = g.where(atEnd, zero, slope());
  }
  if (!demand.wants(1)) return [da, null];
  const byExponent = g.mul(dy, g.mul(output(node), g.unary('Log', a)));
  return [da, g.mask(byExponent, g.compare('Greater', a, zero))];
};

const powerDerivative = (g: Builder, a: Name, b: Name): Name =>
  g.mul(b, g.op('Pow', [a, g.sub(b, g.scalar(1))]));

export const arithmetic: Rules = {
  Add: (_g, _node, dy) => [dy, dy],
  Sub: (g, _node, dy) => [dy, g.neg(dy)],
  Mul: (g, node, dy, demand) => {
    const [a, b] = pair(node);
    return [demand.wants(0) ? g.mul(dy, b) : null, demand.wants(1) ? g.mul(dy, a) : null];
  },
  Div: (g, node, dy, demand) => {
    const [, b] = pair(node);
    const da = g.quotient(dy, b);
    // y = a/b once more, without what it is where b is 0.
    return [da, demand.wants(1) ? g.neg(g.quotient(g.mul(dy, output(node)), b)) : null];
  },
  Pow: pow,
  Max: extremum('GreaterOrEqual'),
  Min: extremum('LessOrEqual'),
  Where: (g, node, dy) => {
    const condition = input(node, 0);
    return [null, g.mask(dy, condition), g.where(condition, g.scalar(0), dy)];
  },
  // a − b·⌊a/b⌋ or a − b·trunc(a/b): steps aside, it follows a.
  Mod: (_g, _node, dy) => [dy],
  Equal: FLAT,
  Greater: FLAT,
  GreaterOrEqual: FLAT,
  Less: FLAT,
  LessOrEqual: FLAT,
  And: FLAT,
  Or: FLAT,
  Xor: FLAT,
  Not: FLAT,
  IsNaN: FLAT,
};
