/** The part of a network that can be used, where operators that are not supported stand only behind it. */
import { dependents, type Graph, type Name } from './graph.ts';
import { unknownOperatorError, unknownOperators } from './shapes.ts';

export interface UsablePart {
  readonly graph: Graph;
  /** The operators that end it, each with the names of its nodes. */
  readonly unsupported: ReadonlyMap<string, readonly string[]>;
}

/**
 * A network without its operators that are not supported (detectors end in such: NonMaxSuppression) and without what depends on
 * them. Where no output is left, the last tensors before them take the outputs' place.
 * @throws ReverieError `model/unsupported` where nothing that depends on the picture is left
 */
export function usablePart(graph: Graph): UsablePart {
  const unsupported = unknownOperators(graph);
  if (unsupported.size === 0) return { graph, unsupported };
  const stops = graph.nodes.filter(({ op }) => unsupported.has(op)).flatMap(({ outputs }) => outputs);
  const cut = dependents(
    graph.nodes,
    stops.filter((name) => name !== ''),
  );
  const isCut = ({ outputs }: Graph['nodes'][number]): boolean => outputs.some((name) => cut.has(name));
  const nodes = graph.nodes.filter((node) => !isCut(node));
  const seeing = dependents(
    nodes,
    graph.inputs.map(({ name }) => name),
  );
  const made = (name: Name): boolean =>
    seeing.has(name) && !cut.has(name) && graph.inputs.every((input) => input.name !== name);
  const kept = graph.outputs.filter(made);
  const last = graph.nodes.filter(isCut).flatMap(({ inputs }) => inputs.filter(made));
  const outputs = kept.length > 0 ? kept : [...new Set(last)];
  if (outputs.length === 0) throw unknownOperatorError(unsupported);
  return { graph: { ...graph, nodes, outputs }, unsupported };
}
