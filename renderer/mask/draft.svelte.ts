/** A mask under the brush: tools that are put down, moved and lifted, by a pointer or by keys alike, and what was done before. */
import {
  INSIDE,
  NO_BOX,
  OUTSIDE,
  around,
  disc,
  isEmpty,
  rectangle,
  stroke,
  type Box,
  type MaskBitmap,
  type Point,
  type Shape,
} from './bitmap.ts';

export type Tool = 'brush' | 'rectangle' | 'disc';

/** Bytes of what can be undone; what goes beyond is forgotten, the oldest first. */
const REMEMBERED = 2 ** 27;

/** What lay in a box before, or after, a change. */
interface Patch {
  readonly box: Box;
  readonly piece: Uint8Array;
}

/** A tool that is down. */
interface Gesture {
  /** The whole mask as it was. */
  readonly before: MaskBitmap['data'];
  readonly start: Point;
  last: Point;
  box: Box;
}

export class MaskDraft {
  readonly mask: MaskBitmap;
  tool = $state<Tool>('brush');
  erasing = $state(false);
  /** Across, in pixels of the mask. */
  brush = $state(1);
  /** Where the tool is held. */
  cursor = $state.raw<Point>({ x: 0, y: 0 });
  /** Grows with every change of a pixel. */
  revision = $state(0);
  /** The part that is inside, as of the last time a tool was lifted. */
  share = $state(0);
  /** Whether anything was done that could be lost. */
  touched = $state(false);
  #gesture = $state.raw<Gesture | null>(null);
  #past = $state.raw<readonly Patch[]>([]);
  #future = $state.raw<readonly Patch[]>([]);
  #dirty: Box;

  constructor(mask: MaskBitmap) {
    this.mask = mask;
    this.brush = Math.max(2, Math.round(Math.min(mask.width, mask.height) / 8));
    this.cursor = { x: mask.width / 2, y: mask.height / 2 };
    this.share = mask.share;
    this.#dirty = mask.whole;
  }

  get isDown(): boolean {
    return this.#gesture !== null;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** How far a key moves the tool. */
  get stride(): number {
    const { width, height } = this.mask;
    return Math.max(1, Math.round(this.tool === 'brush' ? this.brush / 4 : Math.max(width, height) / 64));
  }

  /** Where something has changed since this was asked last. */
  takeDirty(): Box {
    const dirty = this.#dirty;
    this.#dirty = NO_BOX;
    return dirty;
  }

  /** Puts the tool down where it is held. */
  begin(): void {
    if (this.#gesture !== null) return;
    const { cursor, mask } = this;
    this.#gesture = { before: mask.data.slice(), start: cursor, last: cursor, box: NO_BOX };
    this.#apply(cursor);
  }

  /** Holds the tool somewhere else; one that is down works on its way there. */
  move(to: Point): void {
    const { width, height } = this.mask;
    this.cursor = { x: clamp(to.x, 0, width), y: clamp(to.y, 0, height) };
    // A stroke may leave the picture and come back; only what is held stays inside.
    this.#apply(to);
  }

  /** Lifts the tool. */
  end(): void {
    const gesture = this.#gesture;
    this.#gesture = null;
    if (gesture === null || isEmpty(gesture.box)) return;
    this.#remember(gesture.box, cutFrom(gesture.before, this.mask.width, gesture.box));
  }

  /** Takes back what the tool that is down has done. */
  cancel(): void {
    const gesture = this.#gesture;
    this.#gesture = null;
    if (gesture === null || isEmpty(gesture.box)) return;
    this.mask.paste(gesture.box, cutFrom(gesture.before, this.mask.width, gesture.box));
    this.#changed(gesture.box);
  }

  clear(): void {
    this.#whole(() => this.mask.data.fill(OUTSIDE));
  }

  invert(): void {
    this.#whole(() => this.mask.invert());
  }

  undo(): void {
    const patch = this.#past.at(-1);
    if (this.isDown || patch === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, this.#swap(patch)];
  }

  redo(): void {
    const patch = this.#future.at(-1);
    if (this.isDown || patch === undefined) return;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, this.#swap(patch)];
  }

  #apply(to: Point): void {
    const gesture = this.#gesture;
    if (gesture === null) return;
    const { mask, tool, erasing } = this;
    const moves = to.x !== gesture.start.x || to.y !== gesture.start.y;
    let shape: Shape | null;
    if (tool === 'brush') {
      shape = stroke(gesture.last, to, this.brush / 2);
    } else {
      // A shape is drawn out anew from where it began.
      if (!isEmpty(gesture.box)) {
        mask.paste(gesture.box, cutFrom(gesture.before, mask.width, gesture.box));
        this.#changed(gesture.box);
        gesture.box = NO_BOX;
      }
      shape = !moves ? null : tool === 'disc' ? disc(gesture.start, to) : rectangle(gesture.start, to);
    }
    const box = shape === null ? NO_BOX : mask.fill(shape, erasing ? OUTSIDE : INSIDE);
    gesture.last = to;
    gesture.box = around(gesture.box, box);
    this.#changed(box);
  }

  #whole(change: () => void): void {
    if (this.isDown) this.end();
    const { whole } = this.mask;
    const before = this.mask.data.slice();
    change();
    this.#changed(whole);
    this.#remember(whole, before);
  }

  #changed(box: Box): void {
    if (isEmpty(box)) return;
    this.#dirty = around(this.#dirty, box);
    this.revision += 1;
  }

  #remember(box: Box, piece: Uint8Array): void {
    const past = [...this.#past, { box, piece }];
    let bytes = past.reduce((sum, patch) => sum + patch.piece.length, 0);
    while (bytes > REMEMBERED && past.length > 1) bytes -= past.shift()?.piece.length ?? 0;
    this.#past = past;
    this.#future = [];
    this.touched = true;
    this.share = this.mask.share;
  }

  /** Brings a patch back. @returns what it replaces */
  #swap({ box, piece }: Patch): Patch {
    const present = this.mask.cut(box);
    this.mask.paste(box, piece);
    this.#changed(box);
    this.share = this.mask.share;
    return { box, piece: present };
  }
}

function cutFrom(data: Uint8Array, width: number, { left, top, right, bottom }: Box): Uint8Array {
  const piece = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++)
    piece.set(data.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  return piece;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
