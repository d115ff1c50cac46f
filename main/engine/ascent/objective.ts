/** What an optimisation makes large: builder functions that append a scalar to a graph, so the gradient rules apply to it. */
import { asMaps } from '../graph/axes/maps.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { sizeOf, type FloatTensor } from '../graph/tensor.ts';

/** A weighted layer of a dream. */
export interface LayerTerm {
  readonly tensor: Name;
  readonly weight: number;
  /** Only these channels; all when omitted. */
  readonly channels?: readonly number[];
}

/** The chosen channels of a layer, in the form of `asMaps`. */
export function pickChannels(g: Builder, tensor: Name, channels?: readonly number[]): Name {
  const maps = asMaps(g, tensor);
  return channels === undefined ? maps : g.op('Gather', [maps, g.ints(channels)], { axis: 1 });
}

/** Sum of weighted scalars. */
function weightedSum(g: Builder, terms: readonly (readonly [scalar: Name, weight: number])[]): Name {
  const scaled = terms.map(([scalar, weight]) => g.scale(scalar, weight));
  return scaled.reduce((sum, term) => g.add(sum, term));
}

/**
 * ½·mean(a²) over each layer, with weights: the objective of Deep Dream, whose gradient at the layer is the activation
 * itself (google/deepdream).
 */
export function energy(g: Builder, terms: readonly LayerTerm[]): Name {
  return weightedSum(
    g,
    terms.map(({ tensor, weight, channels }) => {
      const a = pickChannels(g, tensor, channels);
      return [g.op('ReduceMean', [g.square(a)], { keepdims: 0 }), weight / 2];
    }),
  );
}

/**
 * Each position's activation, matched with the most similar of a guide's: mean over positions of maxⱼ ⟨a, yⱼ⟩. The gradient
 * at the layer is the best-matching column of the guide (google/deepdream, "controlling dreams").
 *
 * @param guides one [J, C] matrix per term, the guide's activation at each of its J positions
 */
export function likeness(g: Builder, terms: readonly LayerTerm[], guides: readonly FloatTensor[]): Name {
  return weightedSum(
    g,
    terms.map(({ tensor, weight, channels }, i) => {
      const a = pickChannels(g, tensor, channels);
      const [n = 1, c = 1, ...rest] = g.dims(a);
      const guide = guides[i];
      if (guide === undefined) throw new Error('A guide is missing for a layer.');
      const columns = g.reshape(a, [n, c, sizeOf(rest)]);
      const similarity = g.op('MatMul', [g.constant(guide), columns]);
      const best = g.reduce('ReduceMax', similarity, [1], false);
      return [g.op('ReduceMean', [best], { keepdims: 0 }), weight];
    }),
  );
}
