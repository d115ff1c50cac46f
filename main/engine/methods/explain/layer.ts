/** The layer that Grad-CAM looks at. */
import { ReverieError } from '../../../../shared/errors.ts';
import { pruneNodes, type Name } from '../../graph/graph.ts';
import { findLayer, type Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';

/**
 * The layer of a name, or the last one with a grid of positions that `targets` depend on: the deepest that still knows where.
 *
 * @throws ReverieError `layer/unknown`, and `layer/unusable` for one without a grid or that the target does not depend on
 */
export function camLayer(model: Model, side: number, targets: readonly Name[], wanted: string | null): Layer {
  const layers = model.layers({ width: side, height: side });
  const before = new Set(pruneNodes(model.graph.nodes, targets).flatMap(({ outputs }) => outputs));
  const usable = layers.filter(
    ({ tensor, width, height }) => before.has(tensor) && (width > 1 || height > 1),
  );
  if (wanted !== null) {
    const named = findLayer(layers, wanted);
    if (usable.includes(named)) return named;
    const why = before.has(named.tensor) ? 'it has one position alone' : 'the target does not depend on it';
    throw new ReverieError('layer/unusable', `Grad-CAM cannot look at layer "${named.name}": ${why}.`);
  }
  const last = usable.at(-1);
  if (last !== undefined) return last;
  throw new ReverieError(
    'layer/unusable',
    'Grad-CAM needs a layer with a grid of positions, and there is none before the target.',
  );
}
