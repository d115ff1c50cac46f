/**
 * How large the tiles of a dream are in each of its steps: as asked for, until memory runs out; then smaller, from that very step
 * on. Where that was is a part of the recipe, so that the same tiles give the same picture again.
 */
import type { TileChange } from '../../../../shared/recipes/recipe-form.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { planTiles } from './tiled-gradient.ts';
import type { Size } from '../../imaging/pixels.ts';

/** Smaller tiles cost more in their overlap than they save, in pixels. */
const LEAST_SIDE = 64;
/** Equal tiles may be so much smaller than their wished side. */
const LEAST_SHARE = 0.6;

export class Tiling {
  /** Of the first steps. */
  readonly wished: number;
  readonly #smallest: number;
  readonly #news: string[] = [];
  #changes: TileChange[];

  /**
   * @param wished side in pixels
   * @param smallest shorter side in pixels under which the network's layers vanish
   * @param changes what an earlier run had to change
   */
  constructor(wished: number, smallest: number, changes: readonly TileChange[] = []) {
    this.wished = wished;
    this.#smallest = smallest;
    this.#changes = [...changes];
  }

  /** In the order of their steps. */
  get changes(): readonly TileChange[] {
    return this.#changes;
  }

  /** Sentences since the last call. */
  takeNews(): string[] {
    return this.#news.splice(0);
  }

  sideAt(step: number): number {
    return this.#changes.findLast((change) => change.step <= step)?.side ?? this.wished;
  }

  /** Smaller tiles from a step on. @returns whether there are any */
  shrink(step: number, picture: Size, ...why: readonly string[]): boolean {
    const side = smallerSide(picture, this.sideAt(step), this.#smallest);
    if (side === null) return false;
    this.#change(step, side);
    this.#news.push([...why, `From step ${step} on the tiles are of ${side} pixels.`].join(' '));
    return true;
  }

  /** After memory ran out in a step: smaller tiles, or else the next device, with tiles of the wished size again. */
  afterFailure(step: number, picture: Size, runtime: Runtime, error: Error): boolean {
    if (this.shrink(step, picture, error.message)) return true;
    if (runtime.moveOn?.(error) !== true) return false;
    if (this.sideAt(step) !== this.wished) this.#change(step, this.wished);
    return true;
  }

  #change(step: number, side: number): void {
    this.#changes = [...this.#changes.filter((change) => change.step < step), { step, side }];
  }
}

/** The next side whose tiles are really smaller, halving; null where the network could not see such tiles. */
export function smallerSide(picture: Size, side: number, smallest: number): number | null {
  const now = planTiles(picture.width, picture.height, side);
  const least = Math.max(LEAST_SIDE, Math.ceil(smallest / LEAST_SHARE));
  for (let next = Math.floor(side / 2); next >= least; next = Math.floor(next / 2)) {
    const plan = planTiles(picture.width, picture.height, next);
    if (plan.width * plan.height < now.width * now.height && Math.min(plan.width, plan.height) >= smallest)
      return next;
  }
  return null;
}
