/** What an attack optimises: a goal at one network, or at several at once. Transforms of the picture can be averaged in the same place. */
import type { Classifier } from './classifier.ts';
import { crossEntropy, marginOf, type Goal } from './goal.ts';

export interface Evaluation {
  /** Cross-entropy in nats: of the true class (to be raised) or of the target (to be lowered). */
  readonly loss: number;
  /** Of that class. */
  readonly probability: number;
  /** Lead in logits; positive when the goal is reached. */
  readonly margin: number;
}

interface EvaluationWithGradient extends Evaluation {
  /** The direction that brings the goal nearer; the next call may overwrite it. */
  readonly gradient: Float32Array;
}

export interface Objective {
  evaluate(picture: Float32Array): Promise<Evaluation>;
  /** The same, with the gradient there. */
  differentiate(picture: Float32Array): Promise<EvaluationWithGradient>;
}

/** The loss whose gradient is followed. */
export type LossKind = 'cross-entropy' | 'margin';

/** How far a goal is from some scores (logits, any offset). */
export function evaluate(scores: ArrayLike<number>, goal: Goal): Evaluation {
  const loss = crossEntropy(scores, goal.label);
  return { loss, probability: Math.exp(-loss), margin: marginOf(scores, goal) };
}

/** The objective of a goal at one network. */
export function objectiveOf(classifier: Classifier, goal: Goal, kind: LossKind = 'cross-entropy'): Objective {
  const { label } = goal;
  const sign = goal.kind === 'untargeted' ? 1 : -1;
  return {
    evaluate: async (picture) => evaluate(await classifier.scores(picture), goal),
    async differentiate(picture) {
      const { scores, gradient } = await classifier.differentiate(picture, { kind, label, sign });
      return { ...evaluate(scores, goal), gradient };
    },
  };
}

/**
 * Several objectives at once: losses and gradients are averaged (the "ensemble in loss" of Dong et al. 2018), and the goal is
 * reached when all reach theirs.
 */
export function ensembleOf(objectives: readonly Objective[]): Objective {
  const [only] = objectives;
  if (only !== undefined && objectives.length === 1) return only;
  const join = (parts: readonly Evaluation[]): Evaluation => ({
    loss: mean(parts.map(({ loss }) => loss)),
    probability: mean(parts.map(({ probability }) => probability)),
    margin: Math.min(...parts.map(({ margin }) => margin)),
  });
  return {
    async evaluate(picture) {
      const parts: Evaluation[] = [];
      for (const objective of objectives) parts.push(await objective.evaluate(picture));
      return join(parts);
    },
    async differentiate(picture) {
      const parts: Evaluation[] = [];
      const gradient = new Float32Array(picture.length);
      for (const objective of objectives) {
        const part = await objective.differentiate(picture);
        for (let i = 0; i < gradient.length; i++)
          gradient[i] = (gradient[i] ?? 0) + (part.gradient[i] ?? 0) / objectives.length;
        parts.push(part);
      }
      return { ...join(parts), gradient };
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
