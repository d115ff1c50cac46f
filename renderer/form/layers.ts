/** Lists of weighted layers, and where in a network a layer lies. */
import type { LayerInfo } from '../../shared/contract/models.ts';
import { dreamable } from '../presets/resolve.ts';
import type { WeightedLayer } from '../../shared/recipes/kinds.ts';
import { isRecord } from '../../shared/schema.ts';

/** The layers in a setting's value; none for the network's own choice. */
export function readLayers(value: unknown): readonly WeightedLayer[] {
  return Array.isArray(value) ? value.filter(isWeightedLayer) : [];
}

/** With a layer added, or its weight changed in place. */
export function withWeight(
  layers: readonly WeightedLayer[],
  layer: string,
  weight: number,
): readonly WeightedLayer[] {
  const changed = { layer, weight };
  if (!layers.some((item) => item.layer === layer)) return [...layers, changed];
  return layers.map((item) => (item.layer === layer ? changed : item));
}

/** With a layer taken out; `null`, the network's own choice, when none is left. */
export function withoutLayer(
  layers: readonly WeightedLayer[],
  layer: string,
): readonly WeightedLayer[] | null {
  const left = layers.filter((item) => item.layer !== layer);
  return left.length === 0 ? null : left;
}

/** Where a layer lies among those that see places, from 0 (the first) to 1 (the last); `undefined` for one of another network. */
export function depthOf(layers: readonly LayerInfo[], layer: string): number | undefined {
  const index = layers.findIndex(({ name }) => name === layer);
  if (index < 0) return undefined;
  const marks = dreamable(layers).map((mark) => layers.indexOf(mark));
  const before = marks.filter((mark) => mark < index).length;
  return Math.min(1, before / Math.max(1, marks.length - 1));
}

/** What layers of a depth see, for somebody who knows nothing of networks. */
export function describeDepth(depth: number): string {
  const words = ['edges', 'textures', 'patterns', 'parts', 'objects'];
  return words[Math.round(depth * (words.length - 1))] ?? '';
}

function isWeightedLayer(value: unknown): value is WeightedLayer {
  return isRecord(value) && typeof value['layer'] === 'string' && typeof value['weight'] === 'number';
}
