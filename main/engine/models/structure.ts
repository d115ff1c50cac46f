/** How the layers of a network hang together: which reads which, what each sees of the picture. */
import type { Graph, Name } from '../graph/graph.ts';
import type { Layer } from './layers.ts';

/**
 * For each layer the places in the list of those that it reads from, through whatever only carries values along. A layer
 * without any reads the picture.
 */
export function layerInputs(graph: Graph, layers: readonly Pick<Layer, 'tensor'>[]): number[][] {
  const place = new Map(layers.map(({ tensor }, i) => [tensor, i]));
  const sources = new Map<Name, ReadonlySet<number>>();
  const inputs = layers.map((): number[] => []);
  for (const node of graph.nodes) {
    const read = new Set(node.inputs.flatMap((name) => [...(sources.get(name) ?? [])]));
    for (const output of node.outputs) {
      const own = place.get(output);
      if (own !== undefined) inputs[own] = [...read].sort((a, b) => a - b);
      sources.set(output, own === undefined ? read : new Set([own]));
    }
  }
  return inputs;
}
