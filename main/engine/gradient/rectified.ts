/** Which tensors cannot be negative. */
import type { Builder } from '../graph/builder.ts';
import { producers, type Name, type Node } from '../graph/graph.ts';

const NEVER_NEGATIVE = new Set([
  'Relu',
  'Sigmoid',
  'HardSigmoid',
  'Softmax',
  'Softplus',
  'Exp',
  'Abs',
  'Sqrt',
]);

/** Operators that make nothing negative of what is not. */
const HARMLESS = new Set(['MaxPool', 'AveragePool', 'Concat', 'Identity', 'Dropout']);

/** Whether x is known to be nowhere negative, from the operators that made it. */
export function isRectified(g: Builder, x: Name): boolean {
  const writers = producers(g.nodes);
  const holds = (name: Name): boolean => {
    const node = writers.get(name);
    if (node === undefined) return false;
    if (NEVER_NEGATIVE.has(node.op) || cutsAtZero(g, node)) return true;
    return HARMLESS.has(node.op) && node.inputs.every((input) => input === '' || holds(input));
  };
  return holds(x);
}

/** Whether a Clip, such as ReLU6, has a bound below that is not negative. */
function cutsAtZero(g: Builder, node: Node): boolean {
  const [, low = ''] = node.op === 'Clip' ? node.inputs : [];
  const bound = low === '' ? undefined : g.info(low).value?.data[0];
  return bound !== undefined && Number(bound) >= 0;
}
