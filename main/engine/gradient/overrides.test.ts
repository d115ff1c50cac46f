import { describe, expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, type FloatTensor } from '../graph/tensor.ts';
import { valuesOf } from '../testing/gradient-check.ts';
import { gradients } from './backward.ts';
import { countGates, deconvnet, guided, redirectedRelu, smoothedMaxPool } from './overrides.ts';
import type { Rules } from './rule.ts';
import { rules } from './rules.ts';

/** The gradient of Σ f(x) under overrides. */
async function gradientOf(
  build: (g: Builder, x: Name) => Name,
  x: FloatTensor,
  overrides: Rules = {},
): Promise<number[]> {
  const g = new Builder();
  const objective = g.total(build(g, g.input('x', x.dims)));
  const [dx = null] = gradients(g, objective, ['x'], { ...rules, ...overrides });
  if (dx === null) throw new Error('The objective does not depend on x.');
  const [found = []] = await valuesOf(g, [dx], { x });
  return found;
}

const ramp = (count: number, dims: readonly number[]): FloatTensor =>
  float32(
    Float32Array.from({ length: count }, (_, i) => i),
    dims,
  );

/**
 * The network that captum tests its guided methods with (BasicModel_ConvNet_One_Conv): two 3×3 filters of ones with
 * biases −50 and −75, ReLU, and one output with weights 1 1 1 1 1 −1 −1 −1, ReLU.
 */
function oneConvolution(g: Builder, x: Name): Name {
  const w = g.constant(float32(new Float32Array(18).fill(1), [2, 1, 3, 3]));
  const h = g.relu(g.op('Conv', [x, w, g.constant(float32([-50, -75]))]));
  const classifier = g.constant(float32([1, 1, 1, 1, 1, -1, -1, -1], [8, 1]));
  return g.relu(g.op('MatMul', [g.op('Flatten', [h]), classifier]));
}

const EXPECTED: Readonly<Record<string, readonly [Rules, number[]]>> = {
  vanilla: [{}, [0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0]],
  guided: [guided, [0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1]],
  deconvnet: [deconvnet, [2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1]],
};

describe('the published values of a small network', () => {
  it.each(Object.entries(EXPECTED))('%s', async (_, [overrides, expected]) => {
    expect(await gradientOf(oneConvolution, ramp(16, [1, 1, 4, 4]), overrides)).toEqual(expected);
  });

  it('leave the true gradient as it was: all of them in one graph', async () => {
    const g = new Builder();
    const x = g.input('x', [1, 1, 4, 4]);
    const objective = g.total(oneConvolution(g, x));
    const tables = [{}, guided, deconvnet, redirectedRelu, {}];
    const names = tables.map((table) => gradients(g, objective, [x], { ...rules, ...table })[0] ?? '');
    const found = await valuesOf(g, names, { x: ramp(16, [1, 1, 4, 4]) });
    expect(found[0]).toEqual(EXPECTED['vanilla']?.[1]);
    expect(found[4]).toEqual(found[0]);
  });
});

describe('guided backpropagation and deconvnet', () => {
  const kin: [string, (g: Builder, x: Name) => Name][] = [
    ['Relu', (g, x) => g.relu(x)],
    ['LeakyRelu', (g, x) => g.op('LeakyRelu', [x], { alpha: 0.1 })],
    ['PRelu', (g, x) => g.op('PRelu', [x, g.scalar(0.1)])],
    ['ThresholdedRelu', (g, x) => g.op('ThresholdedRelu', [x], { alpha: 0.5 })],
    ['ReLU6', (g, x) => g.op('Clip', [x, g.scalar(0), g.scalar(6)])],
  ];
  const x = float32([-1, 1, 2, -2]);
  /** Gates behind which the gradient is 1, −1, −1, 1 and so on. */
  const signed = (gate: (g: Builder, x: Name) => Name) => (g: Builder, input: Name) =>
    g.mul(gate(g, input), g.constant(float32([3, -3, 3, -3])));

  it.each(kin)('cover %s', async (_, gate) => {
    expect(await gradientOf(signed(gate), x, guided)).toEqual([0, 0, 3, 0]);
    expect(await gradientOf(signed(gate), x, deconvnet)).toEqual([3, 0, 3, 0]);
  });

  it('close guided gates above the cut of a ReLU6', async () => {
    const relu6 = (g: Builder, input: Name) => g.op('Clip', [input, g.scalar(0), g.scalar(6)]);
    expect(await gradientOf(relu6, float32([5, 7]), guided)).toEqual([1, 0]);
    expect(await gradientOf(relu6, float32([5, 7]), deconvnet)).toEqual([1, 1]);
  });

  it('leave a Clip alone that is no gate', async () => {
    const hardTanh = (g: Builder, input: Name) =>
      g.scale(g.op('Clip', [input, g.scalar(-1), g.scalar(1)]), -1);
    for (const table of [guided, deconvnet, redirectedRelu]) {
      expect(await gradientOf(hardTanh, float32([-0.5, 0.5, 2]), table)).toEqual([-1, -1, 0]);
    }
  });

  it('act on every use of a ReLU that a network has once and applies twice', async () => {
    const twice = (g: Builder, input: Name) =>
      g.relu(g.add(g.mul(g.relu(input), g.constant(float32([2, -1]))), g.scalar(3)));
    expect(await gradientOf(twice, float32([1, 1]))).toEqual([2, -1]);
    expect(await gradientOf(twice, float32([1, 1]), guided)).toEqual([2, 0]);
    expect(await gradientOf(twice, float32([-1, 1]), deconvnet)).toEqual([2, 0]);
    const doubled = (g: Builder, input: Name) => {
      const h = g.relu(input);
      return g.add(h, g.scale(h, -3));
    };
    // Both consumers of one gate are summed before it is passed: 1 − 3 < 0.
    expect(await gradientOf(doubled, float32([1]), guided)).toEqual([0]);
  });

  it('count the gates they act on', () => {
    const g = new Builder();
    const x = g.input('x', [2]);
    for (const [, gate] of kin) gate(g, x);
    g.op('Clip', [x, g.scalar(-1), g.scalar(1)]);
    g.op('Clip', [x, '', g.scalar(1)]);
    g.unary('Tanh', x);
    expect(countGates(g)).toBe(kin.length);
    const smooth = new Builder();
    smooth.unary('Sigmoid', smooth.input('x', [2]));
    expect(countGates(smooth)).toBe(0);
  });
});

