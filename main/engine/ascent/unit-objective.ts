/**
 * What the optimisation of an image makes large: units of a network. Which units, and how much of each, is fed when the program
 * runs, image by image: one compiled program serves every channel of a layer, and a batch can hold different ones.
 */
import { asClassToken, asMaps } from '../graph/axes/maps.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { sizeOf } from '../graph/tensor.ts';

/**
 * How a layer a [N, C, …], in the form of `asMaps`, counts, given what is fed, u:
 * - `linear`: Σ u·a with u of a's shape: a channel's mean, a neuron, a class score;
 * - `energy`: u·mean(a²) with a number u for each image: a whole layer, as Deep Dream excites it;
 * - `direction`: the mean over positions of ⟨a, u⟩·max(0.1, cos(a, u))ᵖ with a vector u of C numbers for each image (lucid's
 *   `direction`).
 */
export interface Excitation {
  readonly tensor: Name;
  readonly form: 'linear' | 'energy' | 'direction';
  /** Whether its class token counts, [N, C], instead of its places. */
  readonly token?: boolean;
}

/** Under this a cosine counts no less, so that an image which points elsewhere is still drawn (lucid). */
const LEAST_COSINE = 0.1;
/** Keeps a cosine finite where a position is silent. */
const EPSILON = 1e-8;

/** The input that an excitation is fed by, and its shape. */
export interface Feed {
  readonly name: Name;
  readonly dims: readonly number[];
}

/** The feed of the `index`-th excitation. */
export const feedName = (index: number): Name => `~units ${index}`;

/** Appends the value of each image, [N], and the inputs that say what is excited. */
export function exciteUnits(
  g: Builder,
  excitations: readonly Excitation[],
  cosinePower: number,
): { values: Name; feeds: Feed[] } {
  const feeds: Feed[] = [];
  const terms = excitations.map((excitation, index) => {
    const { tensor, form, token } = excitation;
    const a = token === true ? asClassToken(g, tensor) : asMaps(g, tensor);
    const dims = feedShape(g.dims(a), form);
    const name = g.input(feedName(index), dims);
    feeds.push({ name, dims });
    return valueOf(g, a, form, name, cosinePower);
  });
  return { values: terms.reduce((sum, term) => g.add(sum, term)), feeds };
}

function feedShape([n = 1, c = 1, ...rest]: readonly number[], form: Excitation['form']): readonly number[] {
  if (form === 'linear') return [n, c, ...rest];
  return form === 'energy' ? [n] : [n, c, ...rest.map(() => 1)];
}

function valueOf(g: Builder, tensor: Name, form: Excitation['form'], fed: Name, cosinePower: number): Name {
  const dims = g.dims(tensor);
  const axes = dims.slice(1).map((_, i) => i + 1);
  if (form === 'linear') return g.reduce('ReduceSum', g.mul(tensor, fed), axes, false);
  if (form === 'energy') return g.mul(fed, g.reduce('ReduceMean', g.square(tensor), axes, false));
  const dot = g.reduce('ReduceSum', g.mul(tensor, fed), [1], true);
  const length = (x: Name): Name =>
    g.unary('Sqrt', g.add(g.reduce('ReduceSum', g.square(x), [1], true), g.scalar(EPSILON)));
  const cosine = g.div(dot, g.mul(length(tensor), length(fed)));
  const least = g.scalar(LEAST_COSINE);
  const floored = g.where(g.compare('Greater', cosine, least), cosine, least);
  let product = dot;
  for (let i = 0; i < cosinePower; i++) product = g.mul(product, floored);
  return g.scale(g.reduce('ReduceSum', product, axes, false), 1 / sizeOf(dims.slice(2)));
}
