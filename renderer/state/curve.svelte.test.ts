import { describe, expect, it } from 'vitest';
import type { CurvePoint } from '../../shared/studio/jobs.ts';
import { Curve, polyline } from './curve.svelte.ts';

const point = (step: number, objective = step): CurvePoint => ({ step, octave: 1, objective, ms: 1 });

describe('the curve', () => {
  it('fetches each step once, however often it is asked to reach on', async () => {
    const asked: number[] = [];
    let there = 3;
    const curve = new Curve(
      {
        curve({ after }) {
          asked.push(after);
          return Promise.resolve(
            Array.from({ length: there - after }, (_, index) => point(after + index + 1)),
          );
        },
      },
      'job',
    );
    const first = curve.reach(3);
    there = 5;
    await Promise.all([first, curve.reach(4), curve.reach(5)]);
    await curve.reach(5);
    expect(curve.points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('stops asking for steps that are not recorded', async () => {
    let asked = 0;
    const curve = new Curve({ curve: () => Promise.resolve((asked++, [])) }, 'job');
    await curve.reach(10);
    expect(asked).toBe(1);
  });

  it('goes on after a failure', async () => {
    let fails = true;
    const curve = new Curve(
      { curve: () => (fails ? Promise.reject(new Error('lost')) : Promise.resolve([point(1)])) },
      'job',
    );
    await curve.reach(1);
    fails = false;
    await curve.reach(1);
    expect(curve.points).toHaveLength(1);
  });
});

describe('the curve as a line', () => {
  it('spans the box from its lowest to its highest value', () => {
    expect(polyline([point(1, -2), point(2, 4), point(3, 1)], 1, 3, 100)).toEqual([
      { x: 0, y: 1 },
      { x: 0.5, y: 0 },
      { x: 1, y: 0.5 },
    ]);
  });

  it('is thinned, and keeps its last point', () => {
    const line = polyline(
      Array.from({ length: 1000 }, (_, index) => point(index + 1)),
      1,
      1000,
      100,
    );
    expect(line.length).toBeLessThanOrEqual(101);
    expect(line.at(-1)?.x).toBe(1);
  });

  it('lies flat where nothing changes', () => {
    expect(polyline([point(1, 5), point(2, 5)], 1, 2, 10).every(({ y }) => y === 1)).toBe(true);
  });
});