describe('redirected ReLU', () => {
  const push = (g: Builder, x: Name) => g.mul(g.relu(x), g.constant(float32([1, -1, 2, 0.5], [1, 4])));

  it('is the true gradient while anything passes', async () => {
    expect(await gradientOf(push, float32([1, -1, -1, 1], [1, 4]), redirectedRelu)).toEqual([1, 0, 0, 0.5]);
  });

  it('lets through what would open a layer that is closed', async () => {
    expect(await gradientOf(push, float32([-1, -1, -1, -1], [1, 4]), redirectedRelu)).toEqual([1, 0, 2, 0.5]);
  });

  it('decides for each entry of a batch, over all its axes', async () => {
    const twoByTwo = (g: Builder, x: Name) =>
      g.mul(g.relu(x), g.constant(float32([1, -1, 2, 0.5], [1, 1, 2, 2])));
    const x = float32([-1, -1, -1, 1, -1, -1, -1, -1], [2, 1, 2, 2]);
    expect(await gradientOf(twoByTwo, x, redirectedRelu)).toEqual([0, 0, 0, 0.5, 1, 0, 2, 0.5]);
  });

  it('brings a ReLU6 back from both sides', async () => {
    const relu6 = (g: Builder, x: Name) =>
      g.mul(g.op('Clip', [x, g.scalar(0), g.scalar(6)]), g.constant(float32([1, -1, 1, -1], [1, 4])));
    expect(await gradientOf(relu6, float32([-1, -1, 7, 7], [1, 4]), redirectedRelu)).toEqual([1, 0, 0, -1]);
    expect(await gradientOf(relu6, float32([-1, -1, 7, 3], [1, 4]), redirectedRelu)).toEqual([0, 0, 0, -1]);
  });
});

describe('smoothed max-pooling', () => {
  it('spreads the gradient over the whole window', async () => {
    const pool = (g: Builder, x: Name) => g.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    const found = await gradientOf(pool, ramp(16, [1, 1, 4, 4]), smoothedMaxPool);
    expect(found).toEqual(new Array<number>(16).fill(0.25));
  });

  it('does not count padding', async () => {
    const pool = (g: Builder, x: Name) =>
      g.op('MaxPool', [x], { kernel_shape: [3], strides: [2], pads: [1, 1] });
    // Windows −1…1, 1…3 and 3…5 over 0…4: halves, thirds, halves.
    const found = await gradientOf(pool, ramp(5, [1, 1, 5]), smoothedMaxPool);
    const [half, third] = [1 / 2, 1 / 3];
    expect(found).toEqual(
      [half, half + third, third, third + half, half].map((v): unknown => expect.closeTo(v, 6)),
    );
  });
});

describe('a hard swish', () => {
  const clip = (g: Builder, x: Name, high: number): Name => g.op('Clip', [x, g.scalar(0), g.scalar(high)]);
  const forms: readonly [string, (g: Builder, x: Name) => Name][] = [
    ['as an operator', (g, x) => g.unary('HardSwish', x)],
    ['as a hard sigmoid', (g, x) => g.mul(x, g.op('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 }))],
    ['by a ReLU6', (g, x) => g.scale(g.mul(x, clip(g, g.add(x, g.scalar(3)), 6)), 1 / 6)],
    ['by a cut to 1', (g, x) => g.mul(clip(g, g.add(g.scale(x, 1 / 6), g.scalar(0.5)), 1), x)],
  ];
  it.each(forms)('%s has no gate, and so the plain gradient', async (_, build) => {
    const g = new Builder();
    build(g, g.input('x', [4]));
    expect(countGates(g)).toBe(0);
    const x = float32([-4, -1, 1, 4]);
    const [plain, changed] = [await gradientOf(build, x), await gradientOf(build, x, guided)];
    expect(changed).toEqual(plain);
    const [, ...expected] = [-4, -1, 1, 4].map((v) => (v <= -3 ? 0 : v >= 3 ? 1 : v / 3 + 0.5));
    expect(plain.slice(1)).toEqual(expected.map((v): unknown => expect.closeTo(v, 5)));
  });

  it('behind which a signal of its own is cut, is told from that', () => {
    const g = new Builder();
    const x = g.input('x', [4]);
    g.mul(clip(g, g.add(x, g.constant(float32([1, 2, 3, 4]))), 6), g.unary('Sigmoid', x));
    expect(countGates(g)).toBe(1);
  });
});
