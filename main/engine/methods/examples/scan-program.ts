/** What a scan asks a network for: for every channel of some layers, its largest value in a photo, and where that is. */
import { asMaps } from '../../graph/axes/maps.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import type { PictureShape } from '../../models/card.ts';
import { IMAGE } from '../../models/model.ts';
import type { Lease } from '../../runtime/cache.ts';
import type { MethodContext } from '../common/context.ts';

/** How a layer answers to one photo. */
export interface Response {
  /** Positions of the layer's grid. */
  readonly width: number;
  readonly height: number;
  /** The largest value of each channel. */
  readonly peaks: Float32Array;
  /** Where it is: rows of the grid one after the other. */
  readonly places: Uint32Array;
}

interface Outputs {
  readonly peaks: Name;
  readonly places: Name;
  readonly width: number;
  readonly height: number;
}

export class ScanProgram {
  readonly #lease: Lease;
  readonly #outputs: readonly Outputs[];
  readonly #shape: PictureShape;

  private constructor(lease: Lease, outputs: readonly Outputs[], shape: PictureShape) {
    this.#lease = lease;
    this.#outputs = outputs;
    this.#shape = shape;
  }

  /** For pictures of the network's own size; to be released. */
  static async lease(
    { model, runtime, programs }: MethodContext,
    tensors: readonly Name[],
  ): Promise<ScanProgram> {
    const g = model.build(model.shape, tensors);
    const outputs = tensors.map((tensor) => appendPeaks(g, tensor));
    const graph = g.finish(outputs.flatMap(({ peaks, places }) => [peaks, places]));
    const { width, height } = model.shape;
    const key = [model.sha256, runtime.device, 'scan', width, height, ...tensors].join(' ');
    const lease = await programs.lease(key, () => ({
      bytes: g.footprint(graph),
      compile: () => runtime.compile(graph),
    }));
    return new ScanProgram(lease, outputs, model.shape);
  }

  /** How each layer answers to a picture of the network's size. */
  async respond(picture: Pixels): Promise<Response[]> {
    const { width, height } = this.#shape;
    const image = float32(picture.data, [1, 3, height, width]);
    const found = await this.#lease.program.run({ [IMAGE]: image });
    return this.#outputs.map(({ peaks, places, width, height }) => ({
      width,
      height,
      peaks: Float32Array.from(found[peaks]?.data ?? []),
      places: Uint32Array.from(found[places]?.data ?? []),
    }));
  }

  release(): Promise<void> {
    return this.#lease.release();
  }
}

function appendPeaks(g: Builder, tensor: Name): Outputs {
  const maps = asMaps(g, tensor);
  const [, channels = 1, ...grid] = g.dims(maps);
  const flat = g.reshape(maps, [1, channels, sizeOf(grid)]);
  const [height = 1, width = 1] = grid;
  const places = g.op('ArgMax', [flat], { axis: 2, keepdims: 0 });
  return {
    peaks: g.reduce('ReduceMax', flat, [2], false),
    // Exact in float32: no layer has 2²⁴ positions.
    places: g.op('Cast', [places], { to: 1 }),
    width,
    height,
  };
}
