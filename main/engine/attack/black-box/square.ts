/**
 * The Square attack (Andriushchenko et al. 2020) in L∞: random search with squares of colour. It begins with vertical stripes;
 * each query tries one square, whose samples go to an end of the ball, and keeps it when the margin grew. The squares shrink
 * on the authors' schedule. No gradient is estimated.
 */
import { random, type Random } from '../../ascent/random.ts';
import type { Steps } from '../steps.ts';
import { fromLevels, type Levels } from '../lattice.ts';
import { evaluate } from '../objective.ts';
import type { BlackBoxOptions } from './budget.ts';
import type { BlackBox } from './black-box.ts';

/** The share of the picture that the first squares cover: the authors' value for ImageNet in L∞. */
const FIRST_SHARE = 0.05;

/** Numbers of queries, of 10,000, after which the share is halved. */
const HALVINGS = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/** The share of the picture that a square covers at a query. @param budget all queries */
export function shareAt(query: number, budget: number): number {
  const scaled = (10000 * query) / budget;
  return FIRST_SHARE / 2 ** HALVINGS.filter((at) => scaled > at).length;
}

/** Ends as soon as the goal is reached. `picture` of what is found holds whole levels. */
export async function* square(blackBox: BlackBox, original: Levels, options: BlackBoxOptions): Steps {
  const { goal, window, queries } = options;
  const next = random(options.seed, 0x50);
  let levels = original.slice();
  let evaluation = evaluate(await blackBox.classify(fromLevels(levels)), goal);
  for (let asked = 1; asked < queries && evaluation.margin <= 0 && options.reach > 0; asked++) {
    const tried = levels.slice();
    if (asked === 1) stripes(tried, original, options, next);
    else {
      const share = shareAt(asked, queries);
      const side = Math.max(Math.round(Math.sqrt(share * window.width * window.height)), 1);
      recolour(tried, original, options, side, next);
    }
    const answer = evaluate(await blackBox.classify(fromLevels(tried)), goal);
    // The stripes are where the search begins, whatever they do.
    if (asked === 1 || answer.margin > evaluation.margin) {
      levels = tried;
      evaluation = answer;
    }
    yield { step: asked, of: queries, picture: fromLevels(levels), ...evaluation };
  }
  return { picture: fromLevels(levels), margin: evaluation.margin, flat: 0 };
}

/** Every column of every channel goes to an end of the ball; in place. */
function stripes(levels: Levels, original: Levels, options: BlackBoxOptions, next: Random): void {
  const { x, width, y, height } = options.window;
  for (let channel = 0; channel < 3; channel++) {
    for (let column = x; column < x + width; column++) {
      fill(levels, original, options, channel, { x: column, y, width: 1, height }, sign(next));
    }
  }
}

/** One square of the window, each of its channels, goes to an end of the ball; in place. */
function recolour(levels: Levels, original: Levels, options: BlackBoxOptions, side: number, next: Random) {
  const { window } = options;
  const [width, height] = [Math.min(side, window.width), Math.min(side, window.height)];
  const x = window.x + Math.floor(next() * (window.width - width + 1));
  const y = window.y + Math.floor(next() * (window.height - height + 1));
  for (let channel = 0; channel < 3; channel++)
    fill(levels, original, options, channel, { x, y, width, height }, sign(next));
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
