/** A network that takes pictures of one size alone, as those with fully connected layers do. */
import { writeFile } from 'node:fs/promises';
import { writeOnnx } from '../formats/onnx/write.ts';
import { float32 } from '../graph/tensor.ts';

/** Side of the pictures in pixels. */
const FIXED_SIDE = 32;

/** Writes `data` [N, 3, 32, 32] → pool → flatten → scores [N, 4] to `path` (`….onnx`). It has no card. */
export function writeFixedModel(path: string): Promise<void> {
  const inputs = 3 * (FIXED_SIDE / 8) ** 2;
  const weights = Float32Array.from({ length: 4 * inputs }, (_, i) => Math.sin(i));
  const graph = writeOnnx({
    name: 'fixed',
    inputs: [{ name: 'data', type: 'float32', dims: ['N', 3, FIXED_SIDE, FIXED_SIDE] }],
    outputs: ['scores'],
    constants: new Map([['w', float32(weights, [4, inputs])]]),
    nodes: [
      {
        op: 'AveragePool',
        name: 'pool',
        inputs: ['data'],
        outputs: ['pool'],
        attributes: { kernel_shape: [8, 8], strides: [8, 8] },
      },
      { op: 'Flatten', name: 'flat', inputs: ['pool'], outputs: ['flat'], attributes: { axis: 1 } },
      { op: 'Gemm', name: 'scores', inputs: ['flat', 'w'], outputs: ['scores'], attributes: { transB: 1 } },
    ],
  });
  return writeFile(path, graph);
}
