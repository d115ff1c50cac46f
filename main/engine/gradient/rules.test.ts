import { describe, expect, it } from 'vitest';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import { gradientError } from '../testing/gradient-check.ts';
import { rules } from './rules.ts';
import { cases } from './testing/table.ts';

const runtime = onnxRuntime({ threads: 1 });

describe('the gradient agrees with differences', () => {
  it.each(cases)('$title', async (test) => {
    expect(await gradientError(runtime, test, rules)).toBeLessThan(1e-3);
  });
});
