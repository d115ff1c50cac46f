/** The attributions as graphs: what each takes a gradient at, and how its map follows from that. */
import { appendGradientAttention, appendRollout, type Attending } from '../../../attribution/attention.ts';
import { gaussLegendre } from '../../../attribution/quadrature.ts';
import type { Attribution } from '../../../../../shared/recipes/attributions.ts';
import type { ExplainSettings } from '../../../../../shared/recipes/explain.ts';
import { mapsOfLayer } from '../../../graph/axes/maps.ts';
import type { Builder } from '../../../graph/builder.ts';
import type { Name } from '../../../graph/graph.ts';
import { float32, int64 } from '../../../graph/tensor.ts';
import type { PictureShape } from '../../../models/card.ts';
import { BASELINES } from '../methods.ts';
import type { GateRule } from '../score-program.ts';

/** The network's part of an explainer, with its gradients. */
export interface Traced {
  readonly g: Builder;
  /** What is explained, [1, 3, H, W]. */
  readonly picture: Name;
  readonly shape: PictureShape;
  /** Of the score at every point with respect to it: [points, 3, H, W]. */
  readonly gradient: (rule: GateRule) => Name;
  /** Of the score with respect to a tensor that is watched, of its shape. */
  readonly slope: (tensor: Name) => Name;
  readonly watched: Watched;
}

/** What a method looks at inside of the network. */
export interface Watched {
  /** The tensor of the layer, of methods of CAM's kind. */
  readonly layer?: Name;
  /** Of methods that follow attention. */
  readonly attending?: Attending;
}

/** Random numbers that an explainer is given with every picture: standard normal, [samples, 3, H, W]. */
export const NOISE: Name = '~noise';

interface ExportedMap {
  /** Points beside the picture itself at which gradients are taken, the picture being the first. */
  readonly points?: {
    count(settings: ExplainSettings): number;
    /** Appends them: [count, 3, H, W]. */
    append(g: Builder, picture: Name, settings: ExplainSettings, shape: PictureShape): Name;
  };
  /** Appends the map: [1, 3, H, W], or [1, 1, H, W] where colours are not told apart. */
  append(traced: Traced, settings: ExplainSettings): Name;
}

/** A class activation map: the positive part of a layer's channels, each weighted by what follows from its gradient. */
const cam =
  (weigh: (g: Builder, gradient: Name) => Name) =>
  ({ g, shape, watched: { layer = '' }, slope }: Traced): Name => {
    const weights = weigh(g, mapsOfLayer(g, slope(layer), layer));
    const weighted = g.mul(mapsOfLayer(g, layer, layer), weights);
    const map = g.relu(g.reduce('ReduceSum', weighted, [1], true));
    return enlarged(g, map, shape);
  };
const gradCam = cam((g, gradient) => g.reduce('ReduceMean', gradient, [2, 3], true));

const byAttention =
  (append: (traced: Traced, attending: Attending) => Name) =>
  (traced: Traced): Name => {
    const { g, shape, watched } = traced;
    if (watched.attending === undefined) throw new Error('No attention was looked for.');
    return enlarged(g, append(traced, watched.attending), shape);
  };

const integratedGradients: ExportedMap = {
  points: {
    count: ({ nodes }) => nodes,
    append(g, picture, settings) {
      const ts = column(
        g,
        gaussLegendre(settings.nodes).map(({ at }) => at),
      );
      const from = baseline(g, picture, settings);
      return g.add(g.mul(g.sub(g.scalar(1), ts), from), g.mul(ts, picture));
    },
  },
  append({ g, picture, gradient }, settings) {
    const weights = [0, ...gaussLegendre(settings.nodes).map(({ weight }) => weight)];
    const mean = g.reduce('ReduceSum', g.mul(gradient('true'), column(g, weights)), [0], true);
    return g.mul(mean, g.sub(picture, baseline(g, picture, settings)));
  },
};

const smoothGrad: ExportedMap = {
  points: {
    count: ({ samples }) => samples,
    append(g, picture, { samples, noise }, { width, height }) {
      const over = (op: 'ReduceMax' | 'ReduceMin'): Name => g.reduce(op, picture, [0, 1, 2, 3], true);
      const deviation = g.scale(g.sub(over('ReduceMax'), over('ReduceMin')), noise);
      return g.add(picture, g.mul(g.input(NOISE, [samples, 3, height, width]), deviation));
    },
  },
  append({ g, gradient }, { samples, squares }) {
    const noisy = g.slice(gradient('true'), [0], [1], [1 + samples]);
    return g.reduce('ReduceMean', squares ? g.square(noisy) : noisy, [0], true);
  },
};

const ASKS_AGAIN = 'it asks the network again and again instead of following a gradient';

/** How each map follows, or why it is no graph. */
export const exportedMaps: Readonly<Record<Attribution, ExportedMap | string>> = {
  gradient: { append: ({ gradient }) => gradient('true') },
  'input-x-gradient': { append: ({ g, picture, gradient }) => g.mul(gradient('true'), picture) },
  smoothgrad: smoothGrad,
  'integrated-gradients': integratedGradients,
  'guided-backprop': { append: ({ gradient }) => gradient('guided') },
  deconvnet: { append: ({ gradient }) => gradient('deconvnet') },
  'grad-cam': { append: gradCam },
  hirescam: { append: cam((_g, gradient) => gradient) },
  layercam: { append: cam((g, gradient) => g.relu(gradient)) },
  'guided-grad-cam': { append: (traced) => traced.g.mul(gradCam(traced), traced.gradient('guided')) },
  'attention-rollout': { append: byAttention(({ g }, attending) => appendRollout(g, attending)) },
  'attention-gradient': {
    append: byAttention(({ g, slope }, attending) =>
      appendGradientAttention(
        g,
        attending,
        attending.attentions.map(({ tensor }) => slope(tensor)),
      ),
    ),
  },
  occlusion: ASKS_AGAIN,
  scorecam: ASKS_AGAIN,
  rise: ASKS_AGAIN,
};

/** Numbers along the batch: [n, 1, 1, 1]. */
const column = (g: Builder, values: readonly number[]): Name =>
  g.constant(float32(values, [values.length, 1, 1, 1]));

/** What broadcasts to a picture of the baseline. */
function baseline(g: Builder, picture: Name, { baseline: kind }: ExplainSettings): Name {
  return kind === 'mean' ? g.reduce('ReduceMean', picture, [2, 3], true) : g.scalar(BASELINES[kind]);
}

/** A map at the picture's size, bilinear between the centres of its cells. */
function enlarged(g: Builder, map: Name, { width, height }: PictureShape): Name {
  const sizes = g.constant(int64([1, 1, height, width]));
  return g.op('Resize', [map, '', '', sizes], { mode: 'linear' });
}
