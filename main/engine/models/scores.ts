/** Where a classifier says what it thinks: the tensor of its class scores, before the softmax. */
import { ReverieError } from '../../../shared/errors.ts';
import { producers, type Graph, type Name } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { traitsOf } from '../graph/traits.ts';

/**
 * The tensor of the class scores: the one that is named, if the network has it; else what the softmax at its end reads; else
 * what it gives.
 */
export function scoreTensor({ nodes, outputs }: Graph, named?: Name): Name {
  const made = producers(nodes);
  if (named !== undefined && made.has(named)) return named;
  const last = outputs.at(-1) ?? '';
  let node = made.get(last);
  while (node !== undefined && traitsOf(node.op)?.carries) node = made.get(node.inputs[0] ?? '');
  return node?.op === 'Softmax' || node?.op === 'LogSoftmax' ? (node.inputs[0] ?? last) : last;
}

/**
 * What a classifier's last linear layer reads: [N, C] or [N, C, H, W]; null where the scores come from no such layer.
 *
 * @param scores as of {@link scoreTensor}
 */
export function featureTensor({ nodes }: Graph, scores: Name): Name | null {
  const made = producers(nodes);
  for (let node = made.get(scores); node !== undefined; node = made.get(node.inputs[0] ?? '')) {
    if (traitsOf(node.op)?.weights === 'linear') return node.inputs[0] ?? null;
  }
  return null;
}

/**
 * How many classes a network tells apart when it is shown a picture of a size; `null` where it ends in something else than a
 * vector, or cannot work at that size.
 */
export function classesOf(graph: Graph, dims: readonly number[], logits?: Name): number | null {
  const [input] = graph.inputs;
  if (input === undefined) return null;
  try {
    const [, classes = 0, ...rest] =
      inferShapes(graph, { [input.name]: dims }).get(scoreTensor(graph, logits))?.dims ?? [];
    return classes > 1 && rest.every((size) => size === 1) ? classes : null;
  } catch (error) {
    if (error instanceof ReverieError) return null;
    throw error;
  }
}
