/** Functions of one tensor, element by element: dx = dy·f′(x), written with y = f(x) where that is cheaper. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { float, text } from '../../graph/graph.ts';
import type { Rule, Rules } from '../rule.ts';
import { FLAT, input, output } from '../rule.ts';

/** A rule from the derivative f′, given x and y. */
const derivative =
  (derivativeAt: (g: Builder, x: Name, y: Name, node: Node) => Name): Rule =>
  (g, node, dy) => [g.mul(dy, derivativeAt(g, input(node, 0), output(node), node))];

const positive = (g: Builder, x: Name): Name => g.compare('Greater', x, g.scalar(0));

/** 1 − x, used by everything logistic. */
const complement = (g: Builder, x: Name): Name => g.sub(g.scalar(1), x);

const SELU_ALPHA = 1.67326319217681884765625;
const SELU_GAMMA = 1.05070102214813232421875;

/** f(x) = scale·x for x > 0, and scale·α·(eˣ − 1) below, where f′ = y + scale·α. */
const exponentialUnit = (g: Builder, node: Node, dy: Name, alpha: number, scale: number): Name[] => {
  const below = g.add(output(node), g.scalar(scale * alpha));
  return [g.mul(dy, g.where(positive(g, input(node, 0)), g.scalar(scale), below))];
};

