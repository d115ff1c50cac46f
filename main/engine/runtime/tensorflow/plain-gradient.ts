/** TensorFlow.js's own gradient of a network, as anybody would write it: the yardstick for ours, which is a graph of its own. */
import { expandPowers } from '../../graph/optimise/powers.ts';
import type { Graph } from '../../graph/graph.ts';
import type { FloatTensor } from '../../graph/tensor.ts';
import { loadBackend } from './backend.ts';
import { TensorflowProgram } from './program.ts';

interface PlainGradient {
  run(picture: FloatTensor): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** `tf.grad` of a forward graph of one input and one number as its output. */
export async function plainGradient(graph: Graph): Promise<PlainGradient> {
  const { tf } = await loadBackend();
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  const program = new TensorflowProgram(tf, expandPowers(graph));
  const [input] = graph.inputs;
  if (input === undefined) throw new Error('The graph has no input.');
  const gradient = tf.grad((x) => {
    const [value] = program.evaluate(new Map([[input.name, tf.clone(x)]]));
    if (value === undefined) throw new Error('The graph has no output.');
    return value;
  });
  return {
    async run({ data, dims }) {
      const found = tf.tidy(() => gradient(tf.tensor(data, [...dims])));
      try {
        const values = await found.data();
        if (!(values instanceof Float32Array)) throw new Error('The gradient is not float32.');
        return values;
      } finally {
        found.dispose();
      }
    },
    dispose: () => program.dispose(),
  };
}
