/**
 * LRN as ordinary operators. ONNX Runtime's own LRN runs on one thread, WebGPU has none, and this form shares its
 * denominator with its gradient.
 */
import type { Graph, Info, Name, Node } from '../graph.ts';
import { float, int } from '../graph.ts';
import { float32, type FloatTensor, type Tensor } from '../tensor.ts';

/**
 * A 1×1 filter that sums, for each channel, `size` (odd) neighbouring channels, those outside counting as 0. Dense though it
 * is, it is the fastest sum over channels that there is: convolutions use all of a processor.
 *
 * @returns [C, C, 1, 1] of `weight` in a band
 */
export function bandFilter(channels: number, size: number, weight: number): FloatTensor {
  const reach = (size - 1) / 2;
  const data = new Float32Array(channels * channels);
  for (let row = 0; row < channels; row++) {
    const last = Math.min(channels - 1, row + reach);
    for (let column = Math.max(0, row - reach); column <= last; column++)
      data[row * channels + column] = weight;
  }
  return float32(data, [channels, channels, 1, 1]);
}

/** y = x·d^−β with d = κ + α/n·(sum of x² over n channels) (Krizhevsky et al. 2012). */
export function expandResponses(graph: Graph, infos: ReadonlyMap<Name, Info>): Graph {
  const constants = new Map<Name, Tensor>(graph.constants);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const [x = ''] = node.inputs;
    const [, channels] = infos.get(x)?.dims ?? [];
    if (node.op !== 'LRN' || channels === undefined || infos.get(x)?.dims.length !== 4) return [node];
    const size = int(node, 'size', 1);
    const name = (part: string): Name => `${node.outputs[0] ?? node.name}~${part}`;
    const step = (op: string, inputs: Name[], part: string): Node => ({
      op,
      name: name(part),
      inputs,
      outputs: [name(part)],
      attributes: {},
    });
    constants.set(name('band'), bandFilter(channels, size, float(node, 'alpha', 1e-4) / size));
    constants.set(name('bias'), float32(new Float32Array(channels).fill(float(node, 'bias', 1)), [channels]));
    constants.set(name('two'), float32([2], []));
    constants.set(name('exponent'), float32([-float(node, 'beta', 0.75)], []));
    return [
      step('Pow', [x, name('two')], 'squares'),
      step('Conv', [name('squares'), name('band'), name('bias')], 'denominator'),
      step('Pow', [name('denominator'), name('exponent')], 'factor'),
      { ...step('Mul', [x, name('factor')], 'output'), outputs: node.outputs },
    ];
  });
  return { ...graph, nodes, constants };
}
