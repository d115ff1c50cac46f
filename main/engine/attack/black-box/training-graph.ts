/** How a graph whose weights are inputs is trained on labels. */
import { gradients } from '../../gradient/backward.ts';
import type { Rules } from '../../gradient/rule.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';

/** A graph that is complete but for the choice of its outputs. */
export interface Drawn {
  readonly g: Builder;
  readonly outputs: readonly Name[];
}

/**
 * Outputs the scores of a batch and, for each weight in order, the gradient of the mean log-likelihood of the labels.
 *
 * @param scores [batch, classes]
 * @param labels name of the input with a row for each picture, 1 at its label
 */
export function drawTraining(
  g: Builder,
  scores: Name,
  weights: readonly Name[],
  labels: Name,
  rules: Rules,
): Drawn {
  const [batch, classes] = [g.dim(scores, 0), g.dim(scores, 1)];
  const wanted = g.input(labels, [batch, classes]);
  const seed = g.scale(g.sub(wanted, g.op('Softmax', [scores], { axis: 1 })), 1 / batch);
  const ascents = gradients(g, scores, weights, rules, seed);
  return { g, outputs: [scores, ...ascents.filter((name) => name !== null)] };
}
