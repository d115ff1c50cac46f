/** Projective maps of the plane: what a flat picture does in front of a camera. Matrices are row by row, 3 × 3. */
import type { Projective } from '../../ascent/affine.ts';

export type Point = readonly [x: number, y: number];
export type Quad = readonly [Point, Point, Point, Point];

/**
 * The map that takes four points to four others: eight linear equations (Hartley and Zisserman 2004, section 4.1).
 *
 * @returns null where three of the points lie on a line
 */
export function homography(from: Quad, to: Quad): Projective | null {
  const rows = from.flatMap(([u, v], i) => {
    const [x, y] = to[i] ?? [0, 0];
    return [
      [u, v, 1, 0, 0, 0, -u * x, -v * x, x],
      [0, 0, 0, u, v, 1, -u * y, -v * y, y],
    ];
  });
  const solution = solve(rows);
  if (solution === null) return null;
  const [xu = 0, xv = 0, x = 0, yu = 0, yv = 0, y = 0, wu = 0, wv = 0] = solution;
  return { xu, xv, x, yu, yv, y, wu, wv };
}

export function mapPoint(map: Projective, [u, v]: Point): Point {
  const w = 1 + map.wu * u + map.wv * v;
  return [(map.xu * u + map.xv * v + map.x) / w, (map.yu * u + map.yv * v + map.y) / w];
}

/** Gauss and Jordan with pivots; each row ends in its right side. */
function solve(rows: number[][]): number[] | null {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    const size = (row: number): number => Math.abs(rows[row]?.[column] ?? 0);
    let pivot = column;
    for (let row = column + 1; row < n; row++) if (size(row) > size(pivot)) pivot = row;
    const [top, other] = [rows[pivot], rows[column]];
    if (top === undefined || other === undefined || size(pivot) < 1e-9) return null;
    [rows[column], rows[pivot]] = [top, other];
    const lead = top[column] ?? 1;
    for (let j = 0; j <= n; j++) top[j] = (top[j] ?? 0) / lead;
    rows.forEach((row, i) => {
      const factor = row[column] ?? 0;
      if (i === column || factor === 0) return;
      for (let j = 0; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (top[j] ?? 0);
    });
  }
  return rows.map((row) => row[n] ?? 0);
}
