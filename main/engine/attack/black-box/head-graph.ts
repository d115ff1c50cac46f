/** A correction of a network's scores: one linear layer on its features, whose weights are inputs so that they can be trained. */
import { gradients } from '../../gradient/backward.ts';
import type { Rules } from '../../gradient/rule.ts';
import { Builder } from '../../graph/builder.ts';
import type { Graph, Name } from '../../graph/graph.ts';

export const FEATURES: Name = 'features of the pictures';
export const SCORES: Name = 'scores of the pictures';
export const HEAD: Name = 'head';
export const OFFSETS: Name = 'offsets';

/** Adds the weights as inputs. @returns scores + features · head + offsets, [N, classes] */
export function corrected(g: Builder, features: Name, scores: Name): Name {
  const [count, classes] = [g.dim(features, 1), g.dim(scores, 1)];
  const head = g.input(HEAD, [count, classes]);
  const offsets = g.input(OFFSETS, [classes]);
  return g.add(g.add(scores, g.op('MatMul', [features, head])), offsets);
}

/**
 * Outputs the corrected scores of a batch and the gradients of the mean cross-entropy in the head and in its offsets.
 *
 * @param features how many @param labels name of the input with a row for each picture, 1 at its label
 */
export function headTrainingGraph(
  { batch, features, classes, labels }: { batch: number; features: number; classes: number; labels: Name },
  rules: Rules,
): Graph {
  const g = new Builder();
  const seen = g.input(FEATURES, [batch, features]);
  const scores = corrected(g, seen, g.input(SCORES, [batch, classes]));
  const wanted = g.input(labels, [batch, classes]);
  const seed = g.scale(g.sub(g.op('Softmax', [scores], { axis: 1 }), wanted), 1 / batch);
  const slopes = gradients(g, scores, [HEAD, OFFSETS], rules, seed);
  return g.finish([scores, ...slopes.filter((name) => name !== null)]);
}
