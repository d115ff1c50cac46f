/** What an attack climbs: one network and a goal, or several networks at once. Transformations can be averaged in the same place. */
import { crossEntropy, marginOf, type Goal } from './goal.ts';
import type { Oracle } from './oracle.ts';

/** Where a picture stands. */
export interface Standing {
  /** Cross-entropy in nats: of the true class (to be raised) or of the target (to be lowered). */
  readonly loss: number;
  /** Of that class. */
  readonly probability: number;
  /** Lead in logits; positive when the goal is reached. */
  readonly margin: number;
}

export interface Ascent extends Standing {
  /** The direction that brings the goal nearer; the next call may overwrite it. */
  readonly gradient: Float32Array;
}

export interface Aim {
  standing(picture: Float32Array): Promise<Standing>;
  /** The standing of `picture` and the gradient there. */
  ascent(picture: Float32Array): Promise<Ascent>;
}

/** The loss whose gradient is followed. */
export type Followed = 'cross-entropy' | 'margin';

/** The aim of a goal at one network. */
export function aimAt(oracle: Oracle, goal: Goal, followed: Followed = 'cross-entropy'): Aim {
  const { label } = goal;
  const sign = goal.kind === 'untargeted' ? 1 : -1;
  const stand = (scores: Float32Array): Standing => {
    const loss = crossEntropy(scores, label);
    return { loss, probability: Math.exp(-loss), margin: marginOf(scores, goal) };
  };
  return {
    standing: async (picture) => stand(await oracle.scores(picture)),
    async ascent(picture) {
      const { scores, gradient } = await oracle.slope(picture, { kind: followed, label, sign });
      return { ...stand(scores), gradient };
    },
  };
}

/**
 * Several aims at once: losses and gradients are averaged (the "ensemble in loss" of Dong et al. 2018), and the goal is
 * reached when all reach theirs.
 */
export function together(aims: readonly Aim[]): Aim {
  const [only] = aims;
  if (only !== undefined && aims.length === 1) return only;
  const join = (parts: readonly Standing[]): Standing => ({
    loss: mean(parts.map(({ loss }) => loss)),
    probability: mean(parts.map(({ probability }) => probability)),
    margin: Math.min(...parts.map(({ margin }) => margin)),
  });
  return {
    async standing(picture) {
      const parts: Standing[] = [];
      for (const aim of aims) parts.push(await aim.standing(picture));
      return join(parts);
    },
    async ascent(picture) {
      const parts: Standing[] = [];
      const gradient = new Float32Array(picture.length);
      for (const aim of aims) {
        const part = await aim.ascent(picture);
        for (let i = 0; i < gradient.length; i++)
          gradient[i] = (gradient[i] ?? 0) + (part.gradient[i] ?? 0) / aims.length;
        parts.push(part);
      }
      return { ...join(parts), gradient };
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
