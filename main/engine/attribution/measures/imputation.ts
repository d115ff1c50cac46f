/**
 * Noisy linear imputation (Rong et al. 2022): pixels that are taken out become the weighted means of their neighbours, all of them
 * at once, so that what is left does not show where something is missing.
 *
 * The means are a linear system, a discrete Laplace equation. It is solved by conjugate gradients, with one cycle over coarser and
 * coarser grids as the preconditioner: blocks of 2×2 pixels share one correction.
 */
import { normal, random } from '../../ascent/random.ts';
import type { Pixels } from '../../imaging/pixels.ts';

/** Weights of direct and of diagonal neighbours; those beyond the border do not count. */
const DIRECT = 1 / 6;
const DIAGONAL = 1 / 12;

/** A solution is good when the preconditioner finds it off by no more than this anywhere, of values in [0, 1]. */
const TOLERANCE = 3e-7;
const MOST_ITERATIONS = 200;

/** Steps to the neighbours of a cell. */
const STEPS = [-1, 0, 1]
  .flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const))
  .filter(([x, y]) => x !== 0 || y !== 0);

/** A grid of unknowns: dᵢ·xᵢ − Σⱼ wᵢⱼ·xⱼ = bᵢ over the neighbours that are unknown, too. */
interface Level {
  readonly count: number;
  /** Where each unknown lies. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** Eight for each, by {@link STEPS}; `count` stands for one that is always 0. */
  readonly neighbours: Int32Array;
  readonly weights: Float64Array;
  readonly diagonal: Float64Array;
  /** The unknown of the next level that each is a part of. */
  readonly parents: Int32Array;
}

/**
 * `picture` with the pixels of `removed` imputed.
 *
 * @param removed 1 where a pixel is taken out, of at most all pixels but one
 * @param noise deviation of what is added to them; the same for the same seed
 */
export function impute(picture: Pixels, removed: Uint8Array, noise: number, seed: number): Pixels {
  const { width, height, data } = picture;
  const plane = width * height;
  const unknowns = Int32Array.from(removed.keys()).filter((i) => removed[i] === 1);
  const levels = levelsOf(width, height, unknowns);
  const x = solve(levels, sourceOf(picture, removed, unknowns), meansOfRest(picture, removed));
  const next = random(seed);
  const result = data.slice();
  unknowns.forEach((i, k) => {
    for (let c = 0; c < 3; c++)
      result[c * plane + i] = (x[3 * k + c] ?? 0) + (noise === 0 ? 0 : noise * normal(next));
  });
  return { width, height, data: result };
}

/** The mean of each colour over the pixels that are left. */
function meansOfRest({ data }: Pixels, removed: Uint8Array): number[] {
  const left = Array.from(removed.keys()).filter((i) => removed[i] === 0);
  return [0, 1, 2].map((c) => {
    const sum = left.reduce((total, i) => total + (data[c * removed.length + i] ?? 0), 0);
    return sum / Math.max(left.length, 1);
  });
}

const weightOf = (dx: number, dy: number): number => (dx !== 0 && dy !== 0 ? DIAGONAL : DIRECT);

/** What known neighbours give to the equations, three colours for each. */
function sourceOf({ width, height, data }: Pixels, removed: Uint8Array, unknowns: Int32Array): Float64Array {
  const plane = width * height;
  const source = new Float64Array(3 * unknowns.length);
  unknowns.forEach((i, k) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (const [dx, dy] of STEPS) {
      const j = i + dy * width + dx;
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height || removed[j] === 1) continue;
      const weight = weightOf(dx, dy);
      for (let c = 0; c < 3; c++)
        source[3 * k + c] = (source[3 * k + c] ?? 0) + weight * (data[c * plane + j] ?? 0);
    }
  });
  return source;
}

