/**
 * Where a slope is infinite or there is none, at the edge of what a function takes: the gradient is the one of the smooth
 * neighbours, or 0, and never NaN, which would blacken a whole picture.
 */
import { describe, expect, it } from 'vitest';
import { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import { cpu, gradientsOn, valuesOf } from '../../testing/gradient-check.ts';
import { operatorCases } from '../../testing/operator-cases.ts';
import { gradients } from '../backward.ts';
import { rules } from '../rules.ts';
import { seededRandom } from '../testing/random.ts';

type Function = (g: Builder, x: Name) => Name;

async function slopes(build: Function, at: readonly number[], dims?: readonly number[]): Promise<number[]> {
  const g = new Builder();
  const feed = float32(at, dims);
  const x = g.input('x', feed.dims);
  const [dx] = gradients(g, g.total(build(g, x)), [x], rules);
  const [values = []] = await valuesOf(g, [dx ?? ''], { x: feed });
  // Negative zeros are zeros.
  return Array.from(values, (value) => value + 0);
}

const pow =
  (exponent: number): Function =>
  (g, x) =>
    g.op('Pow', [x, g.scalar(exponent)]);
const unary =
  (op: string): Function =>
  (g, x) =>
    g.unary(op, x);

describe('a function at its end has the slope 0', () => {
  it.each<[string, Function, number]>([
    ['a root at 0', unary('Sqrt'), 0],
    ['a power below 1 at 0', pow(0.3), 0],
    ['an inverse hyperbolic cosine at 1', unary('Acosh'), 1],
    ['an inverse sine at 1', unary('Asin'), 1],
    ['an inverse cosine at −1', unary('Acos'), -1],
    ['the power 0 at 0', pow(0), 0],
  ])('%s', async (_, build, at) => expect(await slopes(build, [at, at])).toEqual([0, 0]));
});

describe('every rule gives numbers at the edges of what it takes', () => {
  /** Two cases of each operator: those of one have different shapes, attributes or differentiated inputs. */
  const counts = new Map<string, number>();
  const chosen = operatorCases.filter(({ op }) => {
    const before = counts.get(op) ?? 0;
    counts.set(op, before + 1);
    return before < 2;
  });
  const edges: readonly (readonly [string, (v: number, i: number) => number])[] = [
    ['zeros', () => 0],
    ['some zeros', (v, i) => (i % 2 === 0 ? 0 : v)],
    ['ones', () => 1],
    ['negative ones', () => -1],
  ];

  it.each(chosen)('$title', async ({ test }) => {
    const random = seededRandom(1);
    const given = test.operands.map((operand) => (typeof operand === 'function' ? operand(random) : operand));
    for (const [name, value] of edges) {
      const operands = given.map((tensor, i) =>
        tensor?.type === 'float32' && test.wrt.includes(i)
          ? { ...tensor, data: tensor.data.map(value) }
          : tensor,
      );
      for (const { data } of Object.values(await gradientsOn(cpu, { ...test, operands }, rules)))
        expect([name, data.filter((v) => !Number.isFinite(v))]).toEqual([name, new Float32Array()]);
    }
  });
});

it('a negative base has no gradient for its exponent', async () => {
  const power: Function = (g, x) => g.op('Pow', [g.constant(float32([-2, 0, 2])), x]);
  expect(await slopes(power, [2, 2, 2])).toEqual([0, 0, expect.closeTo(4 * Math.LN2, 5)]);
});

it('exponents with fractions, place by place, have no gradient for negative numbers', async () => {
  const build: Function = (g, x) => g.op('Pow', [x, g.constant(float32([0.5, 2.5, 2, 1]))]);
  expect(await slopes(build, [-1, -1, -3, -1])).toEqual([0, 0, -6, 1]);
});

it('points that are no numbers are read somewhere, and stop no program', async () => {
  const sampled: Function = (g, x) =>
    g.op('GridSample', [x, g.constant(float32([NaN, 0, 0, NaN, Infinity, 0, 0, 0], [1, 2, 2, 2]))]);
  const found = await slopes(
    (g, x) => g.slice(sampled(g, x), [2, 3], [1, 1], [2, 2]),
    [1, 2, 3, 4],
    [1, 1, 2, 2],
  );
  expect(found).toHaveLength(4);
});

it('powers of 1 and above keep their slope at 0', async () => {
  expect(await slopes(pow(1), [0])).toEqual([1]);
  expect(await slopes(pow(1.5), [0])).toEqual([0]);
  expect(await slopes(pow(3), [0])).toEqual([0]);
});

it('exponents that are computed are told apart place by place', async () => {
  const build: Function = (g, x) => g.op('Pow', [x, g.constant(float32([0.5, 1, 2]))]);
  expect(await slopes(build, [0, 0, 0])).toEqual([0, 1, 0]);
});

describe('what a network passes over has no gradient', () => {
  /** f(x) where x is positive, and 0 elsewhere, as networks write it. */
  const guarded =
    (f: Function): Function =>
    (g, x) =>
      g.where(g.compare('Greater', x, g.scalar(0)), f(g, x), g.scalar(0));
  it.each<[string, Function, number]>([
    ['a division', (g, x) => g.div(g.scalar(1), x), -0.25],
    ['a reciprocal', unary('Reciprocal'), -0.25],
    ['a logarithm', unary('Log'), 0.5],
    ['a negative power', pow(-2), -0.25],
    [
      'a broken power of a negative number',
      (g, x) => g.op('Pow', [g.sub(x, g.scalar(1)), g.scalar(2.5)]),
      2.5,
    ],
    ['a broken negative power', (g, x) => g.op('Pow', [g.sub(x, g.scalar(1)), g.scalar(-0.5)]), -0.5],
    ['a root of a negative number', (g, x) => g.unary('Sqrt', g.sub(x, g.scalar(1))), 0.5],
    ['a logarithm of a negative number', (g, x) => g.unary('Log', g.sub(x, g.scalar(1))), 1],
    ['an inverse sine beyond 1', (g, x) => g.unary('Asin', g.sub(g.scalar(2), x)), -1],
    [
      'an inverse hyperbolic cosine below 1',
      (g, x) => g.unary('Acosh', g.scale(x, Math.SQRT1_2)),
      Math.SQRT1_2,
    ],
    [
      'an exponential beyond all numbers',
      (g, x) => g.unary('Exp', g.scale(g.sub(g.scalar(2), x), 100)),
      -100,
    ],
    [
      'a hyperbolic sine beyond all numbers',
      (g, x) => g.unary('Sinh', g.scale(g.sub(g.scalar(2), x), 100)),
      -100,
    ],
    ['an area tangent', (g, x) => g.unary('Atanh', g.sub(g.scalar(1), g.scale(x, 0.25))), -1 / 3],
  ])('%s', async (_, f, slope) => {
    const [passed, seen = 0] = await slopes(guarded(f), [0, 2]);
    expect(passed).toBe(0);
    expect(seen).toBeCloseTo(slope, 5);
  });
});

it('a norm written out has none at its origin, and the usual one elsewhere', async () => {
  const unit: Function = (g, x) => {
    const norm = g.unary('Sqrt', g.reduce('ReduceSum', g.square(x), [1], true));
    return g.reduce('ReduceMax', g.div(x, g.add(norm, g.scalar(1e-10))), [1], false);
  };
  const found = await slopes(unit, [0, 0, 3, 4], [2, 2]);
  expect(found.every(Number.isFinite)).toBe(true);
  expect(found.slice(2)).toEqual([expect.closeTo(-12 / 125, 6), expect.closeTo(9 / 125, 6)]);
});

it('a row of an attention that is masked whole gives no gradient where the network looks for it', async () => {
  const attention: Function = (g, x) => {
    const masked = g.add(x, g.constant(float32([-Infinity, -Infinity, 0, 0], [2, 2])));
    const weights = g.op('Softmax', [masked], { axis: -1 });
    const safe = g.where(g.unary('IsNaN', weights), g.scalar(0), weights);
    return g.mul(safe, g.constant(float32([1, 2, 1, 2], [2, 2])));
  };
  const found = await slopes(attention, [1, 2, 0, 0], [2, 2]);
  expect(found).toEqual([0, 0, expect.closeTo(-0.25, 6), expect.closeTo(0.25, 6)]);
});

it('a product gives each factor the product of the others, zeros among them or not', async () => {
  const product: Function = (g, x) => g.reduce('ReduceProd', x, [1], false);
  const found = await slopes(product, [2, 3, 4, 0, 3, 4, 0, 0, 5], [3, 3]);
  expect(found).toEqual([12, 8, 6, 12, 0, 0, 0, 0, 0]);
});

it('logarithms of sums of nothing pass no gradient', async () => {
  const sum: Function = (g, x) => {
    const logarithm = g.op('ReduceLogSum', [x, g.ints([1])], { keepdims: 0 });
    return g.where(g.compare('Greater', logarithm, g.scalar(-1e30)), logarithm, g.scalar(0));
  };
  expect(await slopes(sum, [0, 0, 1, 3], [2, 2])).toEqual([0, 0, 0.25, 0.25]);
});
