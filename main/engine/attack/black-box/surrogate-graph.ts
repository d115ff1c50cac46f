/**
 * A small surrogate whose weights are inputs, so that the engine's own gradients can train it: three convolutions with strides,
 * the mean over places, and a score for each class.
 */
import type { Rules } from '../../gradient/rule.ts';
import { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { appendLossGradient } from '../logit-gradient.ts';
import { drawTraining, type Drawn } from './training-graph.ts';

/** Side of its input, in pixels. */
export const SURROGATE_SIDE = 64;

export const SURROGATE_IMAGE: Name = 'image';
const CHANNELS = [3, 16, 32, 64] as const;
const KERNELS = [5, 3, 3] as const;
const STRIDES = [4, 2, 2] as const;

export interface Weight {
  readonly name: Name;
  readonly dims: readonly number[];
  /** Values that are added up in one output; 0 for weights that begin at zero. */
  readonly fanIn: number;
}

/** All its weights, for a number of classes. */
export function surrogateWeights(classes: number): Weight[] {
  const filters = KERNELS.flatMap((kernel, i): Weight[] => {
    const [from = 0, to = 0] = CHANNELS.slice(i, i + 2);
    return [
      { name: `filters ${i}`, dims: [to, from, kernel, kernel], fanIn: from * kernel * kernel },
      { name: `bias ${i}`, dims: [to], fanIn: 0 },
    ];
  });
  const last = CHANNELS[KERNELS.length];
  return [
    ...filters,
    { name: 'head', dims: [last, classes], fanIn: 0 },
    { name: 'offsets', dims: [classes], fanIn: 0 },
  ];
}

/** Scores [batch, classes], and the names of the weights. */
function draw(g: Builder, batch: number, classes: number): { scores: Name; weights: Name[] } {
  const weights = surrogateWeights(classes);
  for (const { name, dims } of weights) g.input(name, dims);
  let x = g.input(SURROGATE_IMAGE, [batch, 3, SURROGATE_SIDE, SURROGATE_SIDE]);
  KERNELS.forEach((kernel, i) => {
    const pad = (kernel - 1) / 2;
    const stride = STRIDES[i] ?? 1;
    const attributes = { strides: [stride, stride], pads: [pad, pad, pad, pad] };
    x = g.relu(g.op('Conv', [x, `filters ${i}`, `bias ${i}`], attributes));
  });
  const features = g.reduce('ReduceMean', x, [2, 3], false);
  const scores = g.add(g.op('MatMul', [features, 'head']), 'offsets');
  return { scores, weights: weights.map(({ name }) => name) };
}

/** As `drawTraining`. */
export function trainingGraph(classes: number, batch: number, labels: Name, rules: Rules): Drawn {
  const g = new Builder();
  const { scores, weights } = draw(g, batch, classes);
  return drawTraining(g, scores, weights, labels, rules);
}

/** Outputs the scores of a picture and the gradient of a `Loss` of them with respect to it. */
export function gradientGraph(classes: number, rules: Rules): Drawn {
  const g = new Builder();
  const { scores } = draw(g, 1, classes);
  const gradient = appendLossGradient(g, scores, SURROGATE_IMAGE, rules);
  if (gradient === null) throw new Error('The surrogate does not depend on its picture.');
  return { g, outputs: [scores, gradient] };
}
