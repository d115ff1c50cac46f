/**
 * Images in phases: of stride s, phase (a, b) holds every s-th row from a on and every s-th column from b on. The gradient
 * of a strided operator is found phase by phase, and operators that look at every pixel for itself can go on with the
 * phases as they are. They are woven together where the fewest channels have to be moved.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { depthwise } from './blocked.ts';

/**
 * The phases of an image, `parts[a][b]`, all of the size of the first: where the others have a row or column less, what stands
 * there means nothing.
 */
export interface Phases {
  readonly parts: readonly (readonly Name[])[];
  /** Height and width of the image. */
  readonly size: readonly [number, number];
}

/** What `change` makes of every phase, with its place. */
export const eachPhase = (
  { parts, size }: Phases,
  change: (part: Name, place: readonly [number, number]) => Name,
): Phases => ({ parts: parts.map((row, a) => row.map((part, b) => change(part, [a, b]))), size });

/** The image itself. Its rows are contiguous with the channels last, and joining them is then but copying. */
export function woven(g: Builder, { parts, size: [height, width] }: Phases): Name {
  const s = parts.length;
  const [n = 1, channels = 1, rows = 1, columns = 1] = g.dims(parts[0]?.[0] ?? '');
  const lines = parts.map((row) => {
    const pixels = row.map((part) => g.transpose(part, [0, 2, 3, 1]));
    return g.reshape(g.concat(pixels, 3), [n, rows, s * columns * channels]);
  });
  const image = g.reshape(g.concat(lines, 2), [n, s * rows, s * columns, channels]);
  const exact = s * rows === height && s * columns === width;
  return g.transpose(exact ? image : g.slice(image, [1, 2], [0, 0], [height, width]), [0, 3, 1, 2]);
}

/** Phase (a, b) of an image, in the common size of some phases of it; zeros where it has a row or column less. */
export function phaseOf(
  g: Builder,
  image: Name,
  { parts, size }: Phases,
  place: readonly [number, number],
): Name {
  const s = parts.length;
  const ends = place.map((from, i) => {
    const count = g.dim(parts[0]?.[0] ?? '', i + 2);
    return Math.max(0, s * (count - 1) + from + 1 - (size[i] ?? 0));
  });
  const taps = Array.from({ length: place[0] + 1 }, (_, y) =>
    Array.from({ length: place[1] + 1 }, (__, x) => (y === place[0] && x === place[1] ? 1 : 0)),
  );
  return depthwise(g, image, taps, { strides: [s, s], pads: [0, 0, ...ends] });
}
