/** Rewrites a graph of any supported operator set into the forms of {@link OPSET}. */
import type { Graph } from './graph.ts';

export function normalise(graph: Graph, _opset: number): Graph {
  return graph;
}