/** Gradient of x·Φ(x), exact or in the tanh approximation of Hendrycks & Gimpel 2016. */
const gelu: Rule = (g, node, dy) => {
  const x = input(node, 0);
  if (text(node, 'approximate', 'none') === 'tanh') {
    const k = Math.sqrt(2 / Math.PI);
    const c = 0.044715;
    const square = g.square(x);
    const t = g.unary('Tanh', g.scale(g.mul(x, g.add(g.scalar(1), g.scale(square, c))), k));
    const inner = g.scale(g.add(g.scalar(1), g.scale(square, 3 * c)), k);
    const sech2 = complement(g, g.square(t));
    const dydx = g.add(g.scale(g.add(g.scalar(1), t), 0.5), g.scale(g.mul(g.mul(x, sech2), inner), 0.5));
    return [g.mul(dy, dydx)];
  }
  const cdf = g.scale(g.add(g.scalar(1), g.unary('Erf', g.scale(x, Math.SQRT1_2))), 0.5);
  const pdf = g.scale(g.unary('Exp', g.scale(g.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [g.mul(dy, g.add(cdf, g.mul(x, pdf)))];
};

/** 1/√r, the derivative of the inverse trigonometric and hyperbolic functions; 0 at their ends, where it is infinite. */
const overRoot = (g: Builder, radicand: Name): Name =>
  g.mask(g.unary('Reciprocal', g.unary('Sqrt', radicand)), positive(g, radicand));

/** The largest numbers that there are in place of infinite ones, which nothing makes 0 again. */
const bounded = (g: Builder, y: Name): Name => g.op('Clip', [y, g.scalar(-LARGEST), g.scalar(LARGEST)]);

const LARGEST = 3.4e38;

/** α·x + β cut to [0, 1]: the gradient passes strictly between the ends. */
const hardSigmoidDerivative = (g: Builder, y: Name, alpha: number): Name => {
  const inside = g.op('And', [positive(g, y), g.compare('Less', y, g.scalar(1))]);
  return g.mask(g.scalar(alpha), inside);
};

/** Passes the gradient where the value was not cut; a bound that is missing cuts nothing. */
const clip: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const [, low = '', high = ''] = node.inputs;
  let dx = dy;
  if (low !== '') dx = g.mask(dx, g.compare('Greater', x, low));
  if (high !== '') dx = g.mask(dx, g.compare('Less', x, high));
  return [dx, null, null];
};

const mish = derivative((g, x) => {
  const t = g.unary('Tanh', g.unary('Softplus', x));
  const dt = g.mul(g.unary('Sigmoid', x), complement(g, g.square(t)));
  return g.add(t, g.mul(x, dt));
});

export const elementwise: Rules = {
  Relu: (g, node, dy) => [g.mask(dy, positive(g, output(node)))],
  LeakyRelu: (g, node, dy) => {
    const slope = g.scalar(float(node, 'alpha', 0.01));
    return [g.where(positive(g, input(node, 0)), dy, g.mul(dy, slope))];
  },
  PRelu: (g, node, dy) => {
    const [x, slope] = [input(node, 0), input(node, 1)];
    const condition = positive(g, x);
    return [g.where(condition, dy, g.mul(dy, slope)), g.where(condition, g.scalar(0), g.mul(dy, x))];
  },
  ThresholdedRelu: (g, node, dy) => [
    g.mask(dy, g.compare('Greater', input(node, 0), g.scalar(float(node, 'alpha', 1)))),
  ],
  // Zero between −λ and λ, of slope 1 outside.
  Shrink: (g, node, dy) => [
    g.mask(dy, g.compare('Greater', g.unary('Abs', input(node, 0)), g.scalar(float(node, 'lambd', 0.5)))),
  ],
  Clip: clip,
  Sigmoid: derivative((g, _x, y) => g.mul(y, complement(g, y))),
  HardSigmoid: derivative((g, _x, y, node) => hardSigmoidDerivative(g, y, float(node, 'alpha', 0.2))),
  // x·h(x) with h = HardSigmoid(α = 1/6, β = 1/2).
  HardSwish: derivative((g, x) => {
    const h = g.op('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 });
    return g.add(h, g.mul(x, hardSigmoidDerivative(g, h, 1 / 6)));
  }),
  Tanh: derivative((g, _x, y) => complement(g, g.square(y))),
  Elu: (g, node, dy) => exponentialUnit(g, node, dy, float(node, 'alpha', 1), 1),
  Selu: (g, node, dy) =>
    exponentialUnit(g, node, dy, float(node, 'alpha', SELU_ALPHA), float(node, 'gamma', SELU_GAMMA)),
  // α(e^(x/α) − 1) below zero, so f′ = y/α + 1 there.
  Celu: derivative((g, x, y, node) =>
    g.where(positive(g, x), g.scalar(1), g.add(g.scale(y, 1 / float(node, 'alpha', 1)), g.scalar(1))),
  ),
  Gelu: gelu,
  Mish: mish,
  Softplus: derivative((g, x) => g.unary('Sigmoid', x)),
  // y = x/(1+|x|), so f′ = (1−|y|)².
  Softsign: derivative((g, _x, y) => g.square(complement(g, g.unary('Abs', y)))),
  Erf: derivative((g, x) => g.scale(g.unary('Exp', g.neg(g.square(x))), 2 / Math.sqrt(Math.PI))),
  // At 0 the slope is infinite on one side and there is none on the other: 0, so that a norm has none at its origin.
  Sqrt: (g, node, dy) => {
    const y = output(node);
    return [g.mask(g.div(g.scale(dy, 0.5), y), positive(g, y))];
  },
  Exp: derivative((g, _x, y) => bounded(g, y)),
  Log: (g, node, dy) => [g.quotient(dy, input(node, 0))],
  Abs: (g, node, dy) => {
    const x = input(node, 0);
    const negative = g.compare('Less', x, g.scalar(0));
    return [g.where(positive(g, x), dy, g.where(negative, g.neg(dy), g.scalar(0)))];
  },
  Neg: (g, _node, dy) => [g.neg(dy)],
  Reciprocal: (g, node, dy) => {
    const x = input(node, 0);
    return [g.neg(g.quotient(g.mul(dy, output(node)), x))];
  },
  Atan: derivative((g, x) => g.unary('Reciprocal', g.add(g.square(x), g.scalar(1)))),
  Asin: derivative((g, x) => overRoot(g, complement(g, g.square(x)))),
  Acos: derivative((g, x) => g.neg(overRoot(g, complement(g, g.square(x))))),
  Tan: derivative((g, _x, y) => g.add(g.square(y), g.scalar(1))),
  Atanh: (g, node, dy) => [g.quotient(dy, complement(g, g.square(input(node, 0))))],
  Asinh: derivative((g, x) => overRoot(g, g.add(g.square(x), g.scalar(1)))),
  Acosh: derivative((g, x) => overRoot(g, g.sub(g.square(x), g.scalar(1)))),
  Sinh: derivative((g, x) => bounded(g, g.unary('Cosh', x))),
  Cosh: derivative((g, x) => bounded(g, g.unary('Sinh', x))),
  Sin: derivative((g, x) => g.unary('Cos', x)),
  Cos: derivative((g, x) => g.neg(g.unary('Sin', x))),
  Identity: (_g, _node, dy) => [dy],
  Dropout: (_g, _node, dy) => [dy, null, null],
  // Only casts between floats reach here: other element types carry no gradient.
  Cast: (_g, _node, dy) => [dy],
  CastLike: (_g, _node, dy) => [dy],
  Floor: FLAT,
  Ceil: FLAT,
  Round: FLAT,
  Sign: FLAT,
  IsInf: FLAT,
};
