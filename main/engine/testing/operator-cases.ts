/**
 * The cases of the gradient rules that are about one operator, which say how it is used to tests of other
 * things, too.
 */
import type { GradientCase } from '../gradient/testing/case.ts';
import { seededRandom } from '../gradient/testing/random.ts';
import { cases } from '../gradient/testing/table.ts';
import { Builder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import type { FloatTensor } from '../graph/tensor.ts';

export interface OperatorCase {
  readonly title: string;
  readonly op: string;
  readonly test: GradientCase;
}

/** The cases of single operators. */
export const operatorCases: readonly OperatorCase[] = cases.flatMap((test) => {
  const { nodes } = operatorGraph(test);
  const [node, ...others] = nodes;
  return node === undefined || others.length > 0 ? [] : [{ title: test.title, op: node.op, test }];
});

/** The graph of a case, its operands as constants, all floats of which may be changed. */
export function operatorGraph(
  test: GradientCase,
  change: (tensor: FloatTensor, operand: number) => FloatTensor = (tensor) => tensor,
): Graph {
  const random = seededRandom(1);
  const g = new Builder();
  const operands = test.operands.map((operand, i) => {
    if (operand === null) return '';
    const tensor = typeof operand === 'function' ? operand(random) : operand;
    return g.constant(tensor.type === 'float32' ? change(tensor, i) : tensor);
  });
  return g.finish(test.build(g, operands));
}
