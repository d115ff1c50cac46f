import { expect, it } from 'vitest';
import type { Graph, Name } from '../../graph/graph.ts';
import { specialise } from '../../graph/shapes.ts';
import { compareGraphs, normalTensor, type Side } from '../../testing/compare-graphs.ts';
import { describeWithShared } from '../../testing/shared-folder.ts';
import { readSharedNetwork, type SharedNetwork } from '../../testing/shared-network.ts';
import { looksLikeTensorflow, readTensorflow } from './tensorflow.ts';
import { writeTensorflow, type Style } from './testing/network-writer.ts';

const NETWORKS: readonly (readonly [SharedNetwork, Style, readonly Name[], readonly [number, number]])[] = [
  [
    'googlenet',
    { flatten: 'reshape', bias: 'Add', concat: 'Concat' },
    ['conv2/norm2', 'inception_4c/output', 'loss3/classifier'],
    [97, 131],
  ],
  [
    'squeezenet1.1',
    { flatten: 'squeeze', bias: 'BiasAdd', concat: 'ConcatV2' },
    ['fire3/concat', 'fire9/concat', 'logits'],
    [97, 130],
  ],
  [
    'mobilenet_v2',
    { flatten: 'shape chain', bias: 'FusedBatchNormV3', concat: 'ConcatV2' },
    ['expanded_conv_2/add', 'expanded_conv_12/add', 'logits'],
    [97, 130],
  ],
  ['inception_v3_mixed8', { flatten: 'squeeze', bias: 'BiasAdd', concat: 'ConcatV2' }, ['mixed3'], [99, 130]],
];

describeWithShared('networks as TensorFlow would freeze them', () => {
  it.each(NETWORKS)('%s, %o', { timeout: 60_000 }, async (name, style, layers, [height, width]) => {
    const original = readSharedNetwork(name);
    const bytes = writeTensorflow(original, style);
    expect(looksLikeTensorflow(bytes)).toBe(true);
    const read = readTensorflow(bytes);
    expect(read.inputs).toEqual([
      { name: original.inputs[0]?.name, type: 'float32', dims: ['N', 3, 'H', 'W'] },
    ]);
    // Inner layers that the original lists as outputs are read by others here.
    expect(read.outputs).toEqual(original.outputs.slice(-1));
    const x = normalTensor([1, 3, height, width]);
    for (const layer of layers) {
      const difference = await compareGraphs(at(original, layer, x.dims), at(read, layer, x.dims), x);
      expect(difference.values, layer).toBeLessThan(1e-4);
      expect(difference.gradient, layer).toBeLessThan(1e-4);
    }
  });
});

/** The way to one layer at one size. */
function at(graph: Graph, layer: Name, dims: readonly number[]): Side {
  return { graph: specialise(graph, { [graph.inputs[0]?.name ?? '']: dims }, [layer]).graph };
}
