/** The identities of scores and their gradients, on small graphs that the CPU runs. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../gradient/backward.ts';
import { rules } from '../gradient/rules.ts';
import { seededRandom } from '../gradient/testing/random.ts';
import { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, type FloatTensor } from '../graph/tensor.ts';
import { valuesOf } from '../testing/gradient-check.ts';
import { refusal } from '../testing/refusal.ts';
import { gradCam } from './class-activation.ts';
import { appendScore, type ClassScale, type ScoreTerm, type Selection } from './score.ts';

const random = seededRandom(1);
const normal = (...dims: number[]): FloatTensor =>
  float32(
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
    dims,
  );

const INPUTS = 6;
const CLASSES = 4;
const weights = normal(INPUTS, CLASSES);
const x = normal(2, INPUTS);

/** Scores z = relu(x)·W + shift, of two pictures. */
function network(g: Builder, shift = 0): Name {
  const z = g.op('MatMul', [g.relu(g.input('x', [2, INPUTS])), g.constant(weights)]);
  return g.add(z, g.scalar(shift));
}

/** Score and gradient of each class, for both pictures. */
async function gradientsOf(
  scale: ClassScale,
  shift = 0,
): Promise<{ values: number[]; gradient: number[] }[]> {
  return Promise.all(
    Array.from({ length: CLASSES }, async (_, index) => {
      const g = new Builder();
      const tensor = network(g, shift);
      const term: ScoreTerm = { tensor, weight: 1, selection: { kind: 'class', index } };
      const score = appendScore(g, [term], scale);
      const [dx] = gradients(g, g.total(score), ['x'], rules);
      const [values = [], gradient = []] = await valuesOf(g, [score, dx ?? ''], { x });
      return { values, gradient };
    }),
  );
}

/** Σ over classes of weight·gradient, for one of the two pictures. */
const combined = (of: { gradient: number[] }[], weight: (k: number) => number, picture: number): number[] =>
  Array.from({ length: INPUTS }, (_, i) =>
    of.reduce((sum, { gradient }, k) => sum + weight(k) * (gradient[picture * INPUTS + i] ?? NaN), 0),
  );

describe('the gradients of log-probabilities', () => {
  it('weighted with the probabilities sum to zero', async () => {
    const logs = await gradientsOf('log-probability');
    for (const picture of [0, 1]) {
      const p = logs.map(({ values }) => Math.exp(values[picture] ?? NaN));
      expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      for (const sum of combined(logs, (k) => p[k] ?? NaN, picture)) expect(sum).toBeCloseTo(0, 6);
    }
  });

  it('are those of the logit less the mean of all', async () => {
    const [logs, logits] = [await gradientsOf('log-probability'), await gradientsOf('logit')];
    for (const picture of [0, 1]) {
      const p = logs.map(({ values }) => Math.exp(values[picture] ?? NaN));
      const mean = combined(logits, (k) => p[k] ?? NaN, picture);
      logs.forEach((_, y) => {
        const expected = combined(logits, (k) => (k === y ? 1 : 0), picture).map(
          (z, i) => z - (mean[i] ?? NaN),
        );
        const found = combined(logs, (k) => (k === y ? 1 : 0), picture);
        found.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
      });
    }
  });

  it('do not change when a thousand is added to every score', async () => {
    const [near, far] = [await gradientsOf('log-probability'), await gradientsOf('log-probability', 1000)];
    near.forEach(({ gradient }, k) =>
      // Scores near 1000 keep four decimals in single precision.
      gradient.forEach((value, i) => expect(far[k]?.gradient[i]).toBeCloseTo(value, 3)),
    );
    expect(far.every(({ values }) => values.every((v) => Number.isFinite(v) && v <= 0))).toBe(true);
  });
});

