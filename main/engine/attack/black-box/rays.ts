/**
 * RayS (Chen & Gu 2020): a search by labels alone for the nearest boundary in L∞. Every sample goes up or down, all equally
 * far; blocks of them are turned round, large ones first, and what brings the boundary nearer is kept. How far it is along a
 * ray is found by bisection, after one question has said that it is nearer at all.
 */
import { random } from '../../ascent/random.ts';
import type { Iteration } from '../climb.ts';
import { fromLevels, onLattice, type Levels } from '../lattice.ts';
import type { BlackBoxOptions } from './budget.ts';
import type { Sealed } from './sealed.ts';

/** To so many pixel units a boundary is located: a fiftieth of a grey level. */
const TOLERANCE = 0.02 / 255;

/** Farther away than this is nothing: a sample has reached its end. */
const FARTHEST = 1;

export interface Rays {
  /** Whole levels within the reach; where the goal was not reached, the end of the best ray. */
  readonly picture: Float32Array;
  readonly reached: boolean;
  /** Distance of the boundary along the best ray, in grey levels; Infinity where none was met. */
  readonly distance: number;
}

/** Where a search stands: `loss` is the distance of the boundary in grey levels, and there is no probability. */
type Step = Pick<Iteration, 'step' | 'of' | 'picture'> & { readonly distance: number };

/**
 * @param see what the victim is shown of a picture
 * @param start which way each sample goes first, by the sign; null for a random way for each channel. Samples outside of the
 *   window stay.
 */
export async function* rays(
  victim: Sealed,
  original: Levels,
  { goal, window, width, reach, queries, seed }: BlackBoxOptions,
  see: (picture: Float32Array) => Float32Array = (picture) => picture,
  start: Float32Array | null = null,
): AsyncGenerator<Step, Rays, undefined> {
  const ball = { norm: 'linf', epsilon: reach / 255 } as const;
  const centre = fromLevels(original);
  const places = placesIn(window, width, original.length);
  const ways = waysOf(places, original.length, start, seed);
  const left = (): boolean => victim.queries < queries;
  const asked = async (picture: Float32Array): Promise<boolean> => {
    const label = await victim.label(see(picture));
    return (label === goal.label) === (goal.kind === 'targeted');
  };
  const at = (radius: number): Float32Array => along(centre, ways, radius);
  let distance = Infinity;
  let found = centre;
  /** Whether the boundary lies nearer along the ways as they are now; the distance follows. */
  const nearer = async (): Promise<boolean> => {
    // Far away a network may say of anything what it says of the picture: then the end of the reach is looked at, too.
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
      turn(ways, places, from, size);
      const better = await nearer();
      // As long as no boundary was met anywhere, every turn is as good a way to go on from.
      if (!better && distance < Infinity) turn(ways, places, from, size);
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
function waysOf(places: Int32Array, samples: number, start: Float32Array | null, seed: number): Int8Array {
  const ways = new Int8Array(samples);
  const next = random(seed, 0x52);
  const channels = [0, 1, 2].map(() => (next() < 0.5 ? -1 : 1));
  places.forEach((place, i) => {
    const usual = channels[Math.floor((3 * i) / places.length)] ?? 1;
    ways[place] = Math.sign(start?.[place] ?? 0) || usual;
  });
  return ways;
}

function turn(ways: Int8Array, places: Int32Array, from: number, size: number): void {
  for (let i = from; i < Math.min(from + size, places.length); i++) {
    const place = places[i] ?? 0;
    ways[place] = -(ways[place] ?? 0);
  }
}

function along(centre: Float32Array, ways: Int8Array, radius: number): Float32Array {
  return centre.map((value, i) => Math.min(Math.max(value + radius * (ways[i] ?? 0), 0), 1));
}
