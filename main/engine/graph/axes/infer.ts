/**
 * What the dimensions of every tensor mean, followed from the picture through a graph: by the graph alone, never by names. A
 * tensor without an entry does not depend on the picture.
 */
import type { Graph, Info, Name, Node } from '../graph.ts';
import { traitsOf } from '../traits.ts';
import { tidied, unplaced, whole, type Axes } from './axis.ts';
import { inferring } from './rule.ts';
import { axesRules, valueByValue } from './rules.ts';

export type PictureLayout = 'NCHW' | 'NHWC';

const PICTURE = {
  NCHW: ['batch', 'features', 'rows', 'columns'],
  NHWC: ['batch', 'rows', 'columns', 'features'],
} as const;

/** @param infos of every tensor of the graph, at one input size */
export function inferAxes(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  layout: PictureLayout,
): Map<Name, Axes> {
  const known = new Map<Name, Axes>();
  for (const { name } of graph.inputs) known.set(name, inputAxes(infos.get(name)?.dims ?? [], layout));
  for (const node of graph.nodes) axesAfter(node, infos, known);
  return known;
}

/** Of pictures of a shape. */
export const inputAxes = (dims: readonly number[], layout: PictureLayout): Axes =>
  dims.map((size, i) => whole(PICTURE[layout][i] ?? 'places', size));

/** Adds what is known of a node's outputs to what is known of its inputs. */
export function axesAfter(node: Node, infos: ReadonlyMap<Name, Info>, known: Map<Name, Axes>): void {
  if (!node.inputs.some((name) => known.has(name))) return;
  const about = inferring(node, infos, known);
  const kept = traitsOf(node.op)?.channels === 'kept';
  const rule = axesRules.get(node.op) ?? (kept ? valueByValue : () => undefined);
  const found = rule(about);
  node.outputs.forEach((name, i) => {
    const dims = about.outputs[i] ?? [];
    if (name === '' || found?.length === 0) return;
    const axes = found?.[i] ?? found?.[0];
    known.set(name, axes?.length === dims.length ? tidied(axes) : unplaced(dims));
  });
}
