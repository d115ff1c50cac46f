/** How alike the textures of a batch are, so that several images of one unit can be kept apart (lucid's `diversity`). */
import { asMaps } from '../graph/axes/maps.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { sizeOf } from '../graph/tensor.ts';

/** Keeps a division finite where a layer is silent. */
const EPSILON = 1e-10;

/**
 * Σ_{i≠j} ⟨Gᵢ, Gⱼ⟩ / N over a batch of N, where G is an image's Gram matrix of channels, normalised to length 1. It is 0 for a
 * batch of one, at most N − 1, and what an optimisation should make small.
 *
 * @param layer in the form of `asMaps`, or brought to it
 */
export function diversityOf(g: Builder, layer: Name): Name {
  const maps = asMaps(g, layer);
  const [n = 1, c = 1, ...rest] = g.dims(maps);
  const features = g.reshape(maps, [n, c, sizeOf(rest)]);
  const grams = g.reshape(g.op('MatMul', [features, g.transpose(features, [0, 2, 1])]), [n, c * c]);
  const squares = g.reduce('ReduceSum', g.square(grams), [1], true);
  const units = g.div(grams, g.unary('Sqrt', g.add(squares, g.scalar(EPSILON))));
  // ‖Σ Gᵢ‖² counts every pair twice and every image with itself once.
  const pairs = g.total(g.square(g.reduce('ReduceSum', units, [0], false)));
  const selves = g.total(g.square(units));
  return g.scale(g.sub(pairs, selves), 1 / n);
}
