/** What the end of a divided job tells: a method's own part of it. */
import type { Executed } from '../../../../../shared/contract/result.ts';

/** What is measured of a job while it runs: joining adds it. */
export type MergedResult<Result> = Omit<Result, keyof Executed | 'steps' | 'msPerStep'>;
