/**
 * The arithmetic of sliding windows, for convolutions and poolings. It must be exact: ONNX Runtime ends the whole
 * process with SIGFPE when a window is larger than its padded input.
 */
import { ints, text, type Node } from '../graph.ts';
import { refuse, refuseSize, show, sizeAt } from './rule.ts';

/** A window over `kernel.length` spatial axes, with defaults and `auto_pad` resolved. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before each axis, then padding after each axis; `ceil_mode` may read beyond it. */
  readonly pads: readonly number[];
}

/** The window of a convolution or pooling node over an input of the given spatial sizes. */
export function windowOf(node: Node, spatial: readonly number[], kernel: readonly number[]): Window {
  const axes = spatial.length;
  requireKernel(kernel, axes);
  const strides = positiveList(node, 'strides', axes);
  const dilations = positiveList(node, 'dilations', axes);
  const window = { kernel, strides, dilations };
  const mode = modeOf(node);
  if (mode === 'VALID') return { ...window, pads: new Array<number>(2 * axes).fill(0) };
  if (mode !== 'NOTSET') return { ...window, pads: samePads(window, spatial, mode === 'SAME_LOWER') };
  return { ...window, pads: padList(node, axes) };
}

/**
 * How many positions a window has along each spatial axis.
 * With `ceil` a last, incomplete window counts too, even if it is the only one, unless it would start in the padding
 * after the input.
 * @throws `model/too-small-input` where there is no position.
 */
export function positions(window: Window, spatial: readonly number[], ceil = false): number[] {
  const axes = spatial.length;
  const reach = reachOf(window);
  const needed = reach.map((r, i) => {
    const pads = sizeAt(window.pads, i) + sizeAt(window.pads, i + axes);
    return Math.max(1, r - pads - (ceil ? sizeAt(window.strides, i) - 1 : 0));
  });
  if (spatial.some((size, i) => size < sizeAt(needed, i))) refuseSize(spatial, needed, window.kernel);
  return spatial.map((size, i) => {
    const begin = sizeAt(window.pads, i);
    const stride = sizeAt(window.strides, i);
    const steps = (begin + size + sizeAt(window.pads, i + axes) - sizeAt(reach, i)) / stride;
    if (!ceil) return Math.floor(steps) + 1;
    const count = Math.ceil(steps) + 1;
    return (count - 1) * stride >= size + begin ? count - 1 : count;
  });
}

export function requireKernel(kernel: readonly number[], axes: number): void {
  if (kernel.length === axes && kernel.every((k) => k >= 1)) return;
  refuse('model/unreadable', `has the window ${show(kernel)}, where ${axes} sizes from 1 are needed`);
}

const MODES = ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'];

/** The `auto_pad` of a node. */
export function modeOf(node: Node): string {
  const mode = text(node, 'auto_pad', 'NOTSET');
  return MODES.includes(mode)
    ? mode
    : refuse('model/unreadable', `has auto_pad "${mode}"; ${MODES.join(', ')} are possible`);
}

/** A list attribute of numbers from 1, one for each spatial axis; 1 where it is omitted. */
export function positiveList(node: Node, key: string, axes: number): readonly number[] {
  const list = spatialList(node, key, axes, 1);
  if (list.some((v) => v < 1))
    refuse('model/unreadable', `has ${key} ${show(list)}, which must be at least 1`);
  return list;
}

/** A list attribute with `length` numbers, or `fallback` everywhere. */
export function spatialList(node: Node, key: string, length: number, fallback: number): readonly number[] {
  const list = ints(node, key, new Array<number>(length).fill(fallback));
  if (list.length !== length)
    refuse('model/unreadable', `has ${list.length} ${key}, but ${length} are needed`);
  return list;
}

/** The `pads` of a node: those before each axis, then those after each axis. */
export function padList(node: Node, axes: number): readonly number[] {
  const pads = spatialList(node, 'pads', 2 * axes, 0);
  if (pads.some((p) => p < 0)) refuse('model/unsupported', `has negative pads ${show(pads)}; use 0 or more`);
  return pads;
}

/** How far a dilated window reaches along each axis. */
function reachOf({ kernel, dilations }: Omit<Window, 'pads'>): number[] {
  return kernel.map((k, i) => (k - 1) * sizeAt(dilations, i) + 1);
}

/** Pads that give as many positions as a stride steps through the input; an odd one goes after it unless `lower`. */
function samePads(window: Omit<Window, 'pads'>, spatial: readonly number[], lower: boolean): number[] {
  const totals = reachOf(window).map((reach, i) => {
    const size = sizeAt(spatial, i);
    const stride = sizeAt(window.strides, i);
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  });
  return distribute(totals, lower);
}

/** Total pads along each axis as pads before and after, as equal as possible. */
export function distribute(totals: readonly number[], moreBefore: boolean): number[] {
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total) => Math.ceil(total / 2));
  return moreBefore ? [...more, ...less] : [...less, ...more];
}
