/**
 * What two devices owe each other: the same gradient of the same picture. The pictures of a dream part once a gate tips that
 * one of them computed a last bit higher, and then they part as they do on one device from a picture that was disturbed by a
 * millionth: see docs/benchmarks.md.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../models/load.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { tensorflowRuntime } from '../../runtime/tensorflow.ts';
import { differenceOf, prepareStep, type StepResult } from './device-check.ts';

const folder = resolve(import.meta.dirname, '../../../../../shared/models');
const there = existsSync(folder);

const cpu = onnxRuntime({ threads: 1 });

async function stepOf(file: string, runtime: Runtime): Promise<StepResult> {
  const step = await prepareStep(await loadModel(join(folder, file)), runtime, 96);
  try {
    return await step.run();
  } finally {
    await step.dispose();
  }
}

describe.skipIf(!there)(
  `on the same picture${there ? '' : `, skipped because ${folder} is not there`}`,
  () => {
    it.each(['googlenet.onnx', 'squeezenet1.1.onnx', 'mobilenet_v2.onnx', 'inception_v3_mixed8.onnx'])(
      'TensorFlow computes the gradient of the CPU, but for gates that tip: %s',
      async (file) => {
        const difference = differenceOf(await stepOf(file, cpu), await stepOf(file, tensorflowRuntime()));
        // A few millionths without such a gate, a few thousandths with one.
        expect(difference).toBeLessThan(1e-2);
      },
      60_000,
    );

    it('any number of threads computes the same bytes', async () => {
      const [one, ...others] = await Promise.all(
        [1, 2, 3].map((threads) => stepOf('googlenet.onnx', onnxRuntime({ threads }))),
      );
      for (const other of others) expect(other).toEqual(one);
    });
  },
);
