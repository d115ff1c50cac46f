/** A correction of a network's scores: one linear layer on its features, whose weights are inputs so that they can be trained. */
import type { Rules } from '../../gradient/rule.ts';
import { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { drawTraining, type Drawn } from './training-graph.ts';

export const FEATURES: Name = '~features of the pictures';
export const SCORES: Name = '~scores of the pictures';
export const HEAD: Name = '~head';
export const OFFSETS: Name = '~offsets';

/** Adds the weights as inputs. @returns scores + features · head + offsets, [N, classes] */
export function corrected(g: Builder, features: Name, scores: Name): Name {
  const [count, classes] = [g.dim(features, 1), g.dim(scores, 1)];
  const head = g.input(HEAD, [count, classes]);
  const offsets = g.input(OFFSETS, [classes]);
  return g.add(g.add(scores, g.op('MatMul', [features, head])), offsets);
}

/** As `drawTraining`, of the corrected scores. @param features how many */
export function headTrainingGraph(
  { batch, features, classes, labels }: { batch: number; features: number; classes: number; labels: Name },
  rules: Rules,
): Drawn {
  const g = new Builder();
  const seen = g.input(FEATURES, [batch, features]);
  const scores = corrected(g, seen, g.input(SCORES, [batch, classes]));
  return drawTraining(g, scores, [HEAD, OFFSETS], labels, rules);
}
