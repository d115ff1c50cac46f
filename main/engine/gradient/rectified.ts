/** Which tensors cannot be negative, or not even zero. */
import type { Builder } from '../graph/builder.ts';
import { producers, type Name, type Node } from '../graph/graph.ts';
import { traitsOf } from '../graph/traits.ts';

/** Whether x is known to be nowhere negative, from the operators that made it. */
export function isRectified(g: Builder, x: Name): boolean {
  const writers = producers(g.nodes);
  const known = new Map<Name, boolean>();
  /** An input that says where or how, such as the axes of a sum: its numbers do not reach the output. */
  const isControl = (input: Name, i: number): boolean =>
    input === '' || (i > 0 && g.info(input).type !== 'float32');
  const holds = (name: Name): boolean => {
    const earlier = known.get(name);
    if (earlier !== undefined) return earlier;
    const node = writers.get(name);
    const sign = node && traitsOf(node.op)?.sign;
    const answer =
      node !== undefined &&
      (sign === 'positive' ||
        cutsAtZero(g, node) ||
        isRoot(g, node) ||
        isSquare(g, node) ||
        (sign === 'kept' && node.inputs.every((input, i) => isControl(input, i) || holds(input))));
    known.set(name, answer);
    return answer;
  };
  return holds(x);
}

/** Whether x is known to be everywhere positive: a sum, with weights, of what is not negative, plus something positive. */
export function isBeyondZero(g: Builder, x: Name): boolean {
  const node = producers(g.nodes).get(x);
  if (node?.op !== 'Conv') return false;
  const [input = '', filter = '', bias = ''] = node.inputs;
  const [weights, added] = [g.constantOf(filter), g.constantOf(bias)];
  return (
    weights?.type === 'float32' &&
    added?.type === 'float32' &&
    weights.data.every((w) => w >= 0) &&
    added.data.every((b) => b > 0) &&
    isRectified(g, input)
  );
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

/** Whether a node is an even power. */
function isSquare(g: Builder, node: Node): boolean {
  const [, exponent = ''] = node.op === 'Pow' ? node.inputs : [];
  const value = scalarOf(g, exponent);
  return value !== undefined && value % 2 === 0;
}

/** Whether a node is a power with a fractional exponent, which exists for no negative base. */
function isRoot(g: Builder, node: Node): boolean {
  const [, exponent = ''] = node.op === 'Pow' ? node.inputs : [];
  const value = scalarOf(g, exponent);
  return value !== undefined && !Number.isInteger(value);
}
