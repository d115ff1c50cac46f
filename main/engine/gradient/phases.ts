/**
 * Images in phases: of stride s, phase (a, b) holds every s-th row from a on and every s-th column from b on. The gradient
 * of a strided operator is found phase by phase, and operators that look at every pixel for itself can go on with the
 * phases as they are. They are woven together where the fewest channels have to be moved.
 */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { depthwise } from './blocked.ts';

/** The phases of an image, `parts[a][b]`. Where a side is no multiple of the stride, the later ones have a row or a column less. */
export interface Phases {
  readonly parts: readonly (readonly Name[])[];
  /** Height and width of the image. */
  readonly size: readonly [number, number];
}

/** Row and column of a phase. */
type Place = readonly [number, number];

/** What `change` makes of every phase. */
export const eachPhase = ({ parts, size }: Phases, change: (part: Name, place: Place) => Name): Phases => ({
  parts: parts.map((row, a) => row.map((part, b) => change(part, [a, b]))),
  size,
});

/** The image itself. With the channels last, pixels and rows are contiguous, and joining them is but copying. */
export function woven(g: Builder, { parts, size: [height, width] }: Phases): Name {
  const s = parts.length;
  const [n = 1, channels = 1, rows = 1, columns = 1] = g.dims(parts[0]?.[0] ?? '');
  const lines = parts.map((row) => {
    const pixels = row.map((part) => {
      const missing = [rows - g.dim(part, 2), columns - g.dim(part, 3)];
      const filled = missing.some((m) => m > 0)
        ? depthwise(g, part, [[1]], { pads: [0, 0, ...missing] })
        : part;
      return g.transpose(filled, [0, 2, 3, 1]);
    });
    return g.reshape(g.concat(pixels, 3), [n, rows, s * columns * channels]);
  });
  const image = g.reshape(g.concat(lines, 2), [n, s * rows, s * columns, channels]);
  const exact = s * rows === height && s * columns === width;
  return g.transpose(exact ? image : g.slice(image, [1, 2], [0, 0], [height, width]), [0, 3, 1, 2]);
}

/** Phase (a, b) of an image for stride s. */
export function phaseOf(g: Builder, image: Name, s: number, [a, b]: Place): Name {
  const taps = Array.from({ length: a + 1 }, (_, y) =>
    Array.from({ length: b + 1 }, (__, x) => (y === a && x === b ? 1 : 0)),
  );
  return depthwise(g, image, taps, { strides: [s, s] });
}
