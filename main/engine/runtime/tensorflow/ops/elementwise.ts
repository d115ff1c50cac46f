/** Operators that treat every element alike: the layout passes through them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { float, int, text } from '../../../graph/graph.ts';
import type { Kernel, Operator, Operators, Place } from '../operator.ts';
import { alike, type TensorFlow } from '../value.ts';

type Unary = (tf: TensorFlow, x: Tensor) => Tensor;
type Binary = (tf: TensorFlow, a: Tensor, b: Tensor) => Tensor;

const unary =
  (compute: (at: Place) => (x: Tensor) => Tensor): Operator =>
  (at) => {
    const f = compute(at);
    return (read) => {
      const x = read(0);
      return { tensor: f(x.tensor), channelsLast: x.channelsLast };
    };
  };

const simple = (f: Unary): Operator =>
  unary(
    ({ tf }) =>
      (x) =>
        f(tf, x),
  );

/** All inputs at once, broadcast against each other. */
const joined = (at: Place, compute: (tensors: Tensor[]) => Tensor): Kernel => {
  const places = [...at.node.inputs.keys()];
  return (read) => {
    const { tensors, wrap } = alike(at.tf, places.map(read));
    return wrap(compute(tensors));
  };
};

/**
 * The same for comparisons and choices, which the library broadcasts an order of magnitude more slowly than sums: a constant
 * number is first written out over the whole shape.
 */
const joinedWhole = (at: Place, compute: (tensors: Tensor[]) => Tensor): Kernel => {
  const numbers = at.node.inputs.map((_, i) => {
    const constant = at.constant(i);
    return constant?.type === 'float32' && constant.data.length === 1 ? constant.data[0] : undefined;
  });
  const others = numbers.flatMap((number, i) => (number === undefined ? [i] : []));
  if (others.length === 0 || others.length === numbers.length) return joined(at, compute);
  if (others.some((i) => at.dims(i).join() !== at.outputDims().join())) return joined(at, compute);
  return (read) => {
    const { tensors, wrap } = alike(at.tf, others.map(read));
    const rest = tensors.values();
    const shape = tensors[0]?.shape ?? [];
    const all = numbers.flatMap((number) => {
      const tensor = number === undefined ? rest.next().value : at.tf.fill(shape, number);
      return tensor === undefined ? [] : [tensor];
    });
    return wrap(compute(all));
  };
};

/** An operator of two inputs, or of any number where it can be applied one after the other. */
const binary =
  (f: Binary): Operator =>
  (at) =>
    joined(at, (tensors) => tensors.reduce((a, b) => f(at.tf, a, b)));

const comparison =
  (f: Binary): Operator =>
  (at) =>
    joinedWhole(at, ([a, b]) =>
      a === undefined || b === undefined ? at.refuse('lacks an input') : f(at.tf, a, b),
    );

const mean: Operator = (at) =>
  joined(at, (tensors) =>
    at.tf.div(
      tensors.reduce((a, b) => at.tf.add(a, b)),
      tensors.length,
    ),
  );

const where: Operator = (at) =>
  joinedWhole(at, ([condition, yes, no]) => {
    if (condition === undefined || yes === undefined || no === undefined) return at.refuse('lacks an input');
    return at.tf.where(condition, yes, no);
  });

const clip: Operator = unary((at) => {
  const [low = -Infinity] = at.numbers(1) ?? [];
  const [high = Infinity] = at.numbers(2) ?? [];
  return (x) => at.tf.clipByValue(x, low, high);
});

const TYPES: Readonly<Record<number, 'float32' | 'int32' | 'bool'>> = {
  1: 'float32',
  6: 'int32',
  7: 'int32',
  9: 'bool',
};

const cast: Operator = unary((at) => {
  const to = TYPES[int(at.node, 'to', 1)] ?? at.refuse('casts to a type that it does not know');
  // Truth is what differs from zero, where a plain cast would cut fractions off.
  return (x) => (to === 'bool' ? at.tf.notEqual(x, at.tf.zerosLike(x)) : at.tf.cast(x, to));
});

/** 1 / (1 + e^(−x)) and the like, which need an attribute. */
const withSlope = (key: string, fallback: number, f: (tf: TensorFlow, x: Tensor, a: number) => Tensor) =>
  unary((at) => {
    const a = float(at.node, key, fallback);
    return (x) => f(at.tf, x, a);
  });

const hardSigmoid = (tf: TensorFlow, x: Tensor, alpha: number, beta: number): Tensor =>
  tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1);

const ROOT_HALF = Math.SQRT1_2;
/** √(2/π), of the usual approximation of Gelu. */
const ROOT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);

