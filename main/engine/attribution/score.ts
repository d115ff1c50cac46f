/** What is explained: one number for each picture of a batch, appended to the graph that holds the network's tensors. */
import { asClassToken, asMaps } from '../graph/axes/maps.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, int64, sizeOf } from '../graph/tensor.ts';
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
  /** The class whose index a tensor of the graph holds, int64 of shape [1]. */
  | { readonly kind: 'asked class'; readonly index: Name }
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
    case 'class':
      return meanOf(scaled(g, a, scale, (z) => slice(g, z, 1, selection.index)));
    case 'asked class':
      return meanOf(scaled(g, a, scale, (z) => askedRow(g, z, selection.index)));
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

/** The scores of one class on a scale. @param choose its row of what has the shape of the logits, [N, classes, positions] */
function scaled(g: Builder, logits: Name, scale: ClassScale, choose: (z: Name) => Name): Name {
  // ONNX defines LogSoftmax with the maximum subtracted first, so large scores do not overflow.
  if (scale === 'log-probability') return choose(g.op('LogSoftmax', [logits], { axis: 1 }));
  const one = choose(logits);
  return scale === 'log-sigmoid' ? g.neg(g.unary('Softplus', g.neg(one))) : one;
}

/** Row `index` of [N, classes, positions], kept as an axis. What the other rows hold does not matter, be it infinite. */
function askedRow(g: Builder, z: Name, index: Name): Name {
  const classes = g.constant(
    int64(
      Array.from({ length: g.dim(z, 1) }, (_, i) => i),
      [1, g.dim(z, 1), 1],
    ),
  );
  const asked = g.compare('Equal', classes, g.reshape(index, [1, 1, 1]));
  return g.reduce('ReduceSum', g.mask(z, asked), [1], true);
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
