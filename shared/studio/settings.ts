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
  threads: {
    kind: 'integer',
    label: 'Threads',
    help: 'Processors that a network may use at a time; from the next job on',
    default: null,
    auto: 'as many as are useful',
    min: 1,
    max: 1024,
  },
  quiet: {
    kind: 'boolean',
    label: 'Quiet',
    help: 'Leave half of the processors alone, and let other programs go first; from the next job on',
    default: false,
  },
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
  seenVersion: {
    kind: 'text',
    label: 'Version seen',
    help: 'The version whose news the window has shown',
    // The last one that did not write it.
    default: '0.1.0',
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
