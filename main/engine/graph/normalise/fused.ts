/** Activations of operator sets from 24 on, and operators that ONNX Runtime's optimiser joins with their activation or bias. */
import { float, int, ints, text, type Attribute, type Name, type Node } from '../graph.ts';
import { Composer } from './composer.ts';
import { change, without, type Rewrite } from './rewrite.ts';

/** x·σ(αx). */
const swish =
  (alpha: number): Rewrite =>
  (node, at) => {
    const c = new Composer(node, at);
    const x = c.input(0);
    return c.last('Mul', [x, gate(c, x, float(node, 'alpha', alpha))]);
  };

const gate = (c: Composer, x: Name, alpha: number): Name =>
  c.op('Sigmoid', [c.scale(x, alpha, 'scaled')], 'gate');

/** swish(a)·b. */
const swiGlu: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const [a, b] = [c.input(0), c.input(1)];
  const activated = c.op('Mul', [a, gate(c, a, float(node, 'alpha', 1))], 'activated');
  return c.last('Mul', [activated, b]);
};

/** A Gelu after a bias, if there is one. */
const gelu =
  (attributes: Node['attributes']): Rewrite =>
  (node, at) => {
    const c = new Composer(node, at);
    return c.last('Gelu', [c.sum([c.input(0), c.optional(1)], 'biased')], attributes);
  };

/** α·A′B′. A batch that is transposed lies between the rows and the columns of its matrices. */
const matMul: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const operand = (i: number, side: string): Name => {
    const x = c.input(i);
    const [batch, matrix] = ['transBatch', 'trans'].map((key) => int(node, `${key}${side}`, 0) !== 0);
    if (!batch && !matrix) return x;
    const rank = c.dims(x).length;
    if (rank < 2) return x;
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    const perm = batch ? [...axes.slice(1, -1), 0, rank - 1] : axes;
    return c.transpose(x, matrix ? [...perm.slice(0, -2), ...perm.slice(-2).reverse()] : perm, side);
  };
  const [a, b, alpha] = [operand(0, 'A'), operand(1, 'B'), float(node, 'alpha', 1)];
  if (alpha === 1) return c.last('MatMul', [a, b]);
  return c.last('Mul', [c.op('MatMul', [a, b], 'product'), c.number(alpha, 'alpha')]);
};

/** What an activation within an operator is called with. */
type Parameters = readonly (number | undefined)[];

const NAMED: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Tanh: [],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  LeakyRelu: ['alpha'],
  ThresholdedRelu: ['alpha'],
  Elu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
};

function activated(c: Composer, x: Name, parameters: Parameters): readonly Node[] {
  const op = text(c.node, 'activation', '');
  if (op === 'Clip') {
    const bounds = parameters.slice(0, 2).map((value, i) => c.number(value ?? 0, i === 0 ? 'low' : 'high'));
    return c.last('Clip', [x, ...bounds]);
  }
  const names = NAMED[op];
  if (names === undefined)
    c.refuse(`has the activation "${op}"; export the network with standard operators only`);
  const given = names.flatMap((name, i): [string, Attribute][] => {
    const value = parameters[i];
    return value === undefined ? [] : [[name, value]];
  });
  return c.last(op, [x], Object.fromEntries(given));
}

/** Conv, what is added to it, and an activation. */
const conv: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const attributes = without(node, 'activation', 'activation_params');
  const [x, w, bias, other] = [c.input(0), c.input(1), c.optional(2), c.optional(3)];
  const made = c.op('Conv', bias === '' ? [x, w] : [x, w, bias], 'conv', attributes);
  const sum = c.sum([made, other], 'sum');
  return text(node, 'activation', '') === ''
    ? c.done(sum)
    : activated(c, sum, ints(node, 'activation_params', []));
};

const gemm: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const keys = ['activation_alpha', 'activation_beta', 'activation_gamma'];
  const attributes = without(node, 'activation', ...keys);
  if (text(node, 'activation', '') === '') return change(node, { op: 'Gemm', attributes });
  const made = c.op('Gemm', node.inputs, 'gemm', attributes);
  const parameters = keys.map((key) => node.attributes[key]);
  return activated(
    c,
    made,
    parameters.map((value) => (typeof value === 'number' ? value : undefined)),
  );
};

export const fusedRewrites: Readonly<Record<string, Rewrite>> = {
  Swish: swish(1),
  SwiGLU: swiGlu,
  'com.microsoft.QuickGelu': swish(1.702),
  'com.microsoft.Gelu': gelu({}),
  'com.microsoft.BiasGelu': gelu({}),
  'com.microsoft.FastGelu': gelu({ approximate: 'tanh' }),
  'com.microsoft.FusedMatMul': matMul,
  'com.microsoft.TransposeMatMul': matMul,
  'com.microsoft.FusedConv': conv,
  'com.microsoft.FusedGemm': gemm,
};
