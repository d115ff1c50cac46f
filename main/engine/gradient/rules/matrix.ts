/** Matrix products and sums of products in index notation. */
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { float, int, text } from '../../graph/graph.ts';
import { input, refuse, type Rule, type Rules } from '../rule.ts';

const swapLast = (g: Builder, x: Name): Name => {
  const rank = g.dims(x).length;
  return g.transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
};

/** da = dy·bᵀ, db = aᵀ·dy, where a vector counts as a matrix of one row (left) or one column (right). */
const matMul: Rule = (g, node, dy, demand) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const [rankA, rankB] = [g.dims(a).length, g.dims(b).length];
  const left = rankA === 1 ? g.reshape(a, [1, ...g.dims(a)]) : a;
  const right = rankB === 1 ? g.reshape(b, [...g.dims(b), 1]) : b;
  const lead = g.dims(dy).slice(0, g.dims(dy).length - (rankA === 1 ? 0 : 1) - (rankB === 1 ? 0 : 1));
  const seed = g.reshape(dy, [...lead, g.dim(left, -2), g.dim(right, -1)]);
  const da = demand.wants(0) ? g.op('MatMul', [seed, swapLast(g, right)]) : null;
  const db = demand.wants(1) ? g.op('MatMul', [swapLast(g, left), seed]) : null;
  return [
    da !== null && rankA === 1 ? g.reshape(sumLeading(g, da), g.dims(a)) : da,
    db !== null && rankB === 1 ? g.reshape(sumLeading(g, db), g.dims(b)) : db,
  ];
};

/** Sums all but the last two axes. */
const sumLeading = (g: Builder, x: Name): Name => {
  const axes = Array.from({ length: g.dims(x).length - 2 }, (_, i) => i);
  return axes.length === 0 ? x : g.reduce('ReduceSum', x, axes, false);
};

/** y = α·A′B′ + β·C, where a prime is an optional transposition. */
const gemm: Rule = (g, node, dy, demand) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const [transA, transB] = [int(node, 'transA', 0), int(node, 'transB', 0)];
  const product = (x: Name, y: Name, tx: number, ty: number): Name =>
    g.op('Gemm', [x, y], { transA: tx, transB: ty, alpha: float(node, 'alpha', 1) });
  const da = (): Name => (transA === 0 ? product(dy, b, 0, 1 - transB) : product(b, dy, transB, 1));
  const db = (): Name => (transB === 0 ? product(a, dy, 1 - transA, 0) : product(dy, a, 1, transA));
  return [
    demand.wants(0) ? da() : null,
    demand.wants(1) ? db() : null,
    demand.wants(2) ? g.scale(dy, float(node, 'beta', 1)) : null,
  ];
};

/**
 * The gradient of one factor of a sum of products is the product of dy with the other factors, summed over what the factor
 * does not have. A letter that the factor alone has was summed out at once: dy is the same all along it.
 */
const einsum: Rule = (g, node, dy, demand) => {
  const equation = text(node, 'equation', '').replaceAll(' ', '');
  const [sources = '', implied] = equation.split('->');
  const terms = sources.split(',');
  const once = [...new Set(sources.replaceAll(',', '').split(''))].filter(
    (l) => sources.split(l).length === 2,
  );
  const target = implied ?? once.sort().join('');
  if (terms.some((term) => new Set(term).size < term.length))
    refuse(node, `takes a diagonal in its equation "${equation}", for which there is no gradient`);
  return terms.map((term, i) => {
    if (!demand.wants(i)) return null;
    const others = terms.flatMap((_, k) => (k === i ? [] : [k]));
    const known = [target, ...others.map((k) => terms[k] ?? '')];
    const present = term.split('').filter((letter) => known.some((letters) => letters.includes(letter)));
    const factors = [dy, ...others.map((k) => input(node, k))];
    const product = g.op('Einsum', factors, { equation: `${known.join()}->${present.join('')}` });
    const dims = g.dims(input(node, i));
    const sizes = term
      .split('')
      .map((letter) => (present.includes(letter) ? g.dim(product, present.indexOf(letter)) : 1));
    const full = term
      .split('')
      .map((letter, axis) => (present.includes(letter) ? (sizes[axis] ?? 1) : (dims[axis] ?? 1)));
    return g.expand(g.reshape(product, sizes), full);
  });
};

export const matrix: Rules = { MatMul: matMul, Gemm: gemm, Einsum: einsum };
