/** Attention as an explanation: which attentions a target goes through, and one run that follows them back to the patches. */
import {
  appendGradientAttention,
  appendRollout,
  checkAttentions,
  type Attending,
} from '../../attribution/attention.ts';
import type { Passes } from '../../attribution/differentiable.ts';
import type { AttributionMap } from '../../attribution/map.ts';
import { appendScore } from '../../attribution/score.ts';
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import { attentionsIn } from '../../graph/axes/attention.ts';
import { sizeOfGroup, type Group } from '../../graph/axes/axis.ts';
import { layoutOf } from '../../graph/axes/layout.ts';
import { tokensRead, type Places } from '../../graph/axes/tokens-read.ts';
import type { Builder } from '../../graph/builder.ts';
import { pruneNodes, type Name } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import type { PictureShape } from '../../models/card.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import type { MethodContext } from '../common/context.ts';
import type { Term } from '../common/targets.ts';
import { programKey, type ScoreOfPictures } from './score-program.ts';

export type AttentionMethod = 'attention-rollout' | 'attention-gradient';

/**
 * The attentions before the target, and the tokens that it reads behind them.
 *
 * @throws ReverieError `model/unsupported` for networks whose attention cannot be followed
 */
export function attendingOf(model: Model, shape: PictureShape, terms: readonly Term[]): Attending {
  const [axes, infos] = [model.axes(shape), model.infos(shape)];
  const targets = terms.map(({ tensor }) => tensor);
  const nodes = pruneNodes(model.graph.nodes, targets);
  const attentions = attentionsIn(nodes, axes);
  checkAttentions(model.name, attentions);
  const last = attentions.at(-1);
  if (last === undefined) throw new Error('The attentions were not checked.');
  const wanted = new Map<Name, Places | undefined>();
  for (const { tensor, selection } of terms) {
    const placed = axes.get(tensor)?.filter((group) => group.length > 0) ?? [];
    const tokens = placed.find((group) => sizeOfGroup(group) === sizeOfGroup(last.tokens));
    const before = wanted.get(tensor);
    const places = tokens === undefined ? undefined : placesOf(selection, tokens);
    wanted.set(tensor, places && new Set([...(before ?? []), ...places]));
  }
  const read = tokensRead(nodes, { axes, infos }, wanted).get(last.tensor);
  return { attentions, tokens: last.tokens, rows: [...(read ?? [])] };
}

/** The tokens that a term counts, among those of its layer. */
function placesOf(selection: Term['selection'], tokens: Group): Places {
  const { width, height, before } = layoutOf([tokens]);
  if (selection.kind === 'neuron') {
    if (selection.at === 'class') return new Set([0]);
    const { x, y } = selection.at ?? { x: width >> 1, y: height >> 1 };
    return new Set([before + y * width + x]);
  }
  return new Set(Array.from({ length: width * height }, (_, i) => before + i));
}

/** The map of a method at the network's grid of patches. */
export async function* attentionMap(
  context: MethodContext,
  score: ScoreOfPictures,
  picture: Pixels,
  attending: Attending,
  method: AttentionMethod,
): Passes<AttributionMap> {
  const { model, runtime, programs } = context;
  const { shape } = score;
  const targets = score.terms.map(({ tensor }) => tensor);
  const weights = attending.attentions.map(({ tensor }) => tensor);
  const g = model.build(shape, [...targets, ...weights]);
  const output =
    method === 'attention-rollout'
      ? appendRollout(g, attending)
      : appendGradientAttention(g, attending, slopesOf(g, context, score, weights));
  const graph = g.finish([output]);
  const lease = await programs.lease(programKey(context, score, [method]), () => ({
    bytes: g.footprint(graph),
    compile: () => runtime.compile(graph),
  }));
  try {
    const dims = [1, 3, shape.height, shape.width];
    const found = await lease.program.run({ [IMAGE]: float32(picture.data, dims) });
    yield;
    const map = found[output];
    if (map === undefined) throw new Error(`The program gave no ${output}.`);
    const [, , height = 1, width = 1] = map.dims;
    return { channels: 1, width, height, data: map.data };
  } finally {
    await lease.release();
  }
}

function slopesOf(
  g: Builder,
  { runtime }: MethodContext,
  { terms, scale }: ScoreOfPictures,
  weights: readonly Name[],
): Name[] {
  const slopes = gradients(g, g.total(appendScore(g, terms, scale)), weights, forms[runtime.device]);
  return slopes.map((slope, i) => {
    if (slope === null) throw new Error(`The target does not depend on "${weights[i] ?? ''}".`);
    return slope;
  });
}
