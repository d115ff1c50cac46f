/** The gradient of a picture's tiles, which is computed again with smaller ones when memory runs out. */
import { ReverieError, errorData } from '../../../../shared/errors.ts';
import type { Pixels, Size } from '../../imaging/pixels.ts';
import { outOfMemory } from '../../runtime/failure.ts';
import { isOutOfMemory } from '../../runtime/memory.ts';
import type { Device } from '../../runtime/runtime.ts';
import { TiledGradient, type Ascent, type TilePlan } from './tiled-gradient.ts';
import type { Tiling } from './tiling.ts';

interface ValueAndGradient {
  readonly value: number;
  readonly gradient: Pixels;
}

export class RetryingGradient {
  readonly #ascent: Ascent;
  readonly #size: Size;
  readonly #tiling: Tiling;
  #gradient: { of: TiledGradient; side: number } | undefined;

  constructor(ascent: Ascent, size: Size, tiling: Tiling) {
    this.#ascent = ascent;
    this.#size = size;
    this.#tiling = tiling;
  }

  /**
   * As {@link TiledGradient.at}.
   *
   * @param shift where the cut into tiles begins, by their plan
   * @throws ReverieError `device/memory` where even the smallest tiles are too large for the last device
   */
  async at(
    picture: Pixels,
    step: number,
    shift: (plan: TilePlan) => [number, number],
  ): Promise<ValueAndGradient> {
    for (;;) {
      try {
        const gradient = await this.#sidedBy(this.#tiling.sideAt(step));
        return await gradient.at(picture, ...shift(gradient.plan));
      } catch (error) {
        const failure = memoryFailure(error, this.#ascent.runtime.device);
        if (failure === undefined) throw error;
        await this.release();
        // What is kept for another time needs the same memory.
        await this.#ascent.programs.clear();
        if (!this.#tiling.afterFailure(step, this.#size, this.#ascent.runtime, failure)) throw failure;
      }
    }
  }

  async release(): Promise<void> {
    const gradient = this.#gradient;
    this.#gradient = undefined;
    await gradient?.of.release();
  }

  async #sidedBy(side: number): Promise<TiledGradient> {
    if (this.#gradient?.side === side) return this.#gradient.of;
    await this.release();
    const { width, height } = this.#size;
    const of = await TiledGradient.create(this.#ascent, width, height, side);
    this.#gradient = { of, side };
    return of;
  }
}

/** JavaScript's own arrays need memory as well. */
function memoryFailure(error: unknown, device: Device): ReverieError | undefined {
  if (error instanceof ReverieError) return errorData(error).code === 'device/memory' ? error : undefined;
  return isOutOfMemory(error) ? outOfMemory(device, error) : undefined;
}
