/**
 * A small network whose weights are inputs, so that the engine's own gradients can train it: three convolutions with strides,
 * the mean over places, and a score for each class.
 */
import type { Rules } from '../../gradient/rule.ts';
import { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { appendSlope } from '../logit-gradient.ts';
import { drawTraining, type Drawn } from './training-graph.ts';

/** Side of the square that it sees, in pixels. */
export const STUDENT_SIDE = 64;

export const STUDENT_IMAGE: Name = 'image';
const CHANNELS = [3, 16, 32, 64] as const;
const KERNELS = [5, 3, 3] as const;
const STRIDES = [4, 2, 2] as const;

export interface Weight {
  readonly name: Name;
  readonly dims: readonly number[];
  /** How many values meet in one sum; 0 for what begins at zero. */
  readonly fanIn: number;
}

/** All weights of a student that tells so many classes apart. */
export function studentWeights(classes: number): Weight[] {
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
function student(g: Builder, batch: number, classes: number): { scores: Name; weights: Name[] } {
  const weights = studentWeights(classes);
  for (const { name, dims } of weights) g.input(name, dims);
  let x = g.input(STUDENT_IMAGE, [batch, 3, STUDENT_SIDE, STUDENT_SIDE]);
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
  const { scores, weights } = student(g, batch, classes);
  return drawTraining(g, scores, weights, labels, rules);
}

/** Outputs the scores of a picture and the gradient of a `Loss` of them with respect to it. */
export function attackedGraph(classes: number, rules: Rules): Drawn {
  const g = new Builder();
  const { scores } = student(g, 1, classes);
  const gradient = appendSlope(g, scores, STUDENT_IMAGE, rules);
  if (gradient === null) throw new Error('The student does not look at its picture.');
  return { g, outputs: [scores, gradient] };
}
