import { describe, expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import { float32, type FloatTensor } from '../graph/tensor.ts';
import { valuesOf } from '../testing/gradient-check.ts';
import { diversityOf } from './diversity.ts';
import { exciteUnits, feedName, type Excitation } from './unit-objective.ts';

/** Two images of two channels on a grid of 1×2. */
const layer = float32([1, 2, 3, 4, 0, 1, -1, 0], [2, 2, 1, 2]);

async function valueOf(form: Excitation['form'], fed: FloatTensor, power = 0): Promise<number[]> {
  const g = new Builder();
  const tensor = g.input('layer', layer.dims);
  const { values } = exciteUnits(g, [{ tensor, form }], power);
  const [found = []] = await valuesOf(g, [values], { layer, [feedName(0)]: fed });
  return found;
}

describe('the value of an image', () => {
  it('weighs every number of a layer', async () => {
    expect(await valueOf('linear', float32([0.5, 0.5, 0, 0, 0, 0, 0, 2], layer.dims))).toEqual([1.5, 0]);
  });

  it("is a layer's mean square", async () => {
    expect(await valueOf('energy', float32([1, -2], [2]))).toEqual([7.5, -1]);
  });

  it('is the mean along a direction, and with a power of the cosine prefers the angle', async () => {
    const direction = float32([3, 4, 1, 0], [2, 2, 1, 1]);
    // ⟨(1,3),(3,4)⟩ = 15, ⟨(2,4),(3,4)⟩ = 22; ⟨(0,−1),(1,0)⟩ = 0, ⟨(1,0),(1,0)⟩ = 1.
    expect(await valueOf('direction', direction)).toEqual([18.5, 0.5]);
    const [first, second] = await valueOf('direction', direction, 1);
    const cosines = [15 / (5 * Math.sqrt(10)), 22 / (5 * Math.sqrt(20))];
    expect(first).toBeCloseTo((15 * (cosines[0] ?? 0) + 22 * (cosines[1] ?? 0)) / 2, 4);
    expect(second).toBeCloseTo(0.5, 4);
  });

  it('counts a direction that is opposite as far from it, but never out of reach', async () => {
    const [, value] = await valueOf('direction', float32([0, 0, -1, 0], [2, 2, 1, 1]), 2);
    // ⟨(1,0),(−1,0)⟩ = −1 with a cosine of −1, which counts 0.1² = 0.01.
    expect(value).toBeCloseTo(-0.005, 6);
  });
});

describe('diversity', () => {
  const of = async (data: number[], dims: number[]): Promise<number> => {
    const g = new Builder();
    const x = g.input('x', dims);
    const [[value = NaN] = []] = await valuesOf(g, [diversityOf(g, x)], { x: float32(data, dims) });
    return value;
  };

  it('is what the formula gives: the sum over pairs of products of Gram matrices of length 1', async () => {
    // Grams of one position: (1,0)→[1,0,0,0]; (1,1)→[1,1,1,1]/2. Both orders of the pair, over two images.
    expect(await of([1, 0, 1, 1], [2, 2, 1, 1])).toBeCloseTo((2 * 0.5) / 2, 6);
  });

  it('is N − 1 for equal images and 0 for images that share no channel', async () => {
    expect(await of([1, 2, 1, 2, 1, 2], [3, 2, 1, 1])).toBeCloseTo(2, 5);
    expect(await of([1, 0, 0, 5], [2, 2, 1, 1])).toBeCloseTo(0, 6);
    expect(await of([1, 2], [1, 2, 1, 1])).toBeCloseTo(0, 6);
  });
});
