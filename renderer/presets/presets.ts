/**
 * Looks to start from, named for what they look like. Layers are given by their depth in the network, from 0 (edges) to 1 (whole
 * objects), so that a look means the same in any network.
 */
import type { DreamSettings } from '../../shared/recipes/dream.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** One phrase, for somebody who knows nothing of networks. */
  readonly about: string;
  /** `null`: the layers that the network itself proposes. */
  readonly layers: readonly { readonly depth: number; readonly weight: number }[] | null;
  /** What differs from the defaults. */
  readonly settings: Partial<DreamSettings>;
}

export const presets: readonly Preset[] = [
  {
    id: 'classic',
    name: 'Classic',
    about: 'What the network likes best to see: figures that grow out of the picture',
    layers: null,
    settings: {},
  },
  {
    id: 'brushwork',
    name: 'Brushwork',
    about: 'Short strokes that follow the picture',
    layers: [{ depth: 0.1, weight: 1 }],
    settings: { octaves: 2, steps: 10, rate: 0.8 },
  },
  {
    id: 'swirls',
    name: 'Swirls',
    about: 'Curls, ripples and woven patterns',
    layers: [{ depth: 0.2, weight: 1 }],
    settings: { octaves: 4, steps: 12, rate: 1.5 },
  },
  {
    id: 'creatures',
    name: 'Creatures',
    about: 'Eyes, fur and animals',
    layers: [
      { depth: 0.3, weight: 1 },
      { depth: 0.5, weight: 0.6 },
    ],
    settings: { octaves: 5, steps: 12, rate: 1.5 },
  },
  {
    id: 'visions',
    name: 'Visions',
    about: 'Large, ornate shapes that almost become things',
    layers: [{ depth: 0.8, weight: 1 }],
    settings: { octaves: 6, steps: 20, rate: 1.8 },
  },
  {
    id: 'whisper',
    name: 'Whisper',
    about: 'Only a hint, in the colours of the picture',
    layers: null,
    settings: { octaves: 3, steps: 6, rate: 0.9, keepColour: true },
  },
];
