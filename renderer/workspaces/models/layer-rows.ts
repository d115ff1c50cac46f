/** The rows of a network's table of layers: found by any of their names or their operator, told in words. */
import type { LayerInfo } from '../../../shared/contract/models.ts';

/** The layers that have all the words in their names, the names that people use, or their operator. */
export function findLayers(layers: readonly LayerInfo[], wanted: string): readonly LayerInfo[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return layers;
  return layers.filter(({ name, aliases, op }) => {
    const text = [name, ...aliases, op].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Side of what one value sees, in pixels; a word for one that sees everything, or whose view is not known. */
export function receptiveField({ receptiveField: side }: Pick<LayerInfo, 'receptiveField'>): string {
  return side === null ? 'all' : String(side);
}

export function stride({ stride: step }: Pick<LayerInfo, 'stride'>): string {
  return step === null ? '–' : String(Number(step.toFixed(2)));
}
