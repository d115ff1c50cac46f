/**
 * Guided backpropagation from single values of a layer. The gradient at the layer is an input of the program, so that one
 * program serves all its units at all positions.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import { guided } from '../../gradient/overrides.ts';
import { asMaps } from '../../graph/axes/maps.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import { pixelsFrom, type Pixels } from '../../imaging/pixels.ts';
import type { PictureShape } from '../../models/card.ts';
import { IMAGE } from '../../models/model.ts';
import type { Lease } from '../../runtime/cache.ts';
import type { MethodContext } from '../common/context.ts';

const SEED = '~examples seed';

export class UnitBackprop {
  readonly #lease: Lease;
  readonly #dims: readonly number[];
  readonly #shape: PictureShape;

  private constructor(lease: Lease, dims: readonly number[], shape: PictureShape) {
    this.#lease = lease;
    this.#dims = dims;
    this.#shape = shape;
  }

  /** To be released. @throws ReverieError `layer/unusable`, `gradient/no-rule` */
  static async lease({ model, runtime, programs }: MethodContext, tensor: Name): Promise<UnitBackprop> {
    const g = model.build(model.shape, [tensor]);
    const maps = asMaps(g, tensor);
    const dims = g.dims(maps);
    const seed = g.input(SEED, dims);
    const [gradient] = gradients(g, maps, [IMAGE], { ...forms[runtime.device], ...guided }, seed);
    if (gradient === null || gradient === undefined)
      throw new ReverieError('layer/unusable', `The layer "${tensor}" does not depend on the picture.`);
    const graph = g.finish([gradient]);
    const { width, height } = model.shape;
    const key = [model.sha256, runtime.device, 'unit backprop', tensor, width, height].join(' ');
    const lease = await programs.lease(key, () => ({
      bytes: g.footprint(graph),
      compile: () => runtime.compile(graph),
    }));
    return new UnitBackprop(lease, dims, model.shape);
  }

  /** The map [3, height, width] of one value: channel `channel` at `place`, rows of the grid one after the other. */
  async from(picture: Pixels, channel: number, place: number): Promise<Pixels> {
    const [, , ...grid] = this.#dims;
    const seed = new Float32Array(sizeOf(this.#dims));
    seed[channel * sizeOf(grid) + place] = 1;
    const { width, height } = this.#shape;
    const { program } = this.#lease;
    const found = await program.run({
      [IMAGE]: float32(picture.data, [1, 3, height, width]),
      [SEED]: float32(seed, this.#dims),
    });
    const data = found[program.outputs[0] ?? '']?.data ?? new Float32Array(3 * width * height);
    return pixelsFrom(width, height, Float32Array.from(data));
  }

  release(): Promise<void> {
    return this.#lease.release();
  }
}
