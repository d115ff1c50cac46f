/**
 * The Square attack in L2: instead of colours, squares carry pyramids, half of them up and half down. A square takes over the length
 * that another one had, and all that is left of the bound, so every picture that is tried lies on the ball.
 */
import { length2 } from '../ball.ts';
import { onLattice, squares, type Levels } from '../lattice.ts';
import type { BlackBoxOptions } from './budget.ts';
import type { Random } from '../../ascent/random.ts';

/** Where a search begins, and what it tries next: each a new picture within the ball. */
export interface Proposals {
  readonly start: (next: Random) => Levels;
  /** @param area of a square, in pixels */
  readonly around: (current: Levels, area: number, next: Random) => Levels;
}

const TINY = 1e-12;

/** Tiles along a side of the window, each with a pyramid of its own, that the search begins with. */
const TILES = 5;

/** The smallest square; sides are odd, so that a pyramid has a top. */
const LEAST_SIDE = 3;

/** How often a change is shortened so that it stays in the ball when rounded; what is left then is taken back level by level. */
const SHORTENINGS = 4;

/** @param epsilon in pixel units */
export function squareL2(original: Levels, { window, width }: BlackBoxOptions, epsilon: number): Proposals {
  const plane = original.length / 3;
  const cells = window.width * window.height;
  const bound = 255 * epsilon;
  const shape = new Pyramids();

  /** Where a sample of the window lies in the picture. */
  const place = (channel: number, x: number, y: number): number =>
    channel * plane + (window.y + y) * width + window.x + x;

  /** The change of a picture in the window, planar, in grey levels. */
  function changeOf(levels: Levels): Float32Array {
    const change = new Float32Array(3 * cells);
    for (let channel = 0, at = 0; channel < 3; channel++)
      for (let y = 0; y < window.height; y++)
        for (let x = 0, i = place(channel, 0, y); x < window.width; x++, i++, at++)
          change[at] = (levels[i] ?? 0) - (original[i] ?? 0);
    return change;
  }

  /** The picture with a change as long as the bound, in whole levels and within it. */
  function changed(change: Float32Array): Levels {
    const levels = original.slice();
    let scale = bound / (length2(change) + TINY);
    for (let attempt = 0; ; attempt++) {
      for (let channel = 0, at = 0; channel < 3; channel++)
        for (let y = 0; y < window.height; y++)
          for (let x = 0, i = place(channel, 0, y); x < window.width; x++, i++, at++)
            levels[i] = Math.min(
              Math.max(Math.round((original[i] ?? 0) + scale * (change[at] ?? 0)), 0),
              255,
            );
      const length = Math.sqrt(squares(levels, original));
      if (length <= bound) return levels;
      if (attempt === SHORTENINGS) break;
      scale *= bound / length;
    }
    const unrounded = Float32Array.from(levels, (level) => level / 255);
    return onLattice(unrounded, original, { norm: 'l2', epsilon });
  }

  /** Calls back with each sample of a square in a channel: its place in a change, and its place in the square. */
  function within(
    channel: number,
    left: number,
    top: number,
    side: number,
    use: (at: number, i: number) => void,
  ) {
    for (let y = 0, i = 0; y < side; y++)
      for (let x = 0; x < side; x++, i++) use(channel * cells + (top + y) * window.width + left + x, i);
  }

  return {
    start(next) {
      const change = new Float32Array(3 * cells);
      const side = Math.max(Math.floor(Math.min(window.width, window.height) / TILES), 1);
      const [columns, rows] = [Math.floor(window.width / side), Math.floor(window.height / side)];
      const [left, top] = [(window.width - columns * side) >> 1, (window.height - rows * side) >> 1];
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const pyramids = shape.of(side, next() < 0.5);
          for (let channel = 0; channel < 3; channel++) {
            const up = next() < 0.5 ? -1 : 1;
            within(channel, left + column * side, top + row * side, side, (at, i) => {
              change[at] = up * (pyramids[i] ?? 0);
            });
          }
        }
      return changed(change);
    },
    around(current, area, next) {
      const change = changeOf(current);
      const side = sideOf(area, Math.min(window.width, window.height));
      const somewhere = (): [left: number, top: number] => [
        Math.floor(next() * (window.width - side + 1)),
        Math.floor(next() * (window.height - side + 1)),
      ];
      const [here, there] = [somewhere(), somewhere()];
      const left = Math.max(bound ** 2 - length2(change) ** 2, 0) / 3;
      const pyramids = shape.of(side, next() < 0.5);
      for (let channel = 0; channel < 3; channel++) {
        const up = next() < 0.5 ? -1 : 1;
        const before = new Float32Array(side * side);
        let own = 0;
        within(channel, ...here, side, (at, i) => {
          before[i] = change[at] ?? 0;
          own += (change[at] ?? 0) ** 2;
        });
        // What both squares hold goes into the first; where they overlap it counts once.
        let spent = own;
        within(channel, ...here, side, (at) => (change[at] = 0));
        within(channel, ...there, side, (at) => {
          spent += (change[at] ?? 0) ** 2;
          change[at] = 0;
        });
        const fresh = before.map((value, i) => up * (pyramids[i] ?? 0) + value / (TINY + Math.sqrt(own)));
        const scale = Math.sqrt(left + spent) / (TINY + length2(fresh));
        within(channel, ...here, side, (at, i) => (change[at] = scale * (fresh[i] ?? 0)));
      }
      return changed(change);
    },
  };
}

/** The odd side of a square of an area, at least {@link LEAST_SIDE} where it fits. */
function sideOf(area: number, most: number): number {
  const side = Math.max(Math.round(Math.sqrt(area)), LEAST_SIDE) | 1;
  return side <= most ? side : most - (most % 2 === 0 ? 1 : 0);
}

/** The pyramids of the last side that was asked for. */
class Pyramids {
  #side = 0;
  #up: Float32Array = new Float32Array();

  /** A square of length 1, its upper half a pyramid and its lower half one downwards, or its left and right half. */
  of(side: number, turned: boolean): Float32Array {
    if (side !== this.#side) {
      this.#side = side;
      this.#up = pyramids(side);
    }
    return turned
      ? this.#up.map((_, i) => this.#up[(i % side) * side + Math.floor(i / side)] ?? 0)
      : this.#up;
  }
}

function pyramids(side: number): Float32Array {
  const half = side >> 1;
  const both = new Float32Array(side * side);
  both.set(pyramid(side, half));
  both.set(
    pyramid(side, side - half).map((value) => -value),
    side * half,
  );
  const length = length2(both);
  return both.map((value) => value / length);
}

/** A rectangle of length 1 that falls from its middle in square steps: Σ 1/k² over k from the distance in rings, 1 at the top. */
function pyramid(width: number, height: number): Float32Array {
  const rings = Math.max(width, height) / 2 + 1;
  const [middleX, middleY] = [width >> 1, height >> 1];
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const ring = Math.max(Math.abs((i % width) - middleX), Math.abs(Math.floor(i / width) - middleY));
    let sum = 0;
    for (let k = ring; k < rings; k++) sum += 1 / (k + 1) ** 2;
    return sum;
  });
  const length = length2(values);
  return length === 0 ? values : values.map((value) => value / length);
}
