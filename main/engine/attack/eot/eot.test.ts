/** A12: transforms lie inside the gradient's path with exact adjoints, nothing drawn is the plain attack, and judges draw anew. */
import { describe, expect, it } from 'vitest';
import { random } from '../../ascent/random.ts';
import { errorData } from '../../../../shared/errors.ts';
import { objectiveOf } from '../objective.ts';
import { projectedGradient, type ProjectedGradientOptions } from '../projected-gradient.ts';
import { LinearClassifier } from '../testing/linear.ts';
import { outcome } from '../steps.ts';
import { RANGES, sampleTransform, parseTransforms, type TransformSample } from './distribution.ts';
import { expectedObjective, freshViews, type Preprocessing } from './expectation.ts';
import { homography, mapPoint, type Quad } from './homography.ts';
import { Transformer } from './transform.ts';
import { wilson } from './wilson.ts';

const NO_TRANSFORM: TransformSample = {
  camera: null,
  colour: null,
  blur: 0,
  noise: null,
  quality: null,
};

const SIDE = 12;
const SAMPLES = 3 * SIDE * SIDE;
const SHAPE = { width: SIDE, height: SIDE };
const preprocessing: Preprocessing = {
  shape: SHAPE,
  apply: (picture) => picture,
  adjoint: (gradient) => gradient,
};
const noise = (seed: number, reach: number, middle = 0): Float32Array => {
  const next = random(seed);
  return Float32Array.from({ length: SAMPLES }, () => middle + reach * (2 * next() - 1));
};
const picture = noise(1, 0.2, 0.5);
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
const transformer = new Transformer(SHAPE);

const drawn = (text: string, seed = 4): TransformSample =>
  sampleTransform(parseTransforms(text), SHAPE, random(seed));

describe('a transformer', () => {
  it('takes gradients back through pictures that are not square', async () => {
    const wide = { width: 16, height: 9 };
    const [x, change] = [noise(2, 0.1, 0.5), noise(3, 0.1)];
    const transforms = parseTransforms('rotation:20 scale:0.2 perspective:0.1 translation:0.1 blur:2');
    const sample = sampleTransform(transforms, wide, random(4));
    const seen = new Transformer(wide);
    const { picture: from, adjoint } = await seen.apply(x, sample);
    const { picture: to } = await seen.apply(
      x.map((value, i) => value + (change[i] ?? 0)),
      sample,
    );
    const y = noise(5, 1);
    const moved = to.map((value, i) => value - (from[i] ?? 0));
    // Nothing is clipped: all of it is linear.
    expect(Math.max(...from, ...to)).toBeLessThan(1);
    expect(dot(moved, y)).toBeCloseTo(dot(change, adjoint(y)), 4);
  });

  it.each([
    'rotation',
    'scale',
    'perspective:0.2',
    'translation',
    'brightness',
    'contrast',
    'gamut',
    'blur:2',
    'noise',
  ])('through %s is affine, and its gradient comes back through the exact adjoint', async (text) => {
    const how = drawn(text);
    const change = noise(2, 0.05);
    const there = await transformer.apply(
      picture.map((value, i) => value + (change[i] ?? 0)),
      how,
    );
    const here = await transformer.apply(picture, how);
    const seed = noise(3, 1);
    const moved = there.picture.map((value, i) => value - (here.picture[i] ?? 0));
    expect(here.picture).not.toEqual(picture);
    expect(dot(moved, seed)).toBeCloseTo(dot(change, here.adjoint(seed)), 4);
  });

  it('with nothing drawn is the picture itself, bit by bit', async () => {
    expect(drawn('none')).toEqual(NO_TRANSFORM);
    const transformed = await transformer.apply(picture, drawn('none'));
    expect(transformed.picture).toBe(picture);
    const seed = noise(3, 1);
    expect(transformed.adjoint(seed)).toEqual(seed);
  });

  it('passes no gradient where a sample was clipped, and all of it through JPEG', async () => {
    const bright = await transformer.apply(picture, {
      ...NO_TRANSFORM,
      colour: { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: 0.4 },
    });
    const back = bright.adjoint(new Float32Array(SAMPLES).fill(1));
    bright.picture.forEach((value, i) => expect(back[i]).toBe(value === 1 ? 0 : 1));
    const file = await transformer.apply(picture, { ...NO_TRANSFORM, quality: 50 });
    expect(file.picture).not.toEqual(picture);
    const seed = noise(3, 1);
    expect(file.adjoint(seed)).toEqual(seed);
  });

  it('takes the middle of the picture to the middle when it only turns', () => {
    const { camera } = drawn('rotation:90');
    const [x, y] = mapPoint(camera ?? { xu: 0, xv: 0, x: 0, yu: 0, yv: 0, y: 0, wu: 0, wv: 0 }, [5.5, 5.5]);
    expect([x, y].map((value) => value.toFixed(6))).toEqual(['5.500000', '5.500000']);
  });
});

