/** The program's own settings, one table like those of the recipes. */
import { execution } from '../recipes/common.ts';
import type { Fields, SettingsOf } from '../recipes/fields.ts';

export const studioSettings = {
  theme: {
    kind: 'choice',
    label: 'Appearance',
    help: 'Light, dark, or as the system is set',
    default: 'dark',
    options: ['dark', 'light', 'system'],
  },
  model: { ...execution.model, help: 'The installed network that is used when none is chosen' },
  runtime: execution.runtime,
  device: execution.device,
  previewSide: {
    kind: 'integer',
    label: 'Live picture',
    help: 'The longer side of the picture that is shown while a dream grows; the result is not affected',
    unit: 'px',
    default: 768,
    min: 128,
    max: 4096,
    step: 64,
  },
  keepRuns: {
    kind: 'integer',
    label: 'Film strips kept',
    help: 'How many finished dreams keep their steps on disk; older ones keep only their picture',
    default: 50,
    min: 1,
    max: 10000,
  },
} as const satisfies Fields;

export type StudioSettings = SettingsOf<typeof studioSettings>;
