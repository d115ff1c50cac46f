import { describe, expect, it } from 'vitest';
import { gaussLegendre } from './quadrature.ts';

const integral = (count: number, f: (t: number) => number): number =>
  gaussLegendre(count).reduce((sum, { at, weight }) => sum + weight * f(at), 0);

describe('Gauss–Legendre quadrature', () => {
  it.each([1, 2, 3, 5, 10, 50, 200, 1000])(
    'of %i nodes has ascending nodes inside, and weights of sum 1',
    (count) => {
      const nodes = gaussLegendre(count);
      expect(nodes.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(nodes.every(({ at, weight }) => at > 0 && at < 1 && weight > 0)).toBe(true);
      expect(nodes.every(({ at }, i) => i === 0 || at > (nodes[i - 1]?.at ?? 1))).toBe(true);
    },
  );

  it.each([1, 2, 3, 7, 20])('of %i nodes is exact for the degree 2n − 1, and not beyond', (count) => {
    const degree = 2 * count - 1;
    expect(integral(count, (t) => t ** degree)).toBeCloseTo(1 / (degree + 1), 13);
    if (count < 7) expect(integral(count, (t) => t ** (degree + 1))).not.toBeCloseTo(1 / (degree + 2), 8);
  });

  it('has the published nodes and weights of order 3', () => {
    const [first, middle, last] = gaussLegendre(3);
    expect(first?.at).toBeCloseTo((1 - Math.sqrt(0.6)) / 2, 14);
    expect(middle).toEqual({
      at: expect.closeTo(0.5, 14) as unknown,
      weight: expect.closeTo(4 / 9, 14) as unknown,
    });
    expect(last?.weight).toBeCloseTo(5 / 18, 14);
  });
});
