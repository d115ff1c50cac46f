/** Layers that compute every value from the values at the same place. */
import type { Attribute, Name } from '../../../graph/graph.ts';
import { float32 } from '../../../graph/tensor.ts';
import type { LayerScope, Translation } from '../layer-scope.ts';

/** A layer that is one operator of one input. */
const single =
  (op: string, attributes?: (at: LayerScope) => Record<string, Attribute>): Translation =>
  (at) =>
    at.top(op, [at.onlyBottom], attributes?.(at));

const relu: Translation = (at) => {
  const { negativeSlope = 0 } = at.layer.reluParam ?? {};
  if (negativeSlope === 0) at.top('Relu', [at.onlyBottom]);
  else at.top('LeakyRelu', [at.onlyBottom], { alpha: negativeSlope });
};

/** A slope for every channel, or one for all of them. */
const parametricRelu: Translation = (at) => {
  const x = at.onlyBottom;
  const { data } = at.weights(0, [-1]);
  const trailing = new Array<number>(Math.max(0, at.rank(x) - 2)).fill(1);
  at.top('PRelu', [x, at.constant('slope', float32(data, [data.length, ...trailing]))]);
};

/** x · factor + shift in as few nodes as it takes. */
function affine(at: LayerScope, x: Name, factor: number, shift: number): Name {
  const scaled = factor === 1 ? x : at.step('scaled', 'Mul', [x, at.scalar('factor', factor)]);
  return shift === 0 ? scaled : at.step('shifted', 'Add', [scaled, at.scalar('shift', shift)]);
}

/** (shift + scale · x)^power */
const power: Translation = (at) => {
  const { power: exponent = 1, scale = 1, shift = 0 } = at.layer.powerParam ?? {};
  const x = at.onlyBottom;
  if (exponent === 2) {
    const base = affine(at, x, scale, shift);
    at.top('Mul', [base, base]);
  } else if (exponent !== 1) at.top('Pow', [affine(at, x, scale, shift), at.scalar('exponent', exponent)]);
  else if (shift === 0) at.top('Mul', [x, at.scalar('factor', scale)]);
  else at.top('Add', [affine(at, x, scale, 0), at.scalar('shift', shift)]);
};

/** The natural logarithm of a base, of which -1 stands for e. */
function lnOfBase(at: LayerScope, base: number): number {
  if (base === -1) return 1;
  return base > 0 ? Math.log(base) : at.unreadable(`has the base ${base}, which must be above 0`);
}

/** base^(shift + scale · x) */
const exponential: Translation = (at) => {
  const { base = -1, scale = 1, shift = 0 } = at.layer.expParam ?? {};
  const ln = lnOfBase(at, base);
  at.top('Exp', [affine(at, at.onlyBottom, scale * ln, shift * ln)]);
};

/** log_base(shift + scale · x) */
const logarithm: Translation = (at) => {
  const { base = -1, scale = 1, shift = 0 } = at.layer.logParam ?? {};
  const ln = lnOfBase(at, base);
  const inner = affine(at, at.onlyBottom, scale, shift);
  if (ln === 1) at.top('Log', [inner]);
  else at.top('Mul', [at.step('ln', 'Log', [inner]), at.scalar('per-ln', 1 / ln)]);
};

const OPERATIONS: Readonly<Record<string, string>> = { PROD: 'Mul', SUM: 'Add', MAX: 'Max' };

/** The product, the maximum or the weighted sum of all bottoms. */
const elementwise: Translation = (at) => {
  const { operation = 'SUM', coeff = [] } = at.layer.eltwiseParam ?? {};
  const op = OPERATIONS[operation] ?? at.unreadable(`has the unknown operation ${operation}`);
  const count = at.bottoms.length;
  if (count < 2) at.unreadable(`combines ${count} bottoms, where at least 2 are needed`);
  if (coeff.length > 0 && (coeff.length !== count || operation !== 'SUM'))
    at.unreadable(`has ${coeff.length} coefficients for the ${operation} of ${count} bottoms`);
  const parts = at.bottoms.map((x, i) => {
    const factor = coeff[i] ?? 1;
    return factor === 1 ? x : at.step(`part-${i + 1}`, 'Mul', [x, at.scalar(`coeff-${i + 1}`, factor)]);
  });
  const last = parts.pop() ?? '';
  const rest = parts.reduce((left, right, i) => at.step(`sum-${i}`, op, [left, right]));
  at.top(op, [rest, last]);
};

export const functions: Readonly<Record<string, Translation>> = {
  AbsVal: single('Abs'),
  BNLL: single('Softplus'),
  ELU: single('Elu', (at) => ({ alpha: at.layer.eluParam?.alpha ?? 1 })),
  Eltwise: elementwise,
  Exp: exponential,
  Log: logarithm,
  PReLU: parametricRelu,
  Power: power,
  ReLU: relu,
  Sigmoid: single('Sigmoid'),
  Softmax: single('Softmax', (at) => ({ axis: at.axis(at.layer.softmaxParam?.axis ?? 1) })),
  TanH: single('Tanh'),
};
