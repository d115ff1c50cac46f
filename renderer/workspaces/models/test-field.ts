/** The one field of the test of a network. */
import type { FileField } from '../../../shared/recipes/fields.ts';

const picture: FileField = {
  kind: 'file',
  label: 'Test on a picture',
  help: 'A picture whose content you know',
  default: null,
  auto: 'none',
  accepts: 'picture',
};

export const fileFields = { picture };
