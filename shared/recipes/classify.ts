/** The settings of a classification. */
import type { Fields } from './fields.ts';

export const classify = {
  top: {
    kind: 'integer',
    label: 'Classes',
    help: 'How many of the likeliest classes are listed',
    default: 5,
    min: 1,
    max: 1000,
  },
} as const satisfies Fields;
