/** The layer that Grad-CAM and its kin look at. */
import { ReverieError } from '../../../../shared/errors.ts';
import { placedBefore } from '../../graph/axes/patches.ts';
import { pruneNodes, type Name } from '../../graph/graph.ts';
import { findLayer, type Layer } from '../../models/layers.ts';
import type { PictureShape } from '../../models/card.ts';
import type { Model } from '../../models/model.ts';
import type { Term } from '../common/targets.ts';

/**
 * The layer of a name, or the last one by whose grid of positions the terms depend on the picture: the deepest that still
 * knows where. In a transformer that is what its last attention reads; behind it, only the class token counts.
 *
 * @param method as people call it
 * @throws ReverieError `layer/unknown`, and `layer/unusable` for one without a grid or that the target does not depend on
 */
export function camLayer(
  model: Model,
  shape: PictureShape,
  terms: readonly Term[],
  wanted: string | null,
  method = 'Grad-CAM',
): Layer {
  const layers = model.layers(shape);
  const targets = new Map<Name, boolean>();
  for (const { tensor, selection } of terms) {
    const places = selection.kind !== 'neuron' || selection.at !== 'class';
    targets.set(tensor, places || targets.get(tensor) === true);
  }
  const before = new Set(pruneNodes(model.graph.nodes, targets.keys()).flatMap(({ outputs }) => outputs));
  const placed = placedBefore(model.graph, model.axes(shape), targets);
  const usable = layers.filter(({ tensor }) => placed.all.has(tensor));
  if (wanted !== null) {
    const named = findLayer(layers, wanted);
    if (usable.includes(named)) return named;
    const why = whyUnusable(named, before.has(named.tensor));
    throw new ReverieError('layer/unusable', `${method} cannot look at layer "${named.name}": ${why}.`);
  }
  const gates = usable.filter((layer) => placed.gates.has(layer.tensor) && !isProjection(layer, layers));
  const last = gates.at(-1) ?? usable.at(-1);
  if (last !== undefined) return last;
  throw new ReverieError(
    'layer/unusable',
    `${method} needs a layer with a grid of positions, and there is none before the target.`,
  );
}

/** Queries, keys and values in one: a linear map of tokens, or its bias. What an attention reads is the layer before it. */
function isProjection(layer: Layer, layers: readonly Layer[]): boolean {
  const before = layers[layers.indexOf(layer) - 1];
  if (layer.plain) return false;
  return layer.role === 'linear' || (layer.role === 'arithmetic' && before?.role === 'linear');
}

function whyUnusable({ channels, width, height, grid }: Layer, reached: boolean): string {
  if (!reached) return 'the target does not depend on it';
  if (channels === 0) return 'it says how much places look at each other, and has no channels';
  if (width * height === 1) return 'it has one position alone';
  return grid
    ? 'the target depends on its class token alone, not on its patches'
    : `its ${width * height} positions lie on no grid over the picture`;
}
