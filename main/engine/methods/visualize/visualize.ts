/**
 * Feature visualisation (Erhan et al. 2009; Olah et al. 2017): images optimised from noise to excite units of a network. Each
 * step shows the images through random transforms, asks the network for the gradient, and takes it back through the transforms
 * and the parametrisation to the parameters that Adam changes.
 */
import type { Adam } from '../../ascent/adam.ts';
import type { Parametrisation } from '../../ascent/parametrisation.ts';
import { Viewer, type Viewing } from '../../ascent/viewing.ts';
import type { RescuingGradient } from './rescuing-gradient.ts';
import type { Goal } from './unit-goals.ts';
import type { Size } from '../../imaging/pixels.ts';

export interface VisualizePlan {
  readonly size: Size;
  /** One for each image. */
  readonly goals: readonly Goal[];
  readonly parametrisation: Parametrisation;
  readonly viewing: Viewing;
  readonly optimiser: Adam;
}

interface VisualizeOptions {
  readonly steps: number;
  readonly seed: number;
  /** How much the term that keeps images apart counts, next to their objectives; 0 for not at all. */
  readonly diversity: number;
}

/** Where to go on: the parameters and the images' objectives after a step. The optimiser and the gradient keep their own state. */
export interface VisualizeState {
  readonly step: number;
  readonly parameters: Float64Array;
  readonly values: Float32Array;
}

/** The images after a step; before the first, step 0. */
export interface VisualizeStep {
  readonly step: number;
  readonly of: number;
  /** [N, 3, H, W] in [0, 1]: a live buffer, valid until the next step is asked for. */
  readonly images: Float32Array;
  /** Each image's objective before this step's change. */
  readonly values: Float32Array;
  /** The parameters of the parametrisation: a live buffer, too. */
  readonly parameters: Float64Array;
  readonly ms: number;
}

/** Maximises; `gradient` is released by whoever made it. The first step that is yielded is the one to go on from. */
export async function* visualize(
  gradient: RescuingGradient,
  { size, goals, parametrisation, viewing, optimiser }: VisualizePlan,
  { steps, seed, diversity }: VisualizeOptions,
  from?: VisualizeState,
): AsyncGenerator<VisualizeStep, void, undefined> {
  const parameters = from?.parameters.slice() ?? parametrisation.start();
  const ofParameters = new Float64Array(parametrisation.size);
  const images = new Float32Array(goals.length * 3 * size.width * size.height);
  const viewer = new Viewer(size, goals.length, viewing);
  parametrisation.decode(parameters, images);
  let values = from?.values.slice() ?? new Float32Array(goals.length);
  const begin = from?.step ?? 0;
  yield { step: begin, of: steps, images, values, parameters, ms: 0 };
  for (let step = begin + 1; step <= steps; step++) {
    const started = performance.now();
    viewer.look(images, seed, step);
    // The two terms are kept in proportion, so that the weight means the same in every network.
    const scale = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
    const found = await gradient.at(viewer.views, step, diversity * scale);
    values = meanOverViews(found.values, viewing.count);
    viewer.pull(found.gradient);
    parametrisation.pull(viewer.gradient, images, ofParameters);
    optimiser.ascend(parameters, ofParameters);
    parametrisation.decode(parameters, images);
    yield { step, of: steps, images, values, parameters, ms: performance.now() - started };
  }
}

function meanOverViews(values: Float32Array, count: number): Float32Array<ArrayBuffer> {
  const means = new Float32Array(values.length / count);
  values.forEach((value, i) => {
    const at = Math.floor(i / count);
    means[at] = (means[at] ?? 0) + value / count;
  });
  return means;
}
