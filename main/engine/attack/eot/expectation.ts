/**
 * Expectation over transformations (Athalye et al. 2018): the loss that is climbed is the mean over random transforms of what
 * the network sees, drawn anew for every gradient.
 */
import { random } from '../../ascent/random.ts';
import { aimAt, type Aim, type Followed, type Standing } from '../aim.ts';
import type { Goal } from '../goal.ts';
import type { Oracle } from '../oracle.ts';
import { draw, type Ranges } from './distribution.ts';
import { Passage, type Passed } from './passage.ts';

/** Streams of random numbers: of those that the attack climbs, and of those that judge it. */
export const CLIMBED = 0xe0;
const FRESH = 0xf0;

/** A linear map from pictures to what the network sees of them, and back. */
export interface Eye {
  readonly side: number;
  see(picture: Float32Array): Float32Array;
  back(gradient: Float32Array): Float32Array;
}

export interface Expectation {
  readonly ranges: Ranges;
  /** Transforms to every gradient. */
  readonly samples: number;
  readonly seed: number;
}

/** @param close how the network sees what an eye has seen */
export function expectedAim(
  eye: Eye,
  close: Oracle,
  goal: Goal,
  { ranges, samples, seed }: Expectation,
  followed: Followed = 'cross-entropy',
): Aim {
  const inner = aimAt(close, goal, followed);
  const passage = new Passage(eye.side);
  let asked = 0;
  async function over(picture: Float32Array, gradient: Float32Array | null): Promise<Standing> {
    const seen = eye.see(picture);
    const round = asked++;
    const sum = { loss: 0, probability: 0, margin: 0 };
    for (let sample = 0; sample < samples; sample++) {
      const passed = await passage.pass(seen, draw(ranges, eye.side, random(seed, CLIMBED, round, sample)));
      const standing =
        gradient === null
          ? await inner.standing(passed.picture)
          : await climbed(passed, inner, gradient, 1 / samples);
      sum.loss += standing.loss / samples;
      sum.probability += standing.probability / samples;
      sum.margin += standing.margin / samples;
    }
    return sum;
  }
  return {
    standing: (picture) => over(picture, null),
    async ascent(picture) {
      const gradient = new Float32Array(3 * eye.side * eye.side);
      const standing = await over(picture, gradient);
      return { ...standing, gradient: eye.back(gradient) };
    },
  };
}

/** Adds a share of the gradient with respect to what passed, brought back, to `into`. */
async function climbed(passed: Passed, inner: Aim, into: Float32Array, share: number): Promise<Standing> {
  const { gradient, ...standing } = await inner.ascent(passed.picture);
  const part = passed.back(gradient);
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + share * (part[i] ?? 0);
  return standing;
}

export interface FreshView {
  readonly picture: Float32Array;
  readonly standing: Standing;
}

/**
 * Transforms that no attack has seen, one after the other, and what the network makes of the picture in each.
 *
 * @param seen what an eye of `side` pixels has of the picture that is judged the i-th time
 */
export async function* freshViews(
  seen: (i: number) => Float32Array,
  side: number,
  close: Oracle,
  goal: Goal,
  ranges: Ranges,
  count: number,
  seed: number,
): AsyncGenerator<FreshView, void, undefined> {
  const inner = aimAt(close, goal);
  const passage = new Passage(side);
  for (let i = 0; i < count; i++) {
    const { picture } = await passage.pass(seen(i), draw(ranges, side, random(seed, FRESH, i)));
    yield { picture, standing: await inner.standing(picture) };
  }
}
