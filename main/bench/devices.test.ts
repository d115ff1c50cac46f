import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../engine/models/load.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { tensorflowRuntime } from '../engine/runtime/tensorflow.ts';
import { gentlePsnr } from './devices.ts';

const folder = resolve(import.meta.dirname, '../../../shared/models');
const there = existsSync(folder);

describe.skipIf(!there)(
  `ten gentle steps of a dream${there ? '' : `, skipped because ${folder} is not there`}`,
  () => {
    it.each(['googlenet.onnx', 'squeezenet1.1.onnx', 'mobilenet_v2.onnx', 'inception_v3_mixed8.onnx'])(
      'give the same picture on TensorFlow as on the CPU: %s',
      async (file) => {
        const model = await loadModel(join(folder, file));
        expect(await gentlePsnr(model, onnxRuntime({ threads: 1 }), tensorflowRuntime())).toBeGreaterThan(40);
      },
      60_000,
    );
  },
);
