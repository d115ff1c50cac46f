/** The gradients on TensorFlow.js's WebAssembly backend: the same cases, the same numbers. */
import { describe, expect, it } from 'vitest';
import type { Values } from '../runtime/runtime.ts';
import { tensorflowRuntime } from '../runtime/tensorflow.ts';
import { cpu, gradientsOn } from './gradient-check.ts';
import { forms } from '../gradient/forms.ts';
import { rules } from '../gradient/rules.ts';
import type { GradientCase } from '../gradient/testing/case.ts';
import { cases } from '../gradient/testing/table.ts';

const tensorflow = tensorflowRuntime();

/** The largest difference relative to the largest gradient. */
function largestError(actual: Values, expected: Values): number {
  let [error, size] = [0, 0];
  for (const [name, { data }] of Object.entries(expected)) {
    data.forEach((v, i) => {
      const difference = Math.abs(v - (actual[name]?.data[i] ?? NaN));
      error = Math.max(error, Number.isNaN(difference) ? Infinity : difference);
      size = Math.max(size, Math.abs(v));
    });
  }
  return size === 0 ? error : error / size;
}

/**
 * Windows that the runtime refuses, by the beginning of the title. What operators it lacks, their cases say.
 */
const REFUSED: readonly string[] = [
  'Conv {"strides":[2,1,2]',
  'MaxPool {"kernel_shape":[2,2],"dilations"',
  'MaxPool {"kernel_shape":[3,2],"dilations"',
  'MaxPool {"kernel_shape":[3],',
  'MaxPool {"kernel_shape":[2,3,2]',
  'AveragePool {"kernel_shape":[3],',
  'AveragePool {"kernel_shape":[2,3,2]',
];
const isRefused = ({ title, refusedByTensorflow }: GradientCase): boolean =>
  refusedByTensorflow === true ||
  REFUSED.some((start) => title.startsWith(start)) ||
  (title.startsWith('LpPool') && !title.includes('"p":1'));

describe('on TensorFlow.js the gradients are the same as on ONNX Runtime', () => {
  it.each(cases.filter((test) => !isRefused(test)))('$title', async (test) => {
    const expected = await gradientsOn(cpu, test, rules);
    const actual = await gradientsOn(tensorflow, test, forms.tensorflow);
    expect(largestError(actual, expected)).toBeLessThan(1e-3);
  });

  it.each(cases.filter(isRefused))('or refused in a sentence: $title', async (test) => {
    await expect(gradientsOn(tensorflow, test, forms.tensorflow)).rejects.toMatchObject({
      code: 'device/unusable',
      message: expect.stringMatching(
        /^The TensorFlow runtime cannot run node .* use the device "cpu"\.$/,
      ) as string,
    });
  });
});
