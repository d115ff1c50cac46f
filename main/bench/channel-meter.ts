/** The mean activation of every channel of some layers, for pictures at their own size. */
import { float32 } from '../engine/graph/tensor.ts';
import type { Pixels } from '../engine/imaging/pixels.ts';
import type { MethodContext } from '../engine/methods/common/context.ts';
import { findLayer } from '../engine/models/layers.ts';
import { IMAGE } from '../engine/models/model.ts';
import type { Program } from '../engine/runtime/runtime.ts';

export class ChannelMeter {
  readonly #context: MethodContext;
  readonly #tensors: readonly string[];
  /** By size of the picture. */
  readonly #programs = new Map<string, Program>();

  constructor(context: MethodContext, layers: readonly string[]) {
    const known = context.model.layers();
    this.#context = context;
    this.#tensors = layers.map((name) => findLayer(known, name).tensor);
  }

  /** For each layer, each channel's mean over all positions. */
  async means({ width, height, data }: Pixels): Promise<Float32Array[]> {
    const key = `${width}×${height}`;
    const program = this.#programs.get(key) ?? (await this.#compile(width, height));
    this.#programs.set(key, program);
    const outputs = await program.run({ [IMAGE]: float32(data, [1, 3, height, width]) });
    return program.outputs.map((name) => outputs[name]?.data ?? new Float32Array());
  }

  async release(): Promise<void> {
    for (const program of this.#programs.values()) await program.dispose();
  }

  #compile(width: number, height: number): Promise<Program> {
    const g = this.#context.model.build({ width, height }, this.#tensors);
    return this.#context.runtime.compile(
      g.finish(this.#tensors.map((tensor) => g.reduce('ReduceMean', tensor, [2, 3], false))),
    );
  }
}
