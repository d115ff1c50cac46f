/** What the table of traits says about numbers, tried on the cases of the gradient rules. */
import { describe, expect, it } from 'vitest';
import { float32, type FloatTensor } from '../graph/tensor.ts';
import { operatorsWith, traitsOf } from '../graph/traits.ts';
import { cpu, gradientsOn } from '../testing/gradient-check.ts';
import { operatorCases, operatorGraph } from '../testing/operator-cases.ts';
import { runGraph } from '../testing/run-graph.ts';
import { rules } from './rules.ts';
import { floats, kinked, type GradientCase } from './testing/case.ts';
import { seededRandom } from './testing/random.ts';

async function firstOutput(test: GradientCase, change?: Parameters<typeof operatorGraph>[1]) {
  const graph = operatorGraph(test, change);
  const [output = ''] = graph.outputs;
  const { dims = [], data = [] } = (await runGraph(graph, new Map())).get(output) ?? {};
  return { values: Array.from(data, Number), dims };
}

const mapped = (tensor: FloatTensor, value: (v: number, i: number) => number): FloatTensor => ({
  ...tensor,
  data: tensor.data.map(value),
});

describe('never negative, as the traits say', () => {
  const signed = operatorCases.filter(({ op }) => traitsOf(op)?.sign !== undefined);

  it.each(signed)('$title', async ({ op, test }) => {
    const kept = traitsOf(op)?.sign === 'kept';
    const { values } = await firstOutput(test, (tensor) => (kept ? mapped(tensor, Math.abs) : tensor));
    expect(values.filter((v) => v < 0)).toEqual([]);
  });
});

describe('a value looks where the input of the same place does, as the traits say', () => {
  const placed = operatorCases.filter(({ op, test }) => {
    const [x] = test.operands;
    const { dims = [] } = (typeof x === 'function' ? x(seededRandom(1)) : x) ?? {};
    // A single value is stretched over all places.
    return traitsOf(op)?.place === 'kept' && dims.length >= 3 && dims.at(-1) !== 1;
  });

  it('in cases of most kinds', () => {
    const tried = new Set(placed.map(({ op }) => traitsOf(op)?.role));
    expect(tried).toEqual(new Set(['activation', 'arithmetic', 'normalisation']));
  });

  it.each(placed)('$title', async ({ test }) => {
    const { values: before, dims } = await firstOutput(test);
    const last = dims.at(-1) ?? 1;
    // The first of every row changes, in all channels.
    const { values: after } = await firstOutput(test, (tensor, operand) =>
      operand > 0 ? tensor : mapped(tensor, (v, i) => (i % last === 0 ? v + 0.25 : v)),
    );
    const changed = before.flatMap((v, i) => (Object.is(v, after[i]) ? [] : [i % last]));
    expect(changed.length).toBeGreaterThan(0);
    expect(new Set(changed)).toEqual(new Set([0]));
  });
});

describe('an activation has no gradient far from zero where it saturates, and only there', () => {
  /** A Clip is one with a bound. */
  const bounds: Readonly<Record<string, FloatTensor[]>> = {
    Clip: [float32([0], [])],
    PRelu: [float32([0.1], [])],
  };

  it.each([...operatorsWith(({ role }) => role === 'activation')])('%s', async (op) => {
    const test = kinked(op, {}, [floats([-5, 5]), ...(bounds[op] ?? [])]);
    const [gradient] = Object.values(await gradientsOn(cpu, test, rules));
    expect([...(gradient?.data ?? [])].some((v) => v === 0)).toBe(traitsOf(op)?.saturates === true);
  });
});
