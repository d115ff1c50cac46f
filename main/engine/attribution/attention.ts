/** What the attentions of a transformer say of where a target looks, as operators that are appended to its graph. */
import { ReverieError } from '../../../shared/errors.ts';
import type { Attention } from '../graph/axes/attention.ts';
import { sizeOfGroup, type Group } from '../graph/axes/axis.ts';
import { mapsLike } from '../graph/axes/maps.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32 } from '../graph/tensor.ts';

/** The attentions that a target goes through, and the tokens that it reads behind the last one. */
export interface Attending {
  /** At least one, in their order, all of the same tokens. */
  readonly attentions: readonly Attention[];
  /** What these tokens are. */
  readonly tokens: Group;
  /** Numbers of the tokens that are read; the row of the map is the mean of theirs. */
  readonly rows: readonly number[];
}

/**
 * Attention rollout (Abnar & Zuidema 2020): rows of Âₗ···Â₂·Â₁, where Â is half the mean of the heads and half the identity,
 * which stands for the way around the attention, with rows that add up to 1.
 *
 * @returns the patches' part, [1, 1, rows, columns]
 */
export function appendRollout(g: Builder, attending: Attending): Name {
  const { attentions, tokens } = attending;
  const size = sizeOfGroup(tokens);
  const identity = identityOf(g, size);
  let row = readRow(g, attending);
  for (const attention of attentions.toReversed()) {
    const mean = g.reduce('ReduceMean', headsOf(g, attention.tensor, attention), [0], false);
    const both = g.scale(g.add(mean, identity), 0.5);
    row = g.op('MatMul', [row, g.div(both, g.reduce('ReduceSum', both, [1], true))]);
  }
  return patchesOf(g, row, tokens);
}

/**
 * Gradient-weighted attention (Chefer, Gur & Wolf 2021, the rule for self-attention): rows of R, where R ← R + Ā·R from R = 1
 * through all attentions, and Ā is the mean over the heads of what is positive in ∇A ⊙ A. What each token is to itself before
 * the first attention, the 1, is left out of the map.
 *
 * @param slopes the gradients of the score with respect to the attentions
 * @returns the patches' part, [1, 1, rows, columns]
 */
export function appendGradientAttention(g: Builder, attending: Attending, slopes: readonly Name[]): Name {
  const { attentions, tokens } = attending;
  const first = readRow(g, attending);
  let row = first;
  for (const [i, attention] of [...attentions.entries()].toReversed()) {
    const weighted = g.relu(g.mul(attention.tensor, slopes[i] ?? ''));
    const mean = g.reduce('ReduceMean', headsOf(g, weighted, attention), [0], false);
    row = g.add(row, g.op('MatMul', [row, mean]));
  }
  return patchesOf(g, g.sub(row, first), tokens);
}

/** An attention, or what has its shape, as [heads, tokens, tokens]. */
function headsOf(g: Builder, tensor: Name, { queries, keys, tokens }: Attention): Name {
  const dims = g.dims(tensor);
  const heads = dims.flatMap((_, i) => (i === queries || i === keys ? [] : [i]));
  const order = [...heads, queries, keys];
  const ordered = order.every((from, i) => from === i) ? tensor : g.transpose(tensor, order);
  const size = sizeOfGroup(tokens);
  return g.reshape(ordered, [-1, size, size]);
}

/** The mean of the rows that are read, of the identity: [1, tokens]. */
function readRow(g: Builder, { rows, tokens }: Attending): Name {
  const row = new Float32Array(sizeOfGroup(tokens));
  for (const place of rows) row[place] = 1 / rows.length;
  return g.constant(float32(row, [1, row.length]));
}

function identityOf(g: Builder, size: number): Name {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return g.constant(float32(data, [size, size]));
}

const patchesOf = (g: Builder, row: Name, tokens: Group): Name => mapsLike(g, row, [[], tokens]);

/**
 * Refuses what the methods are not defined for.
 *
 * @param name of the network
 * @throws ReverieError `model/unsupported`
 */
export function checkAttentions(name: string, attentions: readonly Attention[]): void {
  const instead = 'use grad-cam or integrated-gradients';
  const refuse = (why: string): never => {
    throw new ReverieError('model/unsupported', `"${name}" ${why}; ${instead}.`);
  };
  const [first] = attentions;
  if (first === undefined)
    refuse('has no attention between the places of the picture before the target, so none can be followed');
  if (attentions.some(({ windowed }) => windowed))
    refuse(
      'attends in windows, each of which sees a part of the picture, and attention is followed through whole pictures alone',
    );
  const counts = new Set(attentions.flatMap(({ tokens, seen }) => [sizeOfGroup(tokens), seen]));
  if (counts.size > 1)
    refuse(
      `attends between different numbers of places (${[...counts].join(', ')}), and attention is followed where every one keeps its own`,
    );
}
