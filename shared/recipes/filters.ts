/** The settings of a sheet of filters. */
import type { Fields, SettingsOf } from './fields.ts';

export const filters = {
  layer: {
    kind: 'text',
    label: 'Layer',
    help: 'The convolution whose weights are shown',
    default: null,
    auto: 'the first one on the picture',
  },
  scale: {
    kind: 'integer',
    label: 'Scale',
    help: 'How many pixels wide a weight is shown',
    unit: 'px',
    default: null,
    auto: 'what makes a filter some 40 pixels wide, less for many',
    min: 1,
    max: 64,
  },
} as const satisfies Fields;

export type FiltersSettings = SettingsOf<typeof filters>;
