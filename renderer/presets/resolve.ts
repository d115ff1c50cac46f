/** From a look to settings for a network, and back to its name. */
import type { LayerInfo, ModelInfo } from '../../shared/contract/models.ts';
import { dream, type DreamSettings } from '../../shared/recipes/dream.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import type { WeightedLayer } from '../../shared/recipes/kinds.ts';
import type { Preset } from './presets.ts';

/** Below this, a layer sees the whole picture at once and cannot grow anything in a place. */
const SMALLEST_SIDE = 4;
/** A network with this many joints is built of blocks, and the ends of its blocks stand for it best. */
const FEWEST_JOINTS = 3;

/** Whether a layer is an activation, or the product that ends one such as x·sigmoid(x). */
const isActive = ({ role }: LayerInfo): boolean => role === 'activation' || role === 'gating';

/**
 * The layers worth dreaming on, from shallow to deep: the ends of blocks, else what follows each activation.
 */
export function dreamable(layers: readonly LayerInfo[]): readonly LayerInfo[] {
  const spatial = layers.filter(({ width, height }) => Math.min(width, height) >= SMALLEST_SIDE);
  const joints = spatial.filter(({ role }) => role === 'join');
  if (joints.length >= FEWEST_JOINTS) {
    // Before the blocks, a stem works on larger pictures.
    const side = joints[0]?.width ?? 0;
    const before = spatial.filter((layer) => isActive(layer) && layer.width > side);
    // The last of each size: those before it lead to it.
    const stem = before.filter(({ width }, index) => before[index + 1]?.width !== width);
    return [...stem, ...joints];
  }
  const active = spatial.filter(isActive);
  return active.length > 0 ? active : spatial;
}

/** The layer at a depth between 0 and 1. */
export function layerAt(layers: readonly LayerInfo[], depth: number): string | undefined {
  const candidates = dreamable(layers);
  return candidates[Math.round(depth * (candidates.length - 1))]?.name;
}

/** Complete settings for a look; what a look leaves alone (size, seed, mask, guide) stays as it is. */
export function applyPreset(
  preset: Preset,
  network: ModelInfo | undefined,
  present: DreamSettings,
): DreamSettings {
  const { size, seed, mask, guide, tile } = present;
  return {
    ...defaultsOf(dream),
    ...{ size, seed, mask, guide, tile },
    ...preset.settings,
    layers: preset.layers === null || network === undefined ? null : weighted(preset.layers, network.layers),
  };
}

/** The look whose settings these are. */
export function presetOf(
  presets: readonly Preset[],
  network: ModelInfo | undefined,
  present: DreamSettings,
): Preset | undefined {
  const now = JSON.stringify(sorted(present));
  return presets.find((preset) => JSON.stringify(sorted(applyPreset(preset, network, present))) === now);
}

/** Two depths of a shallow network may fall on one layer: their weights add up. */
function weighted(
  wanted: NonNullable<Preset['layers']>,
  layers: readonly LayerInfo[],
): WeightedLayer[] | null {
  const weights = new Map<string, number>();
  for (const { depth, weight } of wanted) {
    const layer = layerAt(layers, depth);
    if (layer !== undefined) weights.set(layer, (weights.get(layer) ?? 0) + weight);
  }
  return weights.size === 0 ? null : [...weights].map(([layer, weight]) => ({ layer, weight }));
}

function sorted(settings: DreamSettings): [string, unknown][] {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}
