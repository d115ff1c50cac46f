/** From what the user named to an objective: layers looked up, channels checked, a guide's features computed. */
import { createHash } from 'node:crypto';
import { ReverieError } from '../../../../shared/errors.ts';
import type { WeightedLayer } from '../../../../shared/recipes/kinds.ts';
import { energy, likeness, pickChannels, type LayerTerm } from '../../ascent/objective.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, sizeOf, type FloatTensor } from '../../graph/tensor.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { fitLonger, resize } from '../../imaging/resample.ts';
import { dreamLayers } from '../../models/families.ts';
import { findUnits } from '../../models/layers.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { MethodContext } from '../common/context.ts';
import type { Objective } from './tiled-gradient.ts';

/** The layers a dream excites when none are named: those of the network's card, else of its family. */
export function defaultLayers(model: Model): WeightedLayer[] {
  const suggested = model.card.dreamLayers;
  if (suggested.length > 0) return [...suggested];
  return dreamLayers(model.layers(), model.shape).map((layer) => ({ layer, weight: 1 }));
}

/**
 * The terms of a dream.
 *
 * @throws ReverieError `layer/unknown`, or `usage/option` for a channel that a layer lacks
 */
export function resolveTerms(
  model: Model,
  layers: readonly WeightedLayer[],
  channels: readonly number[] | null,
): LayerTerm[] {
  const known = model.layers();
  return layers.map(({ layer, weight }) => {
    const { name, tensor, channels: count } = findUnits(known, layer);
    const beyond = channels?.find((channel) => channel >= count);
    if (beyond !== undefined) {
      throw new ReverieError(
        'usage/option',
        `Layer "${name}" has channels 0 to ${count - 1}, so there is no channel ${beyond}.`,
      );
    }
    return { tensor, weight, ...(channels === null ? {} : { channels }) };
  });
}

/** The objective of a dream without a guide: the energy of its layers. */
export function energyOf(terms: readonly LayerTerm[]): Objective {
  return {
    key: `energy ${JSON.stringify(terms)}`,
    targets: terms.map(({ tensor }) => tensor),
    append: (g) => energy(g, terms),
  };
}

/** The objective that grows the features of a guide picture. */
export async function likenessTo(
  guide: Pixels,
  terms: readonly LayerTerm[],
  context: MethodContext,
): Promise<Objective> {
  const features = await guideFeatures(guide, terms, context);
  const digest = createHash('sha256').update(guide.data).digest('hex');
  return {
    key: `likeness ${digest} ${JSON.stringify(terms)}`,
    targets: terms.map(({ tensor }) => tensor),
    append: (g) => likeness(g, terms, features),
  };
}

/** The guide's activations, one [positions, channels] matrix a term; the guide is seen at the network's own size. */
async function guideFeatures(
  guide: Pixels,
  terms: readonly LayerTerm[],
  { model, runtime, programs }: MethodContext,
): Promise<FloatTensor[]> {
  const { width, height } = fitLonger(guide, model.card.preprocessing.size);
  const g = model.build(
    { width, height },
    terms.map(({ tensor }) => tensor),
  );
  const outputs: Name[] = terms.map(({ tensor, channels }) => {
    const picked = pickChannels(g, tensor, channels);
    const [, c = 1, ...rest] = g.dims(picked);
    return g.transpose(g.reshape(picked, [c, sizeOf(rest)]), [1, 0]);
  });
  const graph = g.finish(outputs);
  const key = [model.sha256, runtime.device, 'guide', width, height, JSON.stringify(terms)].join(' ');
  const lease = await programs.lease(key, () => ({
    bytes: g.footprint(graph),
    compile: () => runtime.compile(graph),
  }));
  try {
    const picture = resize(guide, width, height);
    const values = await lease.program.run({ [IMAGE]: float32(picture.data, [1, 3, height, width]) });
    return outputs.map((name) => values[name] ?? float32([], [0, 0]));
  } finally {
    await lease.release();
  }
}
