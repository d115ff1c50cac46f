/**
 * The Square attack (Andriushchenko et al. 2020): random search with squares of colour, which are kept when the margin grew and
 * shrink on the authors' schedule. No gradient is estimated. In L∞ it begins with vertical stripes, and the samples of a square go to
 * an end of the ball; what it does in L2 stands in square-l2.ts.
 */
import type { Norm } from '../../../../shared/attacks/registry.ts';
import { random, type Random } from '../../ascent/random.ts';
import type { Steps } from '../steps.ts';
import { fromLevels, type Levels } from '../lattice.ts';
import { evaluate } from '../objective.ts';
import type { BlackBoxOptions } from './budget.ts';
import type { BlackBox } from './black-box.ts';
import { squareL2, type Proposals } from './square-l2.ts';

/** The share of the picture that the first squares cover: the authors' values for ImageNet. */
export const FIRST_SHARE = { linf: 0.05, l2: 0.1 } as const;

/** Numbers of queries, of 10,000, after which the share is halved. */
const HALVINGS = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/** The share of the picture that a square covers at a query. @param budget all queries */
export function shareAt(query: number, budget: number, first: number = FIRST_SHARE.linf): number {
  const scaled = (10000 * query) / budget;
  return first / 2 ** HALVINGS.filter((at) => scaled > at).length;
}

/** What differs between the forms of the attack. */
interface SquareForm {
  readonly norm: Norm;
  /** The bound in L2, in pixel units; in L∞ it is the reach of the options. */
  readonly epsilon: number;
  /** The share of the picture that the first squares cover. */
  readonly share: number;
  /** Queries over which the squares shrink; as many as there are where this is absent. */
  readonly schedule?: number;
}

/** Ends as soon as the goal is reached. `picture` of what is found holds whole levels. */
export async function* square(
  blackBox: BlackBox,
  original: Levels,
  options: BlackBoxOptions,
  { norm, epsilon, share, schedule = options.queries }: SquareForm = {
    norm: 'linf',
    epsilon: options.reach / 255,
    share: FIRST_SHARE.linf,
  },
): Steps {
  const { goal, window, queries } = options;
  const next = random(options.seed, 0x50);
  const proposals = norm === 'l2' ? squareL2(original, options, epsilon) : squareLinf(original, options);
  let levels: Levels = original.slice();
  let evaluation = evaluate(await blackBox.classify(fromLevels(levels)), goal);
  for (let asked = 1; asked < queries && evaluation.margin <= 0 && options.reach > 0; asked++) {
    const area = shareAt(asked, schedule, share) * window.width * window.height;
    const tried = asked === 1 ? proposals.start(next) : proposals.around(levels, area, next);
    const answer = evaluate(await blackBox.classify(fromLevels(tried)), goal);
    // What the search begins with is taken, whatever it does.
    if (asked === 1 || answer.margin > evaluation.margin) {
      levels = tried;
      evaluation = answer;
    }
    yield { step: asked, of: queries, picture: fromLevels(levels), ...evaluation };
  }
  return { picture: fromLevels(levels), margin: evaluation.margin, flat: 0 };
}

function squareLinf(original: Levels, options: BlackBoxOptions): Proposals {
  const { window } = options;
  return {
    /** Every column of every channel goes to an end of the ball. */
    start(next) {
      const levels = original.slice();
      for (let channel = 0; channel < 3; channel++)
        for (let x = window.x; x < window.x + window.width; x++)
          fill(levels, original, options, channel, { ...window, x, width: 1 }, sign(next));
      return levels;
    },
    /** One square of the window, each of its channels, goes to an end of the ball. */
    around(current, area, next) {
      const levels = current.slice();
      const side = Math.max(Math.round(Math.sqrt(area)), 1);
      const [width, height] = [Math.min(side, window.width), Math.min(side, window.height)];
      const x = window.x + Math.floor(next() * (window.width - width + 1));
      const y = window.y + Math.floor(next() * (window.height - height + 1));
      for (let channel = 0; channel < 3; channel++)
        fill(levels, original, options, channel, { x, y, width, height }, sign(next));
      return levels;
    },
  };
}

const sign = (next: Random): number => (next() < 0.5 ? -1 : 1);

function fill(
  levels: Levels,
  original: Levels,
  { width, reach }: BlackBoxOptions,
  channel: number,
  area: BlackBoxOptions['window'],
  direction: number,
): void {
  const plane = (original.length / 3) * channel;
  for (let y = area.y; y < area.y + area.height; y++) {
    const row = plane + y * width;
    for (let i = row + area.x; i < row + area.x + area.width; i++) {
      levels[i] = Math.min(Math.max((original[i] ?? 0) + direction * reach, 0), 255);
    }
  }
}
