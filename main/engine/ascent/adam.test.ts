import { describe, expect, it } from 'vitest';
import { Adam } from './adam.ts';

describe('Adam', () => {
  it('goes as far as the rate in its first step, whatever the size of the gradient', () => {
    const x = Float64Array.of(0, 0, 0);
    new Adam(3, 0.05).ascend(x, Float64Array.of(1e-3, -40, 0));
    expect(x[0]).toBeCloseTo(0.05, 6);
    expect(x[1]).toBeCloseTo(-0.05, 6);
    expect(x[2]).toBe(0);
  });

  it('follows the formulas of the paper', () => {
    const x = Float64Array.of(1);
    const adam = new Adam(1, 0.1);
    adam.ascend(x, Float64Array.of(1));
    adam.ascend(x, Float64Array.of(-2));
    // m = 0.9·0.1·1 + 0.1·(−2) = −0.11, v = 0.999·0.001·1 + 0.001·4 = 0.004999.
    const second = (0.1 * (-0.11 / 0.19)) / (Math.sqrt(0.004999 / 0.001999) + 1e-8);
    expect(x[0]).toBeCloseTo(1.1 + second, 8);
  });

  it("looks ahead with Nesterov's momentum", () => {
    const x = Float64Array.of(0);
    new Adam(1, 1, { nesterov: true }).ascend(x, Float64Array.of(3));
    // 0.9·m/(1 − 0.9²) + 0.1·g/(1 − 0.9), over √(g²): (0.09/0.19 + 1).
    expect(x[0]).toBeCloseTo(0.09 / 0.19 + 1, 6);
  });
});
