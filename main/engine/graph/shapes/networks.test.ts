import { beforeAll, expect, it } from 'vitest';
import { refusal } from '../../testing/refusal.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { describeWithShared } from '../../testing/shared-folder.ts';
import { readReference, readSharedNetwork, sharedNetworks } from '../../testing/shared-network.ts';
import type { Graph, Info, Name } from '../graph.ts';
import { inferShapes, smallestInput, specialise } from '../shapes.ts';
import { float32, sizeOf, type Tensor } from '../tensor.ts';

describeWithShared.each(sharedNetworks)('shapes of %s', (name) => {
  let graph: Graph;
  let input: Name;
  let smallest: number;
  beforeAll(() => {
    graph = readSharedNetwork(name);
    input = graph.inputs[0]?.name ?? '';
    smallest = smallestInput(graph, input);
  });
  const inferAt = (...dims: number[]): Map<Name, Info> => inferShapes(graph, { [input]: dims });

  it('are those of the reference', () => {
    const infos = inferAt(1, 3, 96, 128);
    const reference = readReference(name);
    expect(reference.size).toBeGreaterThan(0);
    for (const [tensor, { shape }] of reference) {
      expect([tensor, infos.get(tensor)?.dims]).toEqual([tensor, shape]);
    }
  });

  it.each([
    ['the smallest input', () => [1, 3, smallest, smallest]],
    ['one that is not square', () => [1, 3, smallest + 1, 75]],
    ['a batch of two', () => [2, 3, 97, 110]],
  ])('of every tensor are those of ONNX Runtime at %s', async (_, sizes) => {
    const dims = sizes();
    const outputs = graph.nodes.flatMap((node) => node.outputs);
    const results = await runGraph({ ...graph, outputs }, new Map([[input, image(dims)]]));
    const infos = inferAt(...dims);
    expect(results.size).toBe(outputs.length);
    for (const [tensor, result] of results)
      expect([tensor, infos.get(tensor)?.dims]).toEqual([tensor, result.dims]);
  });

  it('are refused one pixel below the smallest input, naming the node and its window', () => {
    const size = smallest - 1;
    const error = refusal(() => inferAt(1, 3, size, size));
    expect(error.code).toBe('model/too-small-input');
    const sentence = `^The input of ${size}×${size} pixels is too small for ".+" \\(\\w+ \\d+×\\d+\\): `;
    expect(error.message).toMatch(new RegExp(sentence, 'u'));
  });

  it('take less than 10 ms', () => {
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      specialise(graph, { [input]: [1, 3, 224, 224] });
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(10);
  });
});

function image(dims: readonly number[]): Tensor {
  const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(i));
  return float32(data, dims);
}
