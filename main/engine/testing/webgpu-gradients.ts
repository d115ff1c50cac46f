/**
 * Runs the cases of the gradient rules whose titles are the lines of the argument, on WebGPU and on the CPU, in a process of its own, because a graphics driver may
 * end the process. Says one line of JSON per case, as it goes: the last line of a crash names the case before it.
 */
import { forms } from '../gradient/forms.ts';
import { rules } from '../gradient/rules.ts';
import { cases } from '../gradient/testing/table.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import type { Values } from '../runtime/runtime.ts';
import { cpu, gradientsOn } from './gradient-check.ts';

export interface Comparison {
  readonly title: string;
  /** Largest difference relative to the largest gradient; null if the case did not run. */
  readonly error: number | null;
  readonly message?: string;
}

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

const webgpu = onnxRuntime({ device: 'webgpu' });

const wanted = new Set((process.argv[2] ?? '').split('\n'));
for (const test of cases.filter(({ title }) => wanted.has(title))) {
  const compared: Comparison = await gradientsOn(cpu, test, rules)
    .then(async (expected) => {
      const actual = await gradientsOn(webgpu, test, forms.webgpu);
      return { title: test.title, error: largestError(actual, expected) };
    })
    .catch((error: unknown) => ({ title: test.title, error: null, message: String(error) }));
  process.stdout.write(`${JSON.stringify(compared)}\n`);
}
