/** The table of shape rules, put together from its families. */
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { gathering } from './gathering.ts';
import { generating } from './generating.ts';
import { joining } from './joining.ts';
import { layout } from './layout.ts';
import { matrix } from './matrix.ts';
import { normalisation } from './normalisation.ts';
import { pooling } from './pooling.ts';
import { reduction } from './reduction.ts';
import { resizing } from './resizing.ts';
import type { ShapeRule } from './rule.ts';
import { sampling } from './sampling.ts';

/** How the outputs of each operator follow from its inputs. */
export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  ...convolution,
  ...elementwise,
  ...gathering,
  ...generating,
  ...joining,
  ...layout,
  ...matrix,
  ...normalisation,
  ...pooling,
  ...reduction,
  ...resizing,
  ...sampling,
};
