/** The table of TensorFlow's operators that are read, put together from its families. */
import { control } from './operators/control.ts';
import { convolution } from './operators/convolution.ts';
import { elementwise } from './operators/elementwise.ts';
import { joining } from './operators/joining.ts';
import { matrix } from './operators/matrix.ts';
import { normalisation } from './operators/normalisation.ts';
import { pooling } from './operators/pooling.ts';
import { reduction } from './operators/reduction.ts';
import { resizing } from './operators/resizing.ts';
import { shape } from './operators/shape.ts';
import { slicing } from './operators/slicing.ts';
import type { Translate } from './translation.ts';

/** What each operator means in the neutral graph. Sources (`Const`, `Placeholder`) are read apart from these. */
export const operators: Readonly<Record<string, Translate>> = {
  ...control,
  ...convolution,
  ...elementwise,
  ...joining,
  ...matrix,
  ...normalisation,
  ...pooling,
  ...reduction,
  ...resizing,
  ...shape,
  ...slicing,
};
