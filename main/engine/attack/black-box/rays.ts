/**
 * RayS (Chen & Gu 2020): a search by labels alone for the nearest boundary in L∞. Every sample goes up or down, all equally
 * far; blocks of them are flipped, large ones first, and what brings the boundary nearer is kept. Its distance along a ray is
 * found by bisection, after one query has said that it is nearer at all.
 */
import { random } from '../../ascent/random.ts';
import type { Iteration } from '../steps.ts';
import { fromLevels, onLattice, type Levels } from '../lattice.ts';
import type { BlackBoxOptions } from './budget.ts';
import type { BlackBox } from './black-box.ts';

/** How exactly a boundary is located, in pixel units: a fiftieth of a grey level. */
const TOLERANCE = 0.02 / 255;

/** The farthest point of a ray, in pixel units: every sample is black or white there. */
const FARTHEST = 1;

export interface Rays {
  /** Whole levels within the reach; where the goal was not reached, the end of the best ray. */
  readonly picture: Float32Array;
  readonly reached: boolean;
  /** Distance of the boundary along the best ray, in grey levels; Infinity where none was met. */
  readonly distance: number;
}

/** A step knows the distance of the boundary in grey levels, and neither a loss nor a probability. */
type Step = Pick<Iteration, 'step' | 'of' | 'picture'> & { readonly distance: number };

/**
 * @param preprocess what the black box is sent of a picture
 * @param start first direction of each sample, by its sign; null for a random one for each channel. Samples outside of the
 *   window stay.
 */
export async function* rays(
  blackBox: BlackBox,
  original: Levels,
  { goal, window, width, reach, queries, seed }: BlackBoxOptions,
  preprocess: (picture: Float32Array) => Float32Array = (picture) => picture,
  start: Float32Array | null = null,
): AsyncGenerator<Step, Rays, undefined> {
  const ball = { norm: 'linf', epsilon: reach / 255 } as const;
  const centre = fromLevels(original);
  const places = placesIn(window, width, original.length);
  const signs = signsOf(places, original.length, start, seed);
  const left = (): boolean => blackBox.queries < queries;
  const asked = async (picture: Float32Array): Promise<boolean> => {
    const label = await blackBox.label(preprocess(picture));
    return (label === goal.label) === (goal.kind === 'targeted');
  };
  const at = (radius: number): Float32Array => along(centre, signs, radius);
  let distance = Infinity;
  let found = centre;
  /** Whether the boundary lies nearer in the present direction; the distance is updated. */
  const nearer = async (): Promise<boolean> => {
    // Far away a network may give any picture the class of the original: then the end of the reach is tried, too.
    const ends = distance < Infinity ? [distance] : [FARTHEST, ball.epsilon];
    let far = Infinity;
    for (const end of ends) if (far === Infinity && left() && (await asked(at(end)))) far = end;
    if (far === Infinity) return false;
    let near = 0;
    while (far - near > TOLERANCE && left()) {
      const middle = (near + far) / 2;
      if (await asked(at(middle))) far = middle;
      else near = middle;
    }
    if (far >= distance) return false;
    distance = far;
    return true;
  };
  /** What a file could hold of the nearest point of the boundary, or of the end of the ray within reach. */
  const within = async (): Promise<boolean> => {
    for (const radius of [distance, ball.epsilon]) {
      if (!(distance <= ball.epsilon) || !left()) return false;
      found = fromLevels(onLattice(at(radius), original, ball));
      if (await asked(found)) return true;
    }
    return false;
  };
  const result = (reached: boolean): Rays => ({
    picture: reached ? found : fromLevels(onLattice(at(ball.epsilon), original, ball)),
    reached,
    distance: 255 * distance,
  });
  if (reach === 0 || (left() && (await asked(centre)))) return result(reach > 0);
  if ((await nearer()) && (await within())) return result(true);
  for (let step = 1, level = 0; left(); level++) {
    // Blocks of one sample have all been tried when the next halving would make them smaller.
    if (2 ** level >= 2 * places.length) break;
    const size = Math.ceil(places.length / 2 ** level);
    for (let from = 0; from < places.length && left(); from += size, step++) {
      flip(signs, places, from, size);
      const better = await nearer();
      // As long as no boundary was met anywhere, one direction is as good as another.
      if (!better && distance < Infinity) flip(signs, places, from, size);
      const picture = Number.isFinite(distance) ? at(distance) : centre;
      yield { step, of: queries, picture, distance: 255 * distance };
      if (better && (await within())) return result(true);
    }
  }
  return result(false);
}

/** Indices of the samples in a part of the picture, channel by channel and row by row. */
function placesIn(window: BlackBoxOptions['window'], width: number, samples: number): Int32Array {
  const plane = samples / 3;
  const area = window.width * window.height;
  return Int32Array.from({ length: 3 * area }, (_, i) => {
    const [channel, at] = [Math.floor(i / area), i % area];
    return (
      channel * plane + (window.y + Math.floor(at / window.width)) * width + window.x + (at % window.width)
    );
  });
}

/** 1 for up, -1 for down, 0 for samples that stay. */
function signsOf(places: Int32Array, samples: number, start: Float32Array | null, seed: number): Int8Array {
  const signs = new Int8Array(samples);
  const next = random(seed, 0x52);
  const channels = [0, 1, 2].map(() => (next() < 0.5 ? -1 : 1));
  places.forEach((place, i) => {
    const usual = channels[Math.floor((3 * i) / places.length)] ?? 1;
    signs[place] = Math.sign(start?.[place] ?? 0) || usual;
  });
  return signs;
}

function flip(signs: Int8Array, places: Int32Array, from: number, size: number): void {
  for (let i = from; i < Math.min(from + size, places.length); i++) {
    const place = places[i] ?? 0;
    signs[place] = -(signs[place] ?? 0);
  }
}

function along(centre: Float32Array, signs: Int8Array, radius: number): Float32Array {
  return centre.map((value, i) => Math.min(Math.max(value + radius * (signs[i] ?? 0), 0), 1));
}
