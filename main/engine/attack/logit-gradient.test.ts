import { describe, expect, it } from 'vitest';
import { forms } from '../gradient/forms.ts';
import { Builder } from '../graph/builder.ts';
import { float32 } from '../graph/tensor.ts';
import { runGraph } from '../testing/run-graph.ts';
import { crossEntropy, marginOf } from './goal.ts';
import { appendLossGradient, feedsFor } from './logit-gradient.ts';
import type { Loss } from './classifier.ts';
import { seedOf } from './testing/linear.ts';

/** Scores are the image times a matrix, so the gradient is the seed times its transpose. */
const matrix = [
  [1, -2, 0.5, 3],
  [0.25, 1, -1, 2],
  [2, 0, 1, -3],
];

async function gradientOf(
  image: number[],
  loss: Loss,
): Promise<{ scores: Float32Array; gradient: Float32Array }> {
  const g = new Builder();
  const x = g.input('x', [1, 3]);
  const scores = g.op('MatMul', [x, g.constant(float32(matrix.flat(), [3, 4]))]);
  const gradient = appendLossGradient(g, scores, x, forms.cpu) ?? '';
  const feeds = { x: float32(image, [1, 3]), ...feedsFor(loss, [1, 4]) };
  const graph = g.finish([scores, gradient]);
  const needed = new Map(Object.entries(feeds));
  const values = await runGraph(graph, needed);
  const floats = (name: string): Float32Array => {
    const data = values.get(name)?.data;
    if (!(data instanceof Float32Array)) throw new Error(`no ${name}`);
    return data;
  };
  return { scores: floats(scores), gradient: floats(gradient) };
}

const losses: [string, Loss][] = [
  ['cross-entropy', { kind: 'cross-entropy', label: 1, sign: 1 }],
  ['cross-entropy, descended', { kind: 'cross-entropy', label: 2, sign: -1 }],
  ['margin', { kind: 'margin', label: 3, sign: 1 }],
  ['margin of the winner, descended', { kind: 'margin', label: 0, sign: -1 }],
  ['linear', { kind: 'linear', weights: Float32Array.of(0, 1, -1, 0.5) }],
];

describe('one program for every loss of the scores', () => {
  it.each(losses)('has the gradient of %s', async (_name, loss) => {
    for (const image of [
      [0.3, 0.6, 0.1],
      [-40, 25, 10],
    ]) {
      const { scores, gradient } = await gradientOf(image, loss);
      const seed = seedOf(scores, loss);
      matrix.forEach((row, i) => {
        const expected = row.reduce((sum, value, k) => sum + value * (seed[k] ?? 0), 0);
        expect(gradient[i]).toBeCloseTo(expected, 5);
      });
    }
  });
});

describe('the margin and the cross-entropy', () => {
  it.each([
    [[1, 5, 2], 'untargeted', 1, -3],
    [[1, 5, 2], 'untargeted', 2, 3],
    [[1, 5, 2], 'targeted', 1, 3],
    [[1, 5, 2], 'targeted', 0, -4],
    [[3, 3], 'untargeted', 0, 0],
    [[-8, -2, -5], 'untargeted', 1, -3],
    [[NaN, 1], 'untargeted', 0, -Infinity],
  ] as const)('of %o, %s %i is a lead of %f', (scores, kind, label, lead) => {
    expect(marginOf(scores, { kind, label })).toBe(lead);
  });

  it('are stable for large scores', () => {
    expect(crossEntropy([1000, 1000], 0)).toBeCloseTo(Math.LN2, 12);
    expect(crossEntropy([0, 2000], 0)).toBe(2000);
  });
});