const gelu: Operator = unary(({ tf, node }) => {
  const bent =
    text(node, 'approximate', 'none') === 'tanh'
      ? (x: Tensor) => tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), ROOT_TWO_OVER_PI))
      : (x: Tensor) => tf.erf(tf.mul(x, ROOT_HALF));
  return (x) => tf.mul(tf.mul(x, 0.5), tf.add(bent(x), 1));
});

/** max(x, 0) + min(0, f(x)) where f is what a negative x gives. */
const belowZero = (tf: TensorFlow, x: Tensor, negative: Tensor): Tensor =>
  tf.where(tf.greater(x, 0), x, negative);

export const elementwise: Operators = {
  Identity: simple((_, x) => x),
  Dropout: simple((_, x) => x),
  Cast: cast,
  Clip: clip,
  Where: where,

  Abs: simple((tf, x) => tf.abs(x)),
  Neg: simple((tf, x) => tf.neg(x)),
  Sign: simple((tf, x) => tf.sign(x)),
  Sqrt: simple((tf, x) => tf.sqrt(x)),
  Reciprocal: simple((tf, x) => tf.reciprocal(x)),
  Exp: simple((tf, x) => tf.exp(x)),
  Log: simple((tf, x) => tf.log(x)),
  Sin: simple((tf, x) => tf.sin(x)),
  Cos: simple((tf, x) => tf.cos(x)),
  Tan: simple((tf, x) => tf.tan(x)),
  Sinh: simple((tf, x) => tf.sinh(x)),
  Cosh: simple((tf, x) => tf.cosh(x)),
  Tanh: simple((tf, x) => tf.tanh(x)),
  Erf: simple((tf, x) => tf.erf(x)),
  Floor: simple((tf, x) => tf.floor(x)),
  Ceil: simple((tf, x) => tf.ceil(x)),
  Round: simple((tf, x) => tf.round(x)),
  Not: simple((tf, x) => tf.logicalNot(x)),
  Relu: simple((tf, x) => tf.relu(x)),
  Sigmoid: simple((tf, x) => tf.sigmoid(x)),
  Softplus: simple((tf, x) => tf.softplus(x)),
  Softsign: simple((tf, x) => tf.div(x, tf.add(tf.abs(x), 1))),
  Mish: simple((tf, x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  HardSwish: simple((tf, x) => tf.mul(x, hardSigmoid(tf, x, 1 / 6, 0.5))),
  Gelu: gelu,
  Elu: withSlope('alpha', 1, (tf, x, a) => belowZero(tf, x, tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), a))),
  Celu: withSlope('alpha', 1, (tf, x, a) =>
    belowZero(tf, x, tf.mul(tf.sub(tf.exp(tf.div(tf.minimum(x, 0), a)), 1), a)),
  ),
  LeakyRelu: withSlope('alpha', 0.01, (tf, x, a) => belowZero(tf, x, tf.mul(x, a))),
  ThresholdedRelu: withSlope('alpha', 1, (tf, x, a) => tf.where(tf.greater(x, a), x, tf.zerosLike(x))),
  Selu: unary(({ tf, node }) => {
    const [alpha, gamma] = [float(node, 'alpha', 1.6732632), float(node, 'gamma', 1.050701)];
    return (x) => tf.mul(belowZero(tf, x, tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha)), gamma);
  }),
  HardSigmoid: unary(({ tf, node }) => {
    const [alpha, beta] = [float(node, 'alpha', 0.2), float(node, 'beta', 0.5)];
    return (x) => hardSigmoid(tf, x, alpha, beta);
  }),

  Add: binary((tf, a, b) => tf.add(a, b)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Div: binary((tf, a, b) => tf.div(a, b)),
  Pow: binary((tf, a, b) => tf.pow(a, b)),
  Max: binary((tf, a, b) => tf.maximum(a, b)),
  Min: binary((tf, a, b) => tf.minimum(a, b)),
  Sum: binary((tf, a, b) => tf.add(a, b)),
  Mean: mean,
  PRelu: binary((tf, x, slope) => belowZero(tf, x, tf.mul(x, slope))),
  And: binary((tf, a, b) => tf.logicalAnd(a, b)),
  Or: binary((tf, a, b) => tf.logicalOr(a, b)),
  Xor: binary((tf, a, b) => tf.logicalXor(a, b)),
  Equal: comparison((tf, a, b) => tf.equal(a, b)),
  Greater: comparison((tf, a, b) => tf.greater(a, b)),
  GreaterOrEqual: comparison((tf, a, b) => tf.greaterEqual(a, b)),
  Less: comparison((tf, a, b) => tf.less(a, b)),
  LessOrEqual: comparison((tf, a, b) => tf.lessEqual(a, b)),
};
