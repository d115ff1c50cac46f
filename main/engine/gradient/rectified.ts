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
const HARMLESS = new Set(['MaxPool', 'AveragePool', 'Concat', 'Identity', 'Dropout', 'Add', 'Mul']);

/** Whether x is known to be nowhere negative, from the operators that made it. */
export function isRectified(g: Builder, x: Name): boolean {
  const writers = producers(g.nodes);
  const known = new Map<Name, boolean>();
  const holds = (name: Name): boolean => {
    const earlier = known.get(name);
    if (earlier !== undefined) return earlier;
    const node = writers.get(name);
    const answer =
      node !== undefined &&
      (NEVER_NEGATIVE.has(node.op) ||
        cutsAtZero(g, node) ||
        isRoot(g, node) ||
        (HARMLESS.has(node.op) && node.inputs.every((input) => input === '' || holds(input))));
    known.set(name, answer);
    return answer;
  };
  return holds(x);
}

const scalarOf = (g: Builder, name: Name): number | undefined => {
  const value = name === '' ? undefined : g.info(name).value;
  return value?.data.length === 1 ? Number(value.data[0]) : undefined;
};

/** Whether a Clip, such as ReLU6, has a bound below that is not negative. */
function cutsAtZero(g: Builder, node: Node): boolean {
  const [, low = ''] = node.op === 'Clip' ? node.inputs : [];
  const bound = scalarOf(g, low);
  return bound !== undefined && bound >= 0;
}

/** Whether a node is a power with a fractional exponent, which exists for no negative base. */
function isRoot(g: Builder, node: Node): boolean {
  const [, exponent = ''] = node.op === 'Pow' ? node.inputs : [];
  const value = scalarOf(g, exponent);
  return value !== undefined && !Number.isInteger(value);
}
