/**
 * Forms for ONNX Runtime on x64 processors: gates and max-pooling that stay in its blocked layout (see `../blocked.ts`).
 * They are exact. What has no such form takes the general one.
 */
import type { Rules } from '../rule.ts';
import { blockedConv } from './blocked-conv.ts';
import { blockedClip, blockedConcat, blockedRelu } from './blocked-gates.ts';
import { blockedMaxPool } from './blocked-pooling.ts';

export const blocked: Rules = {
  Conv: blockedConv,
  Relu: blockedRelu,
  Clip: blockedClip,
  Concat: blockedConcat,
  MaxPool: blockedMaxPool,
};
