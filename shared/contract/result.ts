/** What methods report when they are done. */
import type { MemoryEstimate } from '../memory.ts';
import type { RecipeForm } from '../recipes/recipe-form.ts';

/** What ran, and on what. */
export interface Executed {
  model: string;
  runtime: string;
  device: string;
  /** From the request to the result. */
  seconds: number;
}

/** What every method that makes a picture reports. */
export interface PictureResult<Recipe extends RecipeForm = RecipeForm> extends Executed {
  /** Absolute path of the picture. */
  output: string;
  recipe: Recipe;
  steps: number;
  msPerStep: number;
  objective: { first: number; last: number };
  /** What was expected of its memory, where that is estimated. */
  memory?: MemoryEstimate;
}

/** A picture among several that was passed over because it cannot be read. */
export interface PassedOver {
  path: string;
  /** One sentence. */
  reason: string;
}

export interface ClassProbability {
  index: number;
  /** `null` when the network comes without names. */
  label: string | null;
  probability: number;
  /** Its score, where it stands for itself (sigmoid). */
  logit?: number;
}
