/** Sliding windows as the gradient rules read them: defaults and `auto_pad` resolved, one entry per spatial axis. */
import type { Builder } from '../graph/builder.ts';
import type { Name, Node } from '../graph/graph.ts';
import { int } from '../graph/graph.ts';
import { windowOf as resolve } from '../graph/shapes/window.ts';

/** An entry of a window's lists; 0 beyond their end. */
export const at = (list: readonly number[], i: number): number => list[i] ?? 0;

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Declared padding before the first element and after the last; with `ceil_mode` a window may read beyond it. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

/** The window of a convolution or pooling that slides over `x` [N, C, …]. */
export function windowOf(g: Builder, node: Node, x: Name, kernel: readonly number[]): Window {
  const { pads, ...win } = resolve(node, g.dims(x).slice(2), kernel);
  return { ...win, begins: pads.slice(0, kernel.length), ends: pads.slice(kernel.length) };
}

/** `group` of a convolution. */
export const groupsOf = (node: Node): number => int(node, 'group', 1);