describe('a homography', () => {
  const square: Quad = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  const tilted: Quad = [
    [3, 2],
    [40, 5],
    [33, 38],
    [1, 30],
  ];

  it('takes four points to four others', () => {
    const map = homography(square, tilted);
    square.forEach((point, i) => {
      const [x, y] = map === null ? [NaN, NaN] : mapPoint(map, point);
      expect(x).toBeCloseTo(tilted[i]?.[0] ?? NaN, 9);
      expect(y).toBeCloseTo(tilted[i]?.[1] ?? NaN, 9);
    });
  });

  it('does not exist for points on a line', () => {
    expect(
      homography(
        [
          [0, 0],
          [1, 1],
          [2, 2],
          [3, 3],
        ],
        tilted,
      ),
    ).toBeNull();
  });
});

describe('expectation over transforms', () => {
  const rows = [noise(7, 1), noise(8, 1)].map((row) => [...row]);
  const classifier = new LinearClassifier(rows, [3, 0]);
  const goal = { kind: 'untargeted', label: 0 } as const;
  const options: ProjectedGradientOptions = {
    norm: 'linf',
    epsilon: 0.03,
    stepSize: 0.01,
    steps: 6,
    restarts: 1,
    randomStart: true,
    decay: null,
    seed: 9,
  };

  it('of nothing is the plain attack, bit by bit', async () => {
    const given = { ranges: parseTransforms('none'), samples: 4, seed: 1 };
    const expected = await outcome(
      projectedGradient(expectedObjective(preprocessing, classifier, goal, given), picture, options),
    );
    expect(expected.picture).toEqual(
      (await outcome(projectedGradient(objectiveOf(classifier, goal), picture, options))).picture,
    );
  });

  it('averages gradients over transforms, other ones at every step', async () => {
    const objective = expectedObjective(preprocessing, classifier, goal, {
      ranges: parseTransforms('rotation noise'),
      samples: 3,
      seed: 1,
    });
    const [first, second] = [await objective.differentiate(picture), await objective.differentiate(picture)];
    expect(first.loss).not.toBe(second.loss);
    const again = expectedObjective(preprocessing, classifier, goal, {
      ranges: parseTransforms('rotation noise'),
      samples: 3,
      seed: 1,
    });
    expect(await again.differentiate(picture)).toEqual(first);
  });

  it('is judged by views of its own, the same for the same seed', async () => {
    const ranges = parseTransforms('translation:0.2 noise');
    const views = async (seed: number): Promise<Float32Array[]> => {
      const all: Float32Array[] = [];
      for await (const view of freshViews(() => picture, SHAPE, classifier, goal, ranges, 100, seed))
        all.push(view.picture);
      return all;
    };
    const fresh = await views(1);
    expect(new Set(fresh.map((view) => view[50])).size).toBeGreaterThan(90);
    expect(await views(1)).toEqual(fresh);
    expect((await views(2))[0]).not.toEqual(fresh[0]);
  });
});

describe('the text of transforms', () => {
  it('names kinds, with their usual ranges or others', () => {
    expect(parseTransforms('rotation blur:2')).toMatchObject({
      rotation: RANGES.rotation.usual,
      blur: 2,
      noise: 0,
    });
    expect(Object.values(parseTransforms(null)).every((range) => range > 0)).toBe(true);
    expect(Object.values(parseTransforms('none')).every((range) => range === 0)).toBe(true);
  });

  it.each(['turn', 'rotation:x', 'rotation:', 'jpeg:100', 'scale:-1'])('is refused for %j', (text) => {
    let code = '';
    try {
      parseTransforms(text);
    } catch (error) {
      ({ code } = errorData(error));
    }
    expect(code).toBe('usage/option');
  });
});

it.each([
  // Wilson's interval, by the closed formula.
  [80, 100, 0.7112, 0.8666],
  [0, 100, 0, 0.037],
  [100, 100, 0.963, 1],
  [0, 0, 0, 1],
])('%d of %d is a share between %f and %f', (hits, count, low, high) => {
  const interval = wilson(hits, count);
  expect(interval[0]).toBeCloseTo(low, 3);
  expect(interval[1]).toBeCloseTo(high, 3);
});
