/** The settings of a search for the photos that excite units most. */
import type { Fields } from './fields.ts';

export const examples = {
  target: {
    kind: 'objectives',
    label: 'Units',
    help: 'Channels or classes, each with examples of its own; layer:<name> only reads the photos, for all its units at once',
    default: null,
    auto: 'the last layer that a dream would excite',
  },
  top: {
    kind: 'integer',
    label: 'Examples',
    help: 'How many photos are shown for each unit',
    default: 9,
    min: 1,
    max: 100,
  },
} as const satisfies Fields;
