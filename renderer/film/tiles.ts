/** A film strip as a timeline: its width is the whole dream or film, and each tile shows the step or the frame at its place. */

export interface Tile {
  /** 0 is what the dream started from. */
  readonly step: number;
  /** Where it begins and how wide it is, as parts of the strip's width. */
  readonly left: number;
  readonly width: number;
}

/** At most `most` tiles for the steps `first`…`last`, both included. */
export function tilesOf(first: number, last: number, most: number): readonly Tile[] {
  const steps = last - first + 1;
  const count = Math.max(1, Math.min(steps, Math.floor(most)));
  return Array.from({ length: count }, (_, index) => ({
    step: count === 1 ? first : first + Math.round((index * (steps - 1)) / (count - 1)),
    left: index / count,
    width: 1 / count,
  }));
}
