/** Runs a graph on ONNX Runtime as it stands, so that tests can compare what we say about a graph with what happens. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { writeOnnx, type WriteOptions } from '../formats/onnx/write.ts';
import type { Graph, Name } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';

/** The outputs of a graph for the given inputs. `options.types` are needed for outputs that are not float32. */
export async function runGraph(
  graph: Graph,
  feeds: ReadonlyMap<Name, Tensor>,
  options: WriteOptions = {},
): Promise<Map<Name, Tensor>> {
  const session = await InferenceSession.create(writeOnnx(graph, options), {
    graphOptimizationLevel: 'basic',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  const inputs = Array.from(feeds, ([name, { type, data, dims }]): [Name, OrtTensor] => [
    name,
    new OrtTensor(type, data, dims),
  ]);
  const results = await session.run(Object.fromEntries(inputs));
  await session.release();
  return new Map(Object.entries(results).map(([name, result]) => [name, fromOrt(result)]));
}

function fromOrt({ type, dims, data }: OrtTensor): Tensor {
  if (type === 'float32' && data instanceof Float32Array) return { type, dims, data };
  if (type === 'int64' && data instanceof BigInt64Array) return { type, dims, data };
  if (type === 'int32' && data instanceof Int32Array) return { type, dims, data };
  if (type === 'bool' && data instanceof Uint8Array) return { type, dims, data };
  throw new Error(`ONNX Runtime returned a tensor of type ${type}.`);
}
