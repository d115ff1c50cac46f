/** The table of gradient rules: every operator we can differentiate, and those that are flat, by ONNX name. */
import type { Rules } from './rule.ts';
import { arithmetic } from './rules/arithmetic.ts';
import { assembly } from './rules/assembly.ts';
import { elementwise } from './rules/elementwise.ts';
import { gathering } from './rules/gathering.ts';
import { linear } from './rules/linear.ts';
import { matrix } from './rules/matrix.ts';
import { normalisation } from './rules/normalisation.ts';
import { padding } from './rules/pad.ts';
import { pooling } from './rules/pooling.ts';
import { reduction } from './rules/reduction.ts';
import { resizing } from './rules/resize.ts';
import { sampling } from './rules/sampling.ts';
import { shape } from './rules/shape.ts';

export const rules: Rules = {
  ...elementwise,
  ...arithmetic,
  ...linear,
  ...matrix,
  ...pooling,
  ...normalisation,
  ...reduction,
  ...shape,
  ...padding,
  ...gathering,
  ...resizing,
  ...sampling,
  ...assembly,
};
