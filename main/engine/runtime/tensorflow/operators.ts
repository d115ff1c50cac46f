/** The table of operators that the TensorFlow runtime executes, by ONNX name. */
import type { Operators } from './operator.ts';
import { convolution } from './ops/convolution.ts';
import { elementwise } from './ops/elementwise.ts';
import { matrix } from './ops/matrix.ts';
import { movement } from './ops/movement.ts';
import { pooling } from './ops/pooling.ts';
import { reduction } from './ops/reduction.ts';

export const operators: Operators = {
  ...elementwise,
  ...convolution,
  ...pooling,
  ...movement,
  ...reduction,
  ...matrix,
};
