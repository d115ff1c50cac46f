/** A network with its weights shuffled: what a map still shows of it, it shows without having learnt anything. */
import { random, uniformInteger } from '../../ascent/random.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, type FloatTensor } from '../../graph/tensor.ts';
import { traitsOf } from '../../graph/traits.ts';
import { Model } from '../../models/model.ts';

/**
 * The same network with the numbers of each weight tensor permuted, which keeps their size: the model randomisation test of
 * Adebayo et al. 2018 with all layers at once. Biases and normalisations stay.
 */
export function shuffled({ name, sha256, graph, card }: Model, seed: number): Model {
  const weights = new Set<Name>(
    graph.nodes.flatMap(({ op, inputs }) => (traitsOf(op)?.weights === 'linear' ? [inputs[1] ?? ''] : [])),
  );
  const constants = new Map(
    Array.from(graph.constants, ([key, tensor], i) =>
      weights.has(key) && tensor.type === 'float32' ? [key, permuted(tensor, seed, i)] : [key, tensor],
    ),
  );
  return new Model(name, `${sha256} shuffled ${seed}`, { ...graph, constants }, card);
}

/** Fisher–Yates. */
function permuted({ data, dims }: FloatTensor, seed: number, stream: number): FloatTensor {
  const next = random(seed, stream);
  const result = data.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = uniformInteger(next, 0, i);
    const value = result[i] ?? 0;
    result[i] = result[j] ?? 0;
    result[j] = value;
  }
  return float32(result, dims);
}
