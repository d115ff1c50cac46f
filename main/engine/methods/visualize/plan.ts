/** From settings to batches: what each image excites, how it is parametrised, and how the network looks at it. */
import { Adam } from '../../ascent/adam.ts';
import { fourierParametrisation } from '../../ascent/fourier-parametrisation.ts';
import { macoParametrisation } from '../../ascent/maco.ts';
import { pixelParametrisation, type BatchShape, type Parametrisation } from '../../ascent/parametrisation.ts';
import { crops, transformed, type Viewing } from '../../ascent/viewing.ts';
import type { Name } from '../../graph/graph.ts';
import type { Model } from '../../models/model.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { PARAMETRISATION_DEFAULTS, type VisualizeSettings } from '../../../../shared/recipes/visualize.ts';
import type { RescueOptions } from './rescuing-gradient.ts';
import { beforeGate } from './pre-gate.ts';
import { resolveObjective } from '../common/targets.ts';
import type { Goal } from './unit-goals.ts';
import type { VisualizePlan } from './visualize.ts';
import type { Size } from '../../imaging/pixels.ts';

/** Settings without anything left open. */
export type CompleteSettings = VisualizeSettings & {
  readonly target: readonly string[];
  readonly size: number;
  readonly steps: number;
  readonly rate: number;
};

/** One image: what it excites, and which of several of the same target it is. */
interface Planned {
  readonly goal: Goal;
  readonly copy: number;
}

/** A batch that is optimised together. */
export interface VisualizeBatch extends VisualizePlan {
  readonly gradient: RescueOptions;
}

/** Pixels of all views of a batch together: more than these four of 140 gain no speed, and only take memory. */
const BATCH_PIXELS = 4 * 152 ** 2;

/** @throws ReverieError `usage/option` where no target is named, or an interpolation has not two */
export function completeSettings(settings: VisualizeSettings): CompleteSettings {
  const { target, param, interpolate, diversity } = settings;
  const { size, steps, rate } = PARAMETRISATION_DEFAULTS[param];
  if (target === null || target.length === 0) {
    throw new ReverieError(
      'usage/option',
      'Nothing is named to visualise; name a target, such as --target channel:<layer>/<n> or --target class:<name>.',
    );
  }
  if (interpolate !== null && (target.length !== 2 || diversity > 1)) {
    throw new ReverieError(
      'usage/option',
      `--interpolate goes from one target to another, so it needs exactly two and no --diversity, not ${target.length}.`,
    );
  }
  return {
    ...settings,
    target,
    size: settings.size ?? size,
    steps: settings.steps ?? steps,
    rate: settings.rate ?? rate,
  };
}

/** The goals of all images, in order. */
async function planImages(model: Model, settings: CompleteSettings): Promise<Planned[]> {
  const sign = settings.negative ? -1 : 1;
  const targets = await Promise.all(
    settings.target.map(async (text) => {
      const terms = await resolveObjective(model, text);
      return terms.map((term) => ({ ...term, weight: sign * term.weight }));
    }),
  );
  if (settings.interpolate !== null) {
    const [from = [], to = []] = targets;
    const count = settings.interpolate;
    return Array.from({ length: count }, (_, i) => {
      const share = i / (count - 1);
      const part = (goal: Goal, of: number): Goal =>
        of === 0 ? [] : goal.map((term) => ({ ...term, weight: of * term.weight }));
      return { goal: [...part(from, 1 - share), ...part(to, share)], copy: i };
    });
  }
  return targets.flatMap((goal) =>
    Array.from({ length: settings.diversity }, (_, copy) => ({ goal: lowered(model, goal), copy })),
  );
}

/**
 * A goal that only makes units small is about their values before the ReLU: behind it they are zero at best, which any grey
 * picture is.
 */
function lowered(model: Model, goal: Goal): Goal {
  if (goal.some(({ weight }) => weight > 0)) return goal;
  const axes = model.axes();
  return goal.map((term) => beforeGate(model.graph, term, axes) ?? term);
}

/** The batches of a job. Images that are to differ from each other, or share something, are in one. */
export async function planBatches(model: Model, settings: CompleteSettings): Promise<VisualizeBatch[]> {
  const images = await planImages(model, settings);
  const size = { width: settings.size, height: settings.size };
  const viewing = viewingOf(model, images, settings, size);
  const fitting = Math.max(
    1,
    Math.floor(BATCH_PIXELS / (viewing.count * viewing.view.width * viewing.view.height)),
  );
  const together = settings.interpolate ?? (settings.diversity > 1 ? settings.diversity : fitting);
  const batches: VisualizeBatch[] = [];
  for (let at = 0; at < images.length; at += together) {
    const batch = images.slice(at, at + together);
    const shape = { ...size, copies: batch.map(({ copy }) => copy) };
    const parametrisation = parametrise(shape, settings);
    const diverse = settings.diversity > 1 ? diverseLayer(model, batch[0]?.goal ?? []) : null;
    batches.push({
      size,
      goals: batch.map(({ goal }) => goal),
      parametrisation,
      viewing,
      optimiser: new Adam(parametrisation.size, settings.rate, { nesterov: settings.param === 'maco' }),
      gradient: {
        diverse,
        cosinePower: settings.cosinePower,
        smoothedPooling: settings.smoothedPooling,
        redirect: settings.redirectedRelu,
      },
    });
  }
  return batches;
}

function parametrise(shape: BatchShape, { param, seed, interpolate }: CompleteSettings): Parametrisation {
  switch (param) {
    case 'fourier':
      return fourierParametrisation(shape, seed, interpolate !== null);
    case 'pixels':
      return pixelParametrisation(shape, seed);
    case 'maco':
      return macoParametrisation(shape, seed);
  }
}

/** A view is never smaller than what the network can take in, and has its own size where it takes no other. */
function viewingOf(
  model: Model,
  images: readonly Planned[],
  { param, magnify, transforms, crops: count, steps }: CompleteSettings,
  size: Size,
): Viewing {
  const tensors = [...new Set(images.flatMap(({ goal }) => goal.map(({ tensor }) => tensor)))];
  const least = model.smallest(tensors);
  const wished =
    param === 'maco'
      ? crops(size, Math.round(CROP_VIEW * magnify), count, steps)
      : transformed(size, magnify, transforms);
  if (accepts(model, tensors, wished.view)) return wished;
  if (param === 'maco') return crops(size, least, count, steps);
  return transformed(size, (magnify * least) / wished.view.width, transforms);
}

/** Whether the tensors can be computed from pictures of a size: some networks take one size alone. */
function accepts(model: Model, tensors: readonly Name[], view: Size): boolean {
  try {
    model.build(view, tensors);
    return true;
  } catch (error) {
    if (error instanceof ReverieError) return false;
    throw error;
  }
}

/** Side of what MACO's crops are brought to, in pixels. */
const CROP_VIEW = 160;

/** Where textures are compared: the goal's own layer, or for class scores the last one before them that has a grid. */
function diverseLayer(model: Model, goal: Goal): Name | null {
  const layers = model.layers();
  const own = layers.find(({ tensor }) => tensor === goal[0]?.tensor);
  if (own?.grid === true) return own.tensor;
  const before = own === undefined ? layers : layers.slice(0, layers.indexOf(own));
  return before.findLast(({ grid }) => grid)?.tensor ?? null;
}
