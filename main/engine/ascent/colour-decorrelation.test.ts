import { describe, expect, it } from 'vitest';
import { COLOURS, correlate, correlateAdjoint, logistic, logisticGradient } from './colour-decorrelation.ts';
import { normal, random } from './random.ts';

describe('the colours', () => {
  it('are the published ones: the rows of MACO are the columns of lucid', () => {
    const published = [
      [0.56282854, 0.5844758, 0.5844758],
      [0.19482528, 0, -0.19482528],
      [0.0432945, -0.10823626, 0.06494176],
    ];
    published.forEach((row, j) =>
      row.forEach((value, i) => expect(COLOURS[3 * i + j]).toBeCloseTo(value, 7)),
    );
  });

  it('mix three planes by the matrix, and back by its transpose', () => {
    const next = random(1);
    const plane = 5;
    const noise = (): Float64Array => Float64Array.from({ length: 3 * plane + 2 }, () => normal(next));
    const [x, y] = [noise(), noise()];
    const [mixed, back] = [x.slice(), y.slice()];
    correlate(mixed, 2, plane);
    correlateAdjoint(back, 2, plane);
    expect([mixed[0], mixed[1], back[0], back[1]]).toEqual([x[0], x[1], y[0], y[1]]);
    const [r = 0, g = 0, b = 0] = [x[2], x[2 + plane], x[2 + 2 * plane]];
    expect(mixed[2 + plane]).toBeCloseTo(
      (COLOURS[3] ?? 0) * r + (COLOURS[4] ?? 0) * g + (COLOURS[5] ?? 0) * b,
      12,
    );
    const dot = (p: Float64Array, q: Float64Array): number =>
      p.slice(2).reduce((sum, value, i) => sum + value * (q[i + 2] ?? 0), 0);
    expect(dot(mixed, y)).toBeCloseTo(dot(x, back), 10);
  });
});

describe('the logistic function', () => {
  it('keeps colours between 0 and 1, and has the derivative y·(1−y)', () => {
    const values = new Float32Array(3);
    logistic(Float64Array.of(-800, 0, Math.log(3)), 0, 3, values, 0);
    expect([...values]).toEqual([0, 0.5, 0.75]);
    const derivative = new Float64Array(3);
    logisticGradient(Float32Array.of(1, 1, 2), values, 0, 3, derivative, 0);
    expect([...derivative]).toEqual([0, 0.25, 0.375]);
  });
});
