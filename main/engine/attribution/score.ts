/** What is explained: one number for each picture of a batch, appended to the graph that holds the network's tensors. */
import { asClassToken, asMaps } from '../graph/axes/maps.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, sizeOf } from '../graph/tensor.ts';
import { ReverieError } from '../../../shared/errors.ts';

/** Which numbers of a tensor count; the same as in the targets of an objective. */
export type Selection =
  | { readonly kind: 'layer' }
  | { readonly kind: 'channel'; readonly channel: number }
  | {
      readonly kind: 'neuron';
      readonly channel: number;
      /** On the layer's grid; `null`: its centre. */
      readonly at: { readonly x: number; readonly y: number } | 'class' | null;
    }
  | { readonly kind: 'class'; readonly index: number }
  | { readonly kind: 'direction'; readonly direction: Float32Array };

export interface ScoreTerm {
  readonly tensor: Name;
  readonly weight: number;
  readonly selection: Selection;
}

/**
 * A class by its logit z, by log p = z − log Σ exp z, which also falls as the other classes rise, or, where it stands for itself, by
 * log p = −log(1 + exp(−z)).
 */
export type ClassScale = 'logit' | 'log-probability' | 'log-sigmoid';

/**
 * The weighted sum of the terms, of shape [N]. A class counts by its score on the given scale, a channel by its mean over
 * positions, a neuron by its value, a direction by its mean projection, and a layer by ½·mean(a²), as in a dream.
 *
 * @throws ReverieError `usage/option` for a position that the layer's grid lacks
 */
export function appendScore(g: Builder, terms: readonly ScoreTerm[], scale: ClassScale): Name {
  const scores = terms.map((term) => g.scale(scoreOf(g, term, scale), term.weight));
  return scores.reduce((sum, score) => g.add(sum, score));
}

/** The score of one term, of shape [N]. */
function scoreOf(g: Builder, { tensor, selection }: ScoreTerm, scale: ClassScale): Name {
  const a = asColumns(g, tensor);
  const meanOf = (x: Name): Name => g.reduce('ReduceMean', x, [1, 2], false);
  switch (selection.kind) {
    case 'layer':
      return g.scale(meanOf(g.square(a)), 0.5);
    case 'channel':
      return meanOf(slice(g, a, 1, selection.channel));
    case 'neuron': {
      if (selection.at === 'class') {
        const token = g.reshape(asClassToken(g, tensor), [g.dim(a, 0), -1, 1]);
        return meanOf(slice(g, token, 1, selection.channel));
      }
      const position = positionOf(g.dims(asMaps(g, tensor)), selection.at);
      return meanOf(slice(g, slice(g, a, 1, selection.channel), 2, position));
    }
    case 'class': {
      // ONNX defines LogSoftmax with the maximum subtracted first, so large scores do not overflow.
      const z = scale === 'log-probability' ? g.op('LogSoftmax', [a], { axis: 1 }) : a;
      const one = slice(g, z, 1, selection.index);
      return meanOf(scale === 'log-sigmoid' ? g.neg(g.unary('Softplus', g.neg(one))) : one);
    }
    case 'direction': {
      const length = Math.hypot(...selection.direction);
      const unit = g.constant(
        float32(
          selection.direction.map((v) => v / length),
          [1, selection.direction.length],
        ),
      );
      return meanOf(g.op('MatMul', [unit, a]));
    }
  }
}

/** A layer as [N, channels, positions]. */
function asColumns(g: Builder, tensor: Name): Name {
  const maps = asMaps(g, tensor);
  const [n = 1, c = 1, ...rest] = g.dims(maps);
  return g.reshape(maps, [n, c, sizeOf(rest)]);
}

const slice = (g: Builder, x: Name, axis: number, index: number): Name =>
  g.slice(x, [axis], [index], [index + 1]);

/** The index among the positions of a layer; its centre as lucid takes it, half of each side rounded down. */
function positionOf(
  [, , height = 1, width = 1]: readonly number[],
  at: { x: number; y: number } | null,
): number {
  const { x, y } = at ?? { x: width >> 1, y: height >> 1 };
  if (x < width && y < height) return y * width + x;
  throw new ReverieError(
    'usage/option',
    `The position ${x},${y} is outside the layer's grid of ${width}×${height}; both count from 0.`,
  );
}
