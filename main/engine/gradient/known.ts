/** Integer inputs of operators, which are numbers once a graph has been specialised to one size. */
import type { Builder } from '../graph/builder.ts';
import type { Node } from '../graph/graph.ts';
import { numbers } from '../graph/tensor.ts';
import { refuse } from './rule.ts';

/** The values of input `i`, or undefined if it is omitted. */
export function knownInput(g: Builder, node: Node, i: number): number[] | undefined {
  const name = node.inputs[i] ?? '';
  if (name === '') return undefined;
  const value = g.info(name).value ?? g.constantOf(name);
  return numbers(value ?? refuse(node, `has an input "${name}" that is computed from the image`));
}
