/**
 * Rewrites a network before it is differentiated, where other operators compute the same faster, forwards or backwards.
 * The targets keep their names and, but for rounding, their values.
 */
import type { Graph, Info, Name } from './graph.ts';
import { expandResponses } from './optimise/response.ts';

/** @param infos of every tensor of the graph, whose shapes are static (see `specialise`) */
export function optimise(graph: Graph, infos: ReadonlyMap<Name, Info>): Graph {
  return expandResponses(graph, infos);
}
