import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../graph/shapes.ts';
import { float32, numbers } from '../../graph/tensor.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { described, waves } from './testing/described.ts';

interface Pooling {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Windows up to 5, but those of a stride above the window without padding, where Caffe has windows of nothing. */
const poolings: readonly Pooling[] = range(1, 5)
  .flatMap((kernel) =>
    range(1, 4).flatMap((stride) => range(0, kernel - 1).map((pad) => ({ kernel, stride, pad }))),
  )
  .filter(({ kernel, stride, pad }) => stride <= kernel || pad > 0);

const nameOf = (pool: string, { kernel, stride, pad }: Pooling): string =>
  `${pool}-${kernel}-${stride}-${pad}`;

/** How many windows there are along an axis, as Caffe's documentation of the layer and its source have it. */
function pooledSize(size: number, { kernel, stride, pad }: Pooling): number {
  let pooled = Math.ceil((size + 2 * pad - kernel) / stride) + 1;
  if (pad > 0 && (pooled - 1) * stride >= size + pad) pooled -= 1;
  return pooled;
}

/** The places of a window along an axis, in the image and in the padded image. */
function placesOf(
  window: number,
  size: number,
  { kernel, stride, pad }: Pooling,
): { inside: number[]; padded: number } {
  const start = window * stride - pad;
  const padded = Math.min(start + kernel, size + pad) - start;
  return { inside: range(Math.max(start, 0), Math.min(start + kernel, size) - 1), padded };
}

function reference(pool: string, image: Float32Array, height: number, width: number, how: Pooling): number[] {
  return range(0, pooledSize(height, how) - 1).flatMap((row) =>
    range(0, pooledSize(width, how) - 1).map((column) => {
      const rows = placesOf(row, height, how);
      const columns = placesOf(column, width, how);
      const values = rows.inside.flatMap((y) => columns.inside.map((x) => image[y * width + x] ?? NaN));
      if (pool === 'MAX') return Math.max(...values);
      return values.reduce((sum, v) => sum + v, 0) / (rows.padded * columns.padded);
    }),
  );
}

const layers = ['MAX', 'AVE'].flatMap((pool) =>
  poolings.map((how) => {
    const { kernel, stride, pad } = how;
    const name = nameOf(pool, how);
    return `layer { name: "${name}" type: "Pooling" bottom: "x" top: "${name}" pooling_param { pool: ${pool} kernel_size: ${kernel} stride: ${stride} pad: ${pad} } }`;
  }),
);

describe('poolings give what Caffe gives', () => {
  const { graph } = described(layers.join('\n'), {}, [1, 1, 8, 8]);

  it.each(range(5, 20))('from %i rows, and three columns more', async (height) => {
    const width = height + 3;
    const x = waves([1, 1, height, width]);
    const results = await runGraph(graph, new Map([['x', x]]));
    const infos = inferShapes(graph, { x: [1, 1, height, width] });
    for (const pool of ['MAX', 'AVE']) {
      for (const how of poolings) {
        const name = nameOf(pool, how);
        const y = results.get(name) ?? float32([]);
        const wanted = reference(pool, x.data, height, width, how);
        const got = numbers(y);
        expect([name, y.dims]).toEqual([name, [1, 1, pooledSize(height, how), pooledSize(width, how)]]);
        expect(infos.get(name)?.dims).toEqual(y.dims);
        const worst = Math.max(...wanted.map((v, i) => Math.abs(v - (got[i] ?? NaN))));
        expect({ name, worst, near: worst < 1e-6 }).toMatchObject({ near: true });
      }
    }
  });
});

describe('settings of poolings', () => {
  const x = waves([1, 2, 7, 9]);
  const run = async (settings: string) => {
    const layer = `layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { ${settings} } }`;
    const { graph } = described(layer, {}, [1, 2, 7, 9]);
    return (await runGraph(graph, new Map([['x', x]]))).get('p') ?? float32([]);
  };

  it('rows and columns of their own divide by their own windows', async () => {
    const y = await run('pool: AVE kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 2 pad_h: 1 pad_w: 0');
    const rows: Pooling = { kernel: 2, stride: 3, pad: 1 };
    const columns: Pooling = { kernel: 3, stride: 2, pad: 0 };
    expect(y.dims).toEqual([1, 2, pooledSize(7, rows), pooledSize(9, columns)]);
    const wanted = range(0, pooledSize(7, rows) - 1).flatMap((row) =>
      range(0, pooledSize(9, columns) - 1).map((column) => {
        const [down, across] = [placesOf(row, 7, rows), placesOf(column, 9, columns)];
        const values = down.inside.flatMap((i) => across.inside.map((j) => x.data[i * 9 + j] ?? NaN));
        return values.reduce((sum, v) => sum + v, 0) / (down.padded * across.padded);
      }),
    );
    const got = numbers(y);
    wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));
  });

  it.each([
    ['pool: MAX global_pooling: true', [1, 2, 1, 1]],
    ['pool: AVE global_pooling: true', [1, 2, 1, 1]],
    ['kernel_size: 2 stride: 2', [1, 2, 4, 5]],
    ['kernel_size: 2 stride: 2 round_mode: FLOOR', [1, 2, 3, 4]],
  ])('%s', async (settings, dims) => {
    expect((await run(settings)).dims).toEqual(dims);
  });
});
