/** The arithmetic that a network demands, counted from the network as it was published. */
import { int, pruneNodes, type Graph, type Info, type Name, type Node } from '../engine/graph/graph.ts';
import { sizeOf } from '../engine/graph/tensor.ts';

const dimsOf = (infos: ReadonlyMap<Name, Info>, name: Name | undefined): readonly number[] =>
  infos.get(name ?? '')?.dims ?? [];

/** Multiply–adds of one operator; only convolutions and matrix products are counted. */
function multiplyAdds(node: Node, infos: ReadonlyMap<Name, Info>): number {
  const [a, b] = [dimsOf(infos, node.inputs[0]), dimsOf(infos, node.inputs[1])];
  const result = sizeOf(dimsOf(infos, node.outputs[0]));
  switch (node.op) {
    case 'Conv':
      return result * sizeOf(b.slice(1));
    case 'ConvTranspose':
      return sizeOf(a) * sizeOf(b.slice(1));
    case 'MatMul':
      return result * (a.at(-1) ?? 1);
    case 'Gemm':
      return result * (a[int(node, 'transA', 0) === 1 ? 0 : 1] ?? 1);
    default:
      return 0;
  }
}

/**
 * Multiply–adds of the way to `target` and of its input gradient, which takes as many again: every product is its own
 * adjoint's size, and the filters' gradients are not needed.
 */
export function stepMultiplyAdds(graph: Graph, infos: ReadonlyMap<Name, Info>, target: Name): number {
  const forward = pruneNodes(graph.nodes, [target]).reduce((sum, node) => sum + multiplyAdds(node, infos), 0);
  return 2 * forward;
}
