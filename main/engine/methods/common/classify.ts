/** Which classes a network sees in a picture. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Name } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { shortLabel } from '../../models/labels.ts';
import type { PictureShape } from '../../models/card.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { Lease } from '../../runtime/cache.ts';
import { viewOf } from './view.ts';
import type { MethodContext } from './context.ts';
import { explained } from './not-finite.ts';

export interface ClassScore {
  readonly index: number;
  readonly label: string | null;
  readonly probability: number;
  /** Its score, where that stands for itself. */
  readonly logit?: number;
}

/** Tensor of the class scores: logits where the network ends in a softmax or in sigmoids, else what it gives. */
export function scoresOf({ answer }: Model): Name {
  return answer.scores;
}

/** eˣ / Σ eˣ, stable for large scores. */
function softmax(scores: Float32Array): Float64Array {
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
}

/** Whether a network already gives probabilities. */
export const areProbabilities = (scores: Float32Array): boolean =>
  scores.every((score) => score >= 0) && Math.abs(scores.reduce((a, b) => a + b, 0) - 1) < 1e-3;

/**
 * The likeliest classes of a picture, best first.
 *
 * @param shape width and height of what the network sees, in pixels; its own by default
 * @throws ReverieError `model/unsupported` for a network that is no classifier
 */
export async function classify(
  { model, runtime, programs }: MethodContext,
  picture: Pixels,
  top: number,
  shape: PictureShape = model.shape,
): Promise<ClassScore[]> {
  const lease = await leaseScores({ model, runtime, programs }, shape);
  const target = scoresOf(model);
  const image = float32(viewOf(picture, shape).apply(picture).data, [1, 3, shape.height, shape.width]);
  const outputs = await lease.program
    .run({ [IMAGE]: image })
    .catch(async (error: unknown) => {
      throw await explained(error, { model, runtime }, 0);
    })
    // oxlint-disable-next-line typescript/no-misused-promises -- it waits for the release
    .finally(() => lease.release());
  const scores = outputs[target]?.data ?? new Float32Array();
  const alone = model.answer.kind === 'sigmoid';
  return Array.from(probabilitiesOf(model, scores), (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability || (scores[b.index] ?? 0) - (scores[a.index] ?? 0))
    .slice(0, top)
    .map(({ index, probability }) => ({
      index,
      label: labelOf(model, index),
      probability,
      ...(alone ? { logit: scores[index] ?? NaN } : {}),
    }));
}

/** What the scores of a picture mean: each by itself 1 / (1 + e⁻ˣ), or all together their softmax. */
function probabilitiesOf({ answer }: Model, scores: Float32Array): Float64Array {
  if (answer.kind === 'sigmoid') return Float64Array.from(scores, (score) => 1 / (1 + Math.exp(-score)));
  return areProbabilities(scores) ? Float64Array.from(scores) : softmax(scores);
}

/**
 * The program that gives the class scores of one picture of a size, the network's own by default.
 *
 * @throws ReverieError `model/unsupported` for a network that is no classifier
 */
export function leaseScores(
  { model, runtime, programs }: MethodContext,
  shape: PictureShape = model.shape,
): Promise<Lease> {
  const target = scoresOf(model);
  // A card can be corrected while the network stays the same.
  const how = JSON.stringify(model.card.preprocessing);
  const key = [model.sha256, runtime.device, 'classify', target, shape.width, shape.height, how].join(' ');
  return programs.lease(key, () => {
    const g = model.build(shape, [target]);
    const [, ...numbers] = g.dims(target);
    if (model.answer.kind === 'features' || numbers.slice(1).some((d) => d !== 1)) {
      const what = numbers.slice(1).some((d) => d !== 1)
        ? 'an image or tokens'
        : `${numbers[0] ?? 0} features`;
      throw new ReverieError(
        'model/unsupported',
        `"${model.name}" is no classifier: its output "${model.answer.output}" gives ${what}. Look at its channels instead, such as --target channel:<layer>/<n>, or choose another output with --output.`,
      );
    }
    const graph = g.finish([target]);
    return { bytes: g.footprint(graph), compile: () => runtime.compile(graph) };
  });
}

/**
 * Names of the classes, as the network's list has them. One sigmoid answers yes; a list of two names what that and its contrary are
 * called, the contrary first.
 */
export function classNames({ answer, classes, card: { labels } }: Model): readonly string[] | undefined {
  if (answer.kind !== 'sigmoid' || classes !== 1) return labels;
  return [labels?.at(-1) ?? 'yes'];
}

/** What people call a class, or null where the network does not say. */
export const labelOf = (model: Model, index: number): string | null => {
  const label = classNames(model)?.[index];
  return label === undefined ? null : shortLabel(label);
};
