/** Where a classifier says what it thinks: the tensor of its class scores, before the softmax. */
import { producers, type Graph, type Name } from '../graph/graph.ts';

/** Operators that only bring scores into another form. */
const CARRIERS = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Transpose', 'Cast']);

/**
 * The tensor of the class scores: the one that is named, if the network has it; else what the softmax at its end reads; else
 * what it gives.
 */
export function scoreTensor({ nodes, outputs }: Graph, named?: Name): Name {
  const made = producers(nodes);
  if (named !== undefined && made.has(named)) return named;
  const last = outputs.at(-1) ?? '';
  let node = made.get(last);
  while (node !== undefined && CARRIERS.has(node.op)) node = made.get(node.inputs[0] ?? '');
  return node?.op === 'Softmax' || node?.op === 'LogSoftmax' ? (node.inputs[0] ?? last) : last;
}