/** The equations of the pixels, and coarser ones, each of about a quarter of the unknowns. */
function levelsOf(width: number, height: number, unknowns: Int32Array): Level[] {
  const columns = unknowns.map((i) => i % width);
  const rows = unknowns.map((i) => Math.floor(i / width));
  const numbers = new Int32Array(width * height).fill(-1);
  unknowns.forEach((i, k) => (numbers[i] = k));
  const neighbours = new Int32Array(8 * unknowns.length).fill(unknowns.length);
  const weights = new Float64Array(8 * unknowns.length);
  const diagonal = Float64Array.from(unknowns, (i, k) => {
    const [x, y] = [columns[k] ?? 0, rows[k] ?? 0];
    let sum = 0;
    STEPS.forEach(([dx, dy], d) => {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) return;
      const weight = weightOf(dx, dy);
      sum += weight;
      const other = numbers[i + dy * width + dx] ?? -1;
      if (other < 0) return;
      neighbours[8 * k + d] = other;
      weights[8 * k + d] = weight;
    });
    return sum;
  });
  const levels: Level[] = [];
  let level: Omit<Level, 'parents'> = {
    count: unknowns.length,
    columns,
    rows,
    neighbours,
    weights,
    diagonal,
  };
  for (let stride = width; ; stride = (stride + 1) >> 1) {
    const { parents, next } = coarser(level, (stride + 1) >> 1);
    levels.push({ ...level, parents });
    if (next.count >= level.count || next.count <= 4) return levels;
    level = next;
  }
}

/** The same equations summed over blocks of 2×2 cells, whose unknowns are one. @param stride blocks in a row */
function coarser(
  { count, columns, rows, neighbours, weights, diagonal }: Omit<Level, 'parents'>,
  stride: number,
): { parents: Int32Array; next: Omit<Level, 'parents'> } {
  const numbers = new Map<number, number>();
  const parents = Int32Array.from({ length: count }, (_, i) => {
    const block = ((rows[i] ?? 0) >> 1) * stride + ((columns[i] ?? 0) >> 1);
    const number = numbers.get(block) ?? numbers.size;
    numbers.set(block, number);
    return number;
  });
  const size = numbers.size;
  const next = {
    count: size,
    columns: new Int32Array(size),
    rows: new Int32Array(size),
    neighbours: new Int32Array(8 * size).fill(size),
    weights: new Float64Array(8 * size),
    diagonal: new Float64Array(size),
  };
  for (const [block, number] of numbers) {
    next.columns[number] = block % stride;
    next.rows[number] = Math.floor(block / stride);
  }
  for (let i = 0; i < count; i++) {
    const own = parents[i] ?? 0;
    next.diagonal[own] = (next.diagonal[own] ?? 0) + (diagonal[i] ?? 0);
    for (let d = 0; d < 8; d++) {
      const weight = weights[8 * i + d] ?? 0;
      if (weight === 0) continue;
      const other = parents[neighbours[8 * i + d] ?? 0] ?? 0;
      if (other === own) {
        next.diagonal[own] = (next.diagonal[own] ?? 0) - weight;
        continue;
      }
      const dx = (next.columns[other] ?? 0) - (next.columns[own] ?? 0);
      const dy = (next.rows[other] ?? 0) - (next.rows[own] ?? 0);
      // The middle of the nine places is the cell itself, which is no step.
      const place = 3 * (dy + 1) + dx + 1;
      const at = 8 * own + (place > 4 ? place - 1 : place);
      next.neighbours[at] = other;
      next.weights[at] = (next.weights[at] ?? 0) + weight;
    }
  }
  return { parents, next };
}

/**
 * One pass of Gauss–Seidel over all unknowns, forwards or backwards; three colours at once, which share the equations.
 *
 * @param x three for each unknown, with three zeros behind them
 */
function relax(
  { count, neighbours, weights, diagonal }: Level,
  x: Float64Array,
  b: Float64Array,
  backwards: boolean,
) {
  for (let k = 0; k < count; k++) {
    const i = backwards ? count - 1 - k : k;
    let [red, green, blue] = [b[3 * i] ?? 0, b[3 * i + 1] ?? 0, b[3 * i + 2] ?? 0];
    for (let at = 8 * i; at < 8 * i + 8; at++) {
      const weight = weights[at] ?? 0;
      const from = 3 * (neighbours[at] ?? 0);
      red += weight * (x[from] ?? 0);
      green += weight * (x[from + 1] ?? 0);
      blue += weight * (x[from + 2] ?? 0);
    }
    const scale = 1 / (diagonal[i] ?? 1);
    x[3 * i] = red * scale;
    x[3 * i + 1] = green * scale;
    x[3 * i + 2] = blue * scale;
  }
}

