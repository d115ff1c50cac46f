import { describe, expect, it } from 'vitest';
import { runGraph } from '../../testing/run-graph.ts';
import { Builder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { float32 } from '../tensor.ts';
import { expandPowers } from './powers.ts';

const X = [0.0625, 0.5, 1, 3, 81];

function power(exponent: number, dims: readonly number[] = []): Graph {
  const g = new Builder();
  return g.finish([g.op('Pow', [g.input('x', [X.length]), g.constant(float32([exponent], dims))])]);
}

async function run(graph: Graph, x: readonly number[]): Promise<number[]> {
  const results = await runGraph(graph, new Map([['x', float32(x)]]));
  return Array.from<number | bigint, number>(results.get(graph.outputs[0] ?? '')?.data ?? [], Number);
}

describe('expandPowers', () => {
  it.each([2, 3, 4, 0.25, 0.5, 0.75, 1.25, 1.5, 2.75, -0.25, -0.5, -0.75, -1, -1.75, -2, -3])(
    'writes x^%d with roots and products',
    async (exponent) => {
      const expanded = expandPowers(power(exponent));
      expect(expanded.nodes.map(({ op }) => op)).not.toContain('Pow');
      const errors = (await run(expanded, X)).map((y, i) => Math.abs(y / (X[i] ?? 0) ** exponent - 1));
      expect(Math.max(...errors)).toBeLessThan(1e-6);
    },
  );

  it('keeps whole powers of negative numbers', async () => {
    const x = [-2, -1, -0.5, 1, 2];
    expect(await run(expandPowers(power(3)), x)).toEqual([-8, -1, -0.125, 1, 8]);
    expect(await run(expandPowers(power(-2)), x)).toEqual([0.25, 1, 4, 1, 0.25]);
  });

  it('names every tensor once', () => {
    const names = expandPowers(power(-0.75)).nodes.flatMap(({ outputs }) => outputs);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([0.3, 0, 1, 4.25, -5])('leaves x^%d alone', (exponent) => {
    const graph = power(exponent);
    expect(expandPowers(graph).nodes).toEqual(graph.nodes);
  });

  it('leaves an exponent alone that could widen the shape', () => {
    const graph = power(2, [1, 1]);
    expect(expandPowers(graph).nodes).toEqual(graph.nodes);
  });
});
