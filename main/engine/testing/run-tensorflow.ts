/** Runs a GraphDef of a test as the studio would, on a tensor in TensorFlow's order of axes. */
import { specialise } from '../graph/shapes.ts';
import { float32, numbers } from '../graph/tensor.ts';
import { runGraph } from './run-graph.ts';
import { readTensorflow } from '../formats/tensorflow/tensorflow.ts';
import { graphDef, placeholder } from '../formats/tensorflow/testing/graph-def.ts';
import { grid, type Grid } from '../formats/tensorflow/testing/reference.ts';
import type { Bytes } from '../formats/tensorflow/testing/wire.ts';

/** NHWC as NCHW. */
export function toChannelsFirst(x: Grid): Grid {
  const [n = 1, h = 1, w = 1, c = 1] = x.dims;
  return grid([n, c, h, w], (a = 0, b = 0, i = 0, j = 0) => x.at(a, i, j, b));
}

/** The output of the nodes after a placeholder `x` for pictures like `x`, as the neutral graph gives it. */
export async function runNodes(nodes: readonly Bytes[], x: Grid): Promise<Grid> {
  const channels = x.dims[3] ?? 1;
  return runBytes(graphDef(placeholder('x', [-1, -1, -1, channels]), ...nodes), toChannelsFirst(x));
}

/** The output of a graph for an input in the order of axes that the neutral graph takes. */
export async function runBytes(bytes: Bytes, x: Grid): Promise<Grid> {
  const graph = readTensorflow(bytes);
  const name = graph.inputs[0]?.name ?? '';
  const { graph: special } = specialise(graph, { [name]: x.dims });
  const results = await runGraph(special, new Map([[name, float32([...x.data], x.dims)]]));
  const y = results.get(graph.outputs[0] ?? '');
  if (y === undefined || graph.outputs.length !== 1)
    throw new Error(`There are ${graph.outputs.length} outputs.`);
  const data = numbers(y);
  let i = 0;
  return grid(y.dims, () => data[i++] ?? NaN);
}
