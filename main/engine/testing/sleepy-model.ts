/** A network whose units are silent in every way that an optimisation meets, for tests of what is done about it. */
import { writeFile } from 'node:fs/promises';
import { writeOnnx } from '../formats/onnx/write.ts';
import { float32 } from '../graph/tensor.ts';

/**
 * Four channels of 1×1 filters behind a ReLU, `relu`: one that is active on grey, one that must be woken, one that no picture
 * can wake, and one that sees nothing at all.
 */
function sleepyNetwork(activation: string): Uint8Array {
  const filters = [1, 1, 1, 4, -4, 0, 1, 0, 0, 0, 0, 0];
  return writeOnnx({
    name: 'sleepy',
    inputs: [{ name: 'data', type: 'float32', dims: ['N', 3, 'H', 'W'] }],
    outputs: ['relu'],
    constants: new Map([
      ['w', float32(filters, [4, 3, 1, 1])],
      ['b', float32([5, -0.6, -1000, -1], [4])],
    ]),
    nodes: [
      { op: 'Conv', name: 'conv', inputs: ['data', 'w', 'b'], outputs: ['conv'], attributes: {} },
      { op: activation, name: 'relu', inputs: ['conv'], outputs: ['relu'], attributes: {} },
    ],
  });
}

/** Writes the network to `path` (`….onnx`), with a ReLU or another activation. It has no card. */
export const writeSleepyModel = (path: string, activation = 'Relu'): Promise<void> =>
  writeFile(path, sleepyNetwork(activation));
