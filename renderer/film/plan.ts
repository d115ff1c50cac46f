/** A video of a dream's steps or of a film's frames: which are shown, when and how long, and at what size. */

interface FilmChoice {
  /** Steps a second. */
  fps: number;
  /** How long the last step stays, in seconds. */
  hold: number;
  /** Whether it then goes back to the beginning, so that it can be looped. */
  thereAndBack: boolean;
}

interface FilmFrame {
  readonly step: number;
  /** In seconds. */
  readonly at: number;
  readonly duration: number;
}

/** The frames of a film over the steps `first`…`last`, both included. */
export function planFilm(
  first: number,
  last: number,
  { fps, hold, thereAndBack }: FilmChoice,
): readonly FilmFrame[] {
  const forth = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const back = thereAndBack ? forth.slice(1, -1).toReversed() : [];
  let at = 0;
  return [...forth, ...back].map((step, index) => {
    const duration = 1 / fps + (index === forth.length - 1 ? hold : 0);
    const frame = { step, at, duration };
    at += duration;
    return frame;
  });
}

/** In seconds. */
export function lengthOf(frames: readonly FilmFrame[]): number {
  const last = frames.at(-1);
  return last === undefined ? 0 : last.at + last.duration;
}

/** The nearest size that every encoder takes: even, and at most `longest` on its longer side. */
export function filmSize(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  const even = (side: number): number => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}
