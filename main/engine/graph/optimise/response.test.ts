import { describe, expect, it } from 'vitest';
import { compareGraphs, normalTensor } from '../../testing/compare-graphs.ts';
import { Builder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { inferShapes } from '../shapes.ts';
import { bandFilter, expandResponses } from './response.ts';

const CASES = [
  { dims: [1, 16, 5, 6], attributes: { size: 5, alpha: 0.5, beta: 0.75, bias: 1 } },
  { dims: [2, 7, 3, 4], attributes: { size: 3, alpha: 0.3, beta: 0.5, bias: 2 } },
  { dims: [1, 4, 4, 4], attributes: { size: 9, alpha: 0.8, beta: 0.6, bias: 1.5 } },
  { dims: [1, 6, 4, 4], attributes: { size: 1, alpha: 2, beta: 1, bias: 0.5 } },
  { dims: [1, 5, 2, 2], attributes: { size: 5 } },
];

function responses(dims: readonly number[], attributes: Record<string, number>): Graph {
  const g = new Builder();
  return g.finish([g.op('LRN', [g.input('x', dims)], attributes)]);
}

describe('expandResponses', () => {
  it.each(CASES)('computes what LRN $attributes does on $dims', async ({ dims, attributes }) => {
    const graph = responses(dims, attributes);
    const expanded = expandResponses(graph, inferShapes(graph, {}));
    expect(expanded.nodes.map(({ op }) => op)).not.toContain('LRN');
    expect(expanded.outputs).toEqual(graph.outputs);
    const { values, gradient } = await compareGraphs({ graph }, { graph: expanded }, normalTensor(dims));
    expect(values).toBeLessThan(1e-6);
    expect(gradient).toBeLessThan(1e-6);
  });

  it('leaves other operators and other ranks alone', () => {
    const g = new Builder();
    const graph = g.finish([g.relu(g.op('LRN', [g.input('x', [1, 4, 5])], { size: 3 }))]);
    expect(expandResponses(graph, inferShapes(graph, {})).nodes).toEqual(graph.nodes);
  });
});

it('sums neighbouring channels with a band of weights', () => {
  expect([...bandFilter(4, 3, 2).data]).toEqual([2, 2, 0, 0, 2, 2, 2, 0, 0, 2, 2, 2, 0, 0, 2, 2]);
});
