/** How often a result still succeeds after transforms that the attack has not seen, and a grid of what they look like. */
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import type { ViewShare } from '../../../../shared/methods/attack.ts';
import { parseTransforms } from '../../attack/eot/distribution.ts';
import { freshViews } from '../../attack/eot/expectation.ts';
import { wilson } from '../../attack/eot/wilson.ts';
import type { Goal } from '../../attack/goal.ts';
import { createPixels, pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import { sheetOf } from '../../imaging/sheet.ts';
import { paste } from '../../imaging/tiles.ts';
import type { Victim } from './victim.ts';

/** Views on a grid, and the width of their frames. */
const SHOWN = 24;
const FRAME = 6;

/** Frames say what the network made of a view; the colours differ in brightness, too. */
const FOOLED = [1, 0.72, 0.2] as const;
const NOT_FOOLED = [0.25, 0.3, 0.38] as const;

/**
 * @param picture what is judged the i-th time, always of the size of `original`
 * @param original the picture before the attack, which goes through the same transforms
 * @returns the share, and the first views on a grid, framed bright where the goal is reached
 */
export async function judgeViews(
  victim: Victim,
  picture: (i: number) => Pixels,
  original: Pixels,
  goal: Goal,
  { transforms, seed }: AttackSettings,
  count: number,
): Promise<{ share: ViewShare; grid: Pixels }> {
  const ranges = parseTransforms(transforms);
  const { view, preprocessed } = victim.at(original);
  const { shape } = view;
  const { width, height } = shape;
  const seenOf = lastOf((whole: Pixels) => view.apply(whole).data);
  const views = (of: (i: number) => Pixels) =>
    freshViews((i) => seenOf(of(i)), shape, preprocessed, goal, ranges, count, seed);
  const shown: Pixels[] = [];
  let fooled = 0;
  for await (const { picture: seen, evaluation } of views(picture)) {
    const reached = evaluation.margin > 0;
    if (reached) fooled++;
    if (shown.length < SHOWN) shown.push(framed(pixelsFrom(width, height, seen), reached));
  }
  let untouched = 0;
  for await (const { evaluation } of views(() => original)) if (evaluation.margin > 0) untouched++;
  const [low, high] = wilson(fooled, count);
  return {
    share: { count, fooled, interval: [low, high], untouched },
    grid: sheetOf(shown, { gap: FRAME, border: true, fill: 0.1, columns: 6 }),
  };
}

/** What a function gives, computed once for an argument that comes again and again. */
function lastOf<A, B>(of: (argument: A) => B): (argument: A) => B {
  let last: { argument: A; result: B } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: of(argument) };
    return last.result;
  };
}

function framed(view: Pixels, reached: boolean): Pixels {
  const frame = createPixels(view.width + 2 * FRAME, view.height + 2 * FRAME, reached ? FOOLED : NOT_FOOLED);
  paste(frame, view, FRAME, FRAME);
  return frame;
}