describe('the score of a selection', () => {
  /** [2, 3, 2, 3]: channel c at (x, y) of picture n holds 100n + 10c + 3y + x. */
  const layer = float32(
    Float32Array.from({ length: 36 }, (_, i) => {
      const [n, c, position] = [Math.floor(i / 18), Math.floor(i / 6) % 3, i % 6];
      return 100 * n + 10 * c + position;
    }),
    [2, 3, 2, 3],
  );
  const score = async (
    tensor: FloatTensor,
    ...terms: (readonly [weight: number, selection: Selection])[]
  ): Promise<number[]> => {
    const g = new Builder();
    const a = g.input('a', tensor.dims);
    const parts = terms.map(([weight, selection]) => ({ tensor: a, weight, selection }));
    const [found = []] = await valuesOf(g, [appendScore(g, parts, 'logit')], { a: tensor });
    return found;
  };
  const direction = (...values: number[]): Selection => ({
    kind: 'direction',
    direction: Float32Array.from(values),
  });

  const cases: [string, Selection, number[]][] = [
    ['a channel: its mean', { kind: 'channel', channel: 1 }, [12.5, 112.5]],
    ['a neuron', { kind: 'neuron', channel: 2, at: { x: 2, y: 0 } }, [22, 122]],
    ['the centre of a channel', { kind: 'neuron', channel: 0, at: null }, [4, 104]],
    [
      'a direction: its mean projection',
      direction(0, 3, 4),
      [0.6 * 12.5 + 0.8 * 22.5, 0.6 * 112.5 + 0.8 * 122.5],
    ],
  ];
  it.each(cases)('of %s', async (_, selection, expected) => {
    const found = await score(layer, [1, selection]);
    expected.forEach((value, n) => expect(found[n]).toBeCloseTo(value, 3));
  });

  it('of a layer is its energy', async () => {
    const [first] = await score(float32([1, 2, 3, 4], [1, 2, 1, 2]), [1, { kind: 'layer' }]);
    expect(first).toBe(30 / 8);
  });

  it('of tokens takes features as channels', async () => {
    const tokens = float32([1, 2, 3, 4, 5, 6], [1, 3, 2]);
    expect(await score(tokens, [1, { kind: 'channel', channel: 1 }])).toEqual([4]);
    expect(await score(tokens, [1, { kind: 'neuron', channel: 0, at: { x: 2, y: 0 } }])).toEqual([5]);
  });

  it('is summed with weights', async () => {
    const found = await score(
      layer,
      [2, { kind: 'channel', channel: 0 }],
      [-1, { kind: 'channel', channel: 1 }],
    );
    expect(found).toEqual([-7.5, 92.5]);
  });

  it('refuses a position outside the grid, naming the grid', () => {
    const g = new Builder();
    const tensor = g.input('a', [1, 3, 2, 3]);
    const term: ScoreTerm = {
      tensor,
      weight: 1,
      selection: { kind: 'neuron', channel: 0, at: { x: 3, y: 0 } },
    };
    expect(refusal(() => appendScore(g, [term], 'logit'))).toMatchObject({
      code: 'usage/option',
      message: expect.stringContaining('3×2') as unknown,
    });
  });
});

describe('Grad-CAM of a small network', () => {
  it('finds two horizontal lines (the published values of PAIR saliency)', async () => {
    const line = [0, 1, 1, 1, 0];
    const blank = [0, 0, 0, 0, 0];
    const picture = float32([...blank, ...line, ...blank, ...line, ...blank], [1, 1, 5, 5]);
    const g = new Builder();
    const filter = g.constant(float32([0, 0, 0, 1, 1, 1, 0, 0, 0], [1, 1, 3, 3]));
    const h = g.relu(g.op('Conv', [g.input('x', [1, 1, 5, 5]), filter], { pads: [1, 1, 1, 1] }));
    const [dh] = gradients(g, g.total(h), [h], rules);
    const [values = [], derivative = []] = await valuesOf(g, [h, dh ?? ''], { x: picture });
    const layer = { channels: 1, width: 5, height: 5, data: Float32Array.from(values) };
    const map = gradCam(layer, Float32Array.from(derivative));
    const most = Math.max(...map.data);
    const [third, twoThirds] = [1 / 3, 2 / 3];
    const bright = [third, twoThirds, 1, twoThirds, third];
    [...blank, ...bright, ...blank, ...bright, ...blank].forEach((value, i) =>
      expect((map.data[i] ?? NaN) / most).toBeCloseTo(value, 6),
    );
  });
});
