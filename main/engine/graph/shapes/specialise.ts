/** A graph at one input size: what was computed from shapes becomes constant, and what was left to the size is spelled out. */
import { pruneNodes, type Attribute, type Graph, type Info, type Name, type Node } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import { transposedWindow } from './convolution.ts';
import { inferShapes, type InputDims } from './infer.ts';
import { kernelOf } from './pooling.ts';
import { windowOf, type Window } from './window.ts';

/**
 * The same graph at one input size: its inputs have fixed shapes, tensors that do not depend on the image are constants,
 * nodes that no target needs are gone, and windows have explicit pads instead of `auto_pad` and `output_shape`.
 * `infos` covers at least every tensor that is left.
 * @throws like `inferShapes`, about what the targets need.
 */
export function specialise(
  graph: Graph,
  inputDims: InputDims,
  targets: readonly Name[] = graph.outputs,
): { graph: Graph; infos: Map<Name, Info> } {
  const needed = pruneNodes(graph.nodes, targets);
  const infos = inferShapes({ ...graph, nodes: needed }, inputDims);
  const values = new Map<Name, Tensor>(graph.constants);
  const computed = needed.filter((node) => {
    const outputs = node.outputs.filter((name) => name !== '');
    const known = outputs.flatMap((name): [Name, Tensor][] => {
      const value = infos.get(name)?.value;
      return value === undefined ? [] : [[name, value]];
    });
    if (known.length < outputs.length) return true;
    for (const [name, value] of known) values.set(name, value);
    return false;
  });
  const nodes = pruneNodes(computed, targets).map((node) => withExplicitPads(node, infos));
  const read = new Set([...targets, ...nodes.flatMap((node) => node.inputs)]);
  const constants = new Map([...values].filter(([name]) => read.has(name)));
  const inputs = graph.inputs.map((input) => ({ ...input, dims: infos.get(input.name)?.dims ?? input.dims }));
  return { graph: { ...graph, inputs, outputs: targets, nodes, constants }, infos };
}

/** How the window of each operator that slides one follows from its input's and its filters' shapes. */
const WINDOWS: Readonly<
  Record<string, (node: Node, spatial: readonly number[], filters: readonly number[]) => Window>
> = {
  Conv: (node, spatial, filters) => windowOf(node, spatial, filters.slice(2)),
  ConvTranspose: (node, spatial, filters) => transposedWindow(node, spatial, filters.slice(2)),
  MaxPool: (node, spatial) => windowOf(node, spatial, kernelOf(node)),
  AveragePool: (node, spatial) => windowOf(node, spatial, kernelOf(node)),
  LpPool: (node, spatial) => windowOf(node, spatial, kernelOf(node)),
};

/** Providers disagree about `auto_pad` (dilation on the CPU, strides on WebGPU), never about explicit pads. */
function withExplicitPads(node: Node, infos: ReadonlyMap<Name, Info>): Node {
  const { auto_pad: mode, output_shape: shape, ...rest } = node.attributes;
  const resolve = WINDOWS[node.op];
  if (resolve === undefined || (mode === undefined && shape === undefined)) return node;
  const [x = [], filters = []] = node.inputs.map((name) => infos.get(name)?.dims ?? []);
  const attributes: Record<string, Attribute> = { ...rest, pads: resolve(node, x.slice(2), filters).pads };
  return { ...node, attributes };
}
