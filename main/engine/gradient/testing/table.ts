/** Every numeric case of the gradient rules. */
import { arithmeticCases } from '../rules/arithmetic.cases.ts';
import { assemblyCases } from '../rules/assembly.cases.ts';
import { elementwiseCases } from '../rules/elementwise.cases.ts';
import { gatheringCases } from '../rules/gathering.cases.ts';
import { linearCases } from '../rules/linear.cases.ts';
import { normalisationCases } from '../rules/normalisation.cases.ts';
import { poolingCases } from '../rules/pooling.cases.ts';
import { reductionCases } from '../rules/reduction.cases.ts';
import { resizeCases } from '../rules/resize.cases.ts';
import { samplingCases } from '../rules/sampling.cases.ts';
import { shapeCases } from '../rules/shape.cases.ts';
import { blockCases } from './blocks.cases.ts';
import type { GradientCase } from './case.ts';

export const cases: readonly GradientCase[] = [
  ...elementwiseCases,
  ...arithmeticCases,
  ...linearCases,
  ...poolingCases,
  ...normalisationCases,
  ...reductionCases,
  ...shapeCases,
  ...gatheringCases,
  ...resizeCases,
  ...samplingCases,
  ...assemblyCases,
  ...blockCases,
];
