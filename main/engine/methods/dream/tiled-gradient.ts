/**
 * The gradient of an objective with respect to a picture of any size, in bounded memory: the picture is cut into equal
 * tiles, one program serves all of them, and the cut is shifted at random before every step, so that no seam ever grows
 * (as TensorFlow's Deep Dream tutorial does).
 */
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { readTile, writeTile } from '../../imaging/tiles.ts';
import { IMAGE, type Model, type TakenSizes } from '../../models/model.ts';
import type { Lease, Programs } from '../../runtime/cache.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ReverieError } from '../../../../shared/errors.ts';

/** A tile may exceed its wished side by this much before the picture is cut once more. */
const STRETCH = 1.25;

/** Equal tiles over a picture; the last ones wrap around where the sides do not divide. */
export interface TilePlan {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** @param sizes of the tiles that the network takes: all that are multiples of a step, or one alone */
export function planTiles(width: number, height: number, side: number, sizes: TakenSizes = ANY): TilePlan {
  const { only, step } = sizes;
  if (only !== null)
    return { columns: Math.ceil(width / only.width), rows: Math.ceil(height / only.height), ...only };
  const columns = Math.ceil(width / (side * STRETCH));
  const rows = Math.ceil(height / (side * STRETCH));
  const whole = (length: number): number => step * Math.ceil(length / step);
  return { columns, rows, width: whole(width / columns), height: whole(height / rows) };
}

const ANY: TakenSizes = { step: 1, only: null };

/** What is ascended: names the tensors it needs, and appends a scalar to the graph that holds them. */
export interface Objective {
  /** Distinguishes it from others among the cached programs. */
  readonly key: string;
  readonly targets: readonly Name[];
  append(g: Builder): Name;
}

export interface Ascent {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly programs: Programs;
  readonly objective: Objective;
}

/** Gradients of one objective for pictures of one size. */
export class TiledGradient {
  readonly plan: TilePlan;
  readonly #lease: Lease;
  readonly #tile: Pixels;
  readonly #result: Pixels;

  private constructor(width: number, height: number, plan: TilePlan, lease: Lease) {
    this.plan = plan;
    this.#lease = lease;
    this.#tile = createPixels(plan.width, plan.height);
    this.#result = createPixels(width, height);
  }

  /**
   * To be released when it is not needed any more.
   *
   * @param side wished side of a tile in pixels
   */
  static async create(ascent: Ascent, width: number, height: number, side: number): Promise<TiledGradient> {
    const plan = planTiles(width, height, side, ascent.model.sizes(ascent.objective.targets));
    return new TiledGradient(width, height, plan, await leaseProgram(ascent, plan));
  }

  /**
   * Mean objective over the tiles, and its gradient (a buffer that the next call overwrites).
   *
   * @param dx, dy where the cut into tiles begins, in pixels; the picture wraps around
   */
  async at(picture: Pixels, dx: number, dy: number): Promise<{ value: number; gradient: Pixels }> {
    const { columns, rows, width, height } = this.plan;
    const { program } = this.#lease;
    const [value = '', gradient = ''] = program.outputs;
    let total = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [x, y] = [dx + column * width, dy + row * height];
        readTile(picture, x, y, width, height, this.#tile);
        const outputs = await program.run({ [IMAGE]: float32(this.#tile.data, [1, 3, height, width]) });
        const found = outputs[gradient]?.data;
        if (found === undefined) throw new Error('The program gave no gradient.');
        total += outputs[value]?.data[0] ?? 0;
        writeTile(this.#result, { width, height, data: found }, x, y);
      }
    }
    return { value: total / (rows * columns), gradient: this.#result };
  }

  release(): Promise<void> {
    return this.#lease.release();
  }
}

function leaseProgram(
  { model, runtime, programs, objective }: Ascent,
  { width, height }: TilePlan,
): Promise<Lease> {
  const key = [model.sha256, runtime.device, objective.key, width, height].join(' ');
  return programs.lease(key, () => {
    const g = model.build({ width, height }, objective.targets);
    const value = objective.append(g);
    const [gradient] = gradients(g, value, [IMAGE], forms[runtime.device]);
    if (gradient === null || gradient === undefined) {
      const names = objective.targets.map((name) => `"${name}"`).join(', ');
      throw new ReverieError('layer/unusable', `The layer ${names} does not depend on the picture.`);
    }
    const graph = g.finish([value, gradient]);
    return { bytes: g.footprint(graph), compile: () => runtime.compile(graph, { frugal: true }) };
  });
}