/** A·x for every unknown and colour. */
function applied({ count, neighbours, weights, diagonal }: Level, x: Float64Array): Float64Array {
  const result = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const own = diagonal[i] ?? 0;
    let [red, green, blue] = [own * (x[3 * i] ?? 0), own * (x[3 * i + 1] ?? 0), own * (x[3 * i + 2] ?? 0)];
    for (let at = 8 * i; at < 8 * i + 8; at++) {
      const weight = weights[at] ?? 0;
      const from = 3 * (neighbours[at] ?? 0);
      red -= weight * (x[from] ?? 0);
      green -= weight * (x[from + 1] ?? 0);
      blue -= weight * (x[from + 2] ?? 0);
    }
    result[3 * i] = red;
    result[3 * i + 1] = green;
    result[3 * i + 2] = blue;
  }
  return result;
}

/** A symmetric cycle over the levels from `at` on: about A⁻¹·b, with three zeros behind. */
function cycle(levels: readonly Level[], at: number, b: Float64Array): Float64Array {
  const level = levels[at];
  if (level === undefined) return new Float64Array(3);
  const { count, parents } = level;
  const x = new Float64Array(3 * count + 3);
  const next = levels[at + 1];
  const sweeps = next === undefined ? COARSEST_SWEEPS : 1;
  for (let k = 0; k < sweeps; k++) relax(level, x, b, false);
  if (next !== undefined) {
    const reached = applied(level, x);
    const rest = new Float64Array(3 * next.count);
    for (let i = 0; i < count; i++) {
      const own = 3 * (parents[i] ?? 0);
      for (let c = 0; c < 3; c++)
        rest[own + c] = (rest[own + c] ?? 0) + (b[3 * i + c] ?? 0) - (reached[3 * i + c] ?? 0);
    }
    const correction = cycle(levels, at + 1, rest);
    for (let i = 0; i < count; i++) {
      const own = 3 * (parents[i] ?? 0);
      for (let c = 0; c < 3; c++)
        x[3 * i + c] = (x[3 * i + c] ?? 0) + OVERCORRECTION * (correction[own + c] ?? 0);
    }
  }
  for (let k = 0; k < sweeps; k++) relax(level, x, b, true);
  return x;
}

/** On the coarsest level, which has a few unknowns. */
const COARSEST_SWEEPS = 10;

/** Corrections that are the same over whole blocks fall short of smooth ones. */
const OVERCORRECTION = 1.6;

/** Of each colour. */
function dots(a: Float64Array, b: Float64Array, count: number): number[] {
  let [red, green, blue] = [0, 0, 0];
  for (let k = 0; k < 3 * count; k += 3) {
    red += (a[k] ?? 0) * (b[k] ?? 0);
    green += (a[k + 1] ?? 0) * (b[k + 1] ?? 0);
    blue += (a[k + 2] ?? 0) * (b[k + 2] ?? 0);
  }
  return [red, green, blue];
}

/** Conjugate gradients on the first level, for each colour. @param start of every unknown */
function solve(levels: readonly Level[], b: Float64Array, start: readonly number[]): Float64Array {
  const [level] = levels;
  if (level === undefined || level.count === 0) return b;
  const { count } = level;
  const x = new Float64Array(3 * count + 3);
  for (let k = 0; k < 3 * count; k++) x[k] = start[k % 3] ?? 0;
  const r = applied(level, x).map((value, k) => (b[k] ?? 0) - value);
  let z = cycle(levels, 0, r);
  const p = z.slice();
  let rz = dots(r, z, count);
  for (let k = 0; k < MOST_ITERATIONS && z.some((value) => Math.abs(value) > TOLERANCE); k++) {
    const ap = applied(level, p);
    const alpha = quotients(rz, dots(p, ap, count));
    for (let i = 0; i < 3 * count; i++) {
      const step = alpha[i % 3] ?? 0;
      x[i] = (x[i] ?? 0) + step * (p[i] ?? 0);
      r[i] = (r[i] ?? 0) - step * (ap[i] ?? 0);
    }
    z = cycle(levels, 0, r);
    const following = dots(r, z, count);
    const beta = quotients(following, rz);
    for (let i = 0; i < 3 * count; i++) p[i] = (z[i] ?? 0) + (beta[i % 3] ?? 0) * (p[i] ?? 0);
    rz = following;
  }
  return x;
}

/** A colour whose equations hold already has nothing left to divide. */
const quotients = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, c) => (b[c] ? value / b[c] : 0));
