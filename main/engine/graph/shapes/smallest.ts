/** The smallest image that a network can look at. */
import { ReverieError } from '../../../../shared/errors.ts';
import { pruneNodes, type Graph, type Name } from '../graph.ts';
import { inferShapes, isTooSmall } from './infer.ts';

interface SmallestOptions {
  /** The largest size that is tried, in pixels. */
  readonly limit?: number;
  /** The tensors to compute, by default the graph's outputs. */
  readonly targets?: readonly Name[];
  /** Shape of the input for pictures whose shorter side is `size`; by default that of squares, [..., size, size]. */
  readonly dimsAt?: (size: number) => readonly number[];
  /** The graph for an input of that shape, where it is another one. */
  readonly graphAt?: (dims: readonly number[]) => Graph;
}

/**
 * The smallest input at which the targets can be computed: its shorter side in pixels.
 * @param input an image input [..., height, width]; axes before these two are 1 unless the graph declares them, or `dimsAt` says
 * otherwise.
 * @throws the error of size `limit` if no size up to there works.
 */
export function smallestInput(
  graph: Graph,
  input: Name,
  { limit = 1024, targets = graph.outputs, dimsAt, graphAt }: SmallestOptions = {},
): number {
  const declared = graph.inputs.find(({ name }) => name === input)?.dims;
  if (declared === undefined) throw new ReverieError('internal', `The graph has no input "${input}".`);
  const others = declared.slice(0, -2).map((size) => (typeof size === 'number' && size > 0 ? size : 1));
  const pruned = prunedTo(graph, targets);
  const failureAt = (size: number): ReverieError | undefined => {
    try {
      const dims = dimsAt?.(size) ?? [...others, size, size];
      inferShapes(graphAt === undefined ? pruned : prunedTo(graphAt(dims), targets), { [input]: dims });
      return undefined;
    } catch (error) {
      if (!(error instanceof ReverieError)) throw error;
      return error;
    }
  };
  // Windows fit from some size on, so that size can be bisected. What a network demands beyond it (a multiple, one fixed
  // size) follows no order and is tried size by size.
  let low = 1;
  let high = limit;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isTooSmall(failureAt(middle))) low = middle + 1;
    else high = middle;
  }
  for (let size = low; ; size++) {
    const failure = failureAt(size);
    if (failure === undefined) return size;
    if (size >= limit) throw failure;
  }
}

const prunedTo = (graph: Graph, targets: readonly Name[]): Graph => ({
  ...graph,
  nodes: pruneNodes(graph.nodes, targets),
});
