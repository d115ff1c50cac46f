/** Preprocessing that is part of a network: what it adds to and multiplies its input with before the first window slides. */
import { float, type Graph, type Name, type Node } from '../graph/graph.ts';
import { traitsOf } from '../graph/traits.ts';

/** y = factor × x + offset, one of each for every channel or for all. */
export interface Affine {
  readonly factor: readonly number[];
  readonly offset: readonly number[];
}

/** At most so many numbers are one for each channel. */
const CHANNELS = 4;

const IDENTITY: Affine = { factor: [1], offset: [0] };

/** What a network does to its input by constants alone, before anything else; `null` where that is nothing. */
export function inputAffine({ nodes, constants }: Graph, input: Name): Affine | null {
  const readers = (name: Name): Node[] => nodes.filter((node) => node.inputs.includes(name));
  const constantOf = (name: Name): readonly number[] | undefined => {
    const tensor = constants.get(name);
    if (tensor?.type !== 'float32' || tensor.data.length > CHANNELS || tensor.data.length === 0)
      return undefined;
    return Array.from(tensor.data);
  };
  let found = IDENTITY;
  let tensor = input;
  for (;;) {
    const [node, ...others] = readers(tensor);
    const output = node?.outputs[0];
    if (node === undefined || output === undefined || others.length > 0) break;
    if (!traitsOf(node.op)?.carries) {
      const step = stepOf(node, tensor, constantOf);
      if (step === undefined) break;
      found = compose(found, step);
    }
    tensor = output;
  }
  const changes = found.factor.some((value) => value !== 1) || found.offset.some((value) => value !== 0);
  return changes ? found : null;
}

type ConstantOf = (name: Name) => readonly number[] | undefined;

function stepOf(node: Node, tensor: Name, constantOf: ConstantOf): Affine | undefined {
  const [a = '', b = ''] = node.inputs;
  const value = constantOf(a === tensor ? b : a);
  if (node.op === 'BatchNormalization') return normalisation(node, constantOf);
  if (value === undefined || node.inputs.length !== 2) return undefined;
  switch (node.op) {
    case 'Add':
      return { factor: [1], offset: value };
    case 'Sub':
      return a === tensor ? { factor: [1], offset: value.map((v) => -v) } : { factor: [-1], offset: value };
    case 'Mul':
      return { factor: value, offset: [0] };
    case 'Div':
      return a === tensor ? { factor: value.map((v) => 1 / v), offset: [0] } : undefined;
    default:
      return undefined;
  }
}

function normalisation(node: Node, constantOf: ConstantOf): Affine | undefined {
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map(constantOf);
  if (gamma === undefined || beta === undefined || mean === undefined || variance === undefined)
    return undefined;
  const epsilon = float(node, 'epsilon', 1e-5);
  const factor = gamma.map((g, i) => g / Math.sqrt((variance[i] ?? 1) + epsilon));
  return { factor, offset: factor.map((f, i) => (beta[i] ?? 0) - (mean[i] ?? 0) * f) };
}

/** First one, then another. */
function compose(first: Affine, then: Affine): Affine {
  const length = Math.max(...[first, then].flatMap(({ factor, offset }) => [factor.length, offset.length]));
  const at = (list: readonly number[], i: number): number => list[i] ?? list[0] ?? 0;
  const channels = Array.from({ length }, (_, i) => i);
  return {
    factor: channels.map((i) => at(first.factor, i) * at(then.factor, i)),
    offset: channels.map((i) => at(first.offset, i) * at(then.factor, i) + at(then.offset, i)),
  };
}
