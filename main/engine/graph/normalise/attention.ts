/** Scaled dot-product attention (Vaswani et al. 2017) in single steps: what the operators that are called so have in common. */
import type { Name } from '../graph.ts';
import type { Composer } from './composer.ts';

/** [batch, length, heads·size] as [batch, heads, length, size]. @param bias of all features, or the empty name */
export function splitHeads(c: Composer, x: Name, heads: number, part: string, bias: Name = ''): Name {
  const size = (c.at.info(x)?.dims.at(-1) ?? NaN) / heads;
  if (!Number.isInteger(size)) c.refuse(`has features that ${heads} heads cannot share`);
  const biased = c.sum([x, bias], `${part}-biased`);
  return headsFirst(c, c.reshape(biased, [0, 0, heads, size], `${part}-split`), part);
}

/** [batch, length, heads, size] as [batch, heads, length, size]. */
export const headsFirst = (c: Composer, x: Name, part: string): Name => c.transpose(x, [0, 2, 1, 3], part);

/** More heads than any network has. */
const MOST_HEADS = 4096;

/** Every head of keys or values as often as queries share it. */
export function repeated(c: Composer, x: Name, heads: number, times: number, part: string): Name {
  if (times === 1) return x;
  if (!Number.isInteger(times) || heads * times > MOST_HEADS)
    c.refuse(`shares ${heads} heads among queries of ${times * heads}`);
  const order = Array.from({ length: heads * times }, (_, i) => Math.floor(i / times));
  return c.op('Gather', [x, c.ints(order, `${part}-order`)], part, { axis: 1 });
}

/** How much each query is about each key, [batch, heads, queries, keys]. */
export function scoresOf(c: Composer, q: Name, k: Name, scale: number): Name {
  const scaled = c.scale(q, scale, 'scaled');
  return c.op('MatMul', [scaled, c.transpose(k, [0, 1, 3, 2], 'turned')], 'scores');
}

/** The number of keys, from 0 on. */
function keyPositions(c: Composer, scores: Name): Name {
  const shape = c.op('Shape', [scores], 'scores-shape');
  const count = c.op('Gather', [shape, c.index(3, 'keys-axis')], 'keys', { axis: 0 });
  return c.op('Range', [c.index(0, 'first'), count, c.index(1, 'step')], 'key-positions');
}

/**
 * −∞ for the keys that lie more than so many places behind a query (`upper`), or so many or more before it; 0 for the others.
 *
 * @param places from the diagonal on, an integer without axes
 */
export function triangle(c: Composer, scores: Name, upper: 0 | 1, places: Name, part: string): Name {
  const shape = c.op('Shape', [scores], `${part}-shape`, { start: 2 });
  const value = { type: 'float32', dims: [1], data: Float32Array.of(-Infinity) } as const;
  const filled = c.op('ConstantOfShape', [shape], `${part}-filled`, { value });
  return c.op('Trilu', [filled, places], part, { upper });
}

/** 0 where a condition holds, a number elsewhere. */
export const unless = (c: Composer, condition: Name, otherwise: number, part: string): Name =>
  c.op('Where', [condition, c.number(0, `${part}-open`), c.number(otherwise, `${part}-closed`)], part);

/**
 * What padded keys get: given by a mask [batch, keys] or [batch, queries, keys] of truths, or by where the keys of each picture
 * end [batch], and begin [2·batch].
 *
 * @param filter added to the scores of what is masked
 */
export function paddingBias(c: Composer, mask: Name, scores: Name, batch: number, filter: number): Name {
  const dims = c.dims(mask);
  if (dims.length === 1) {
    const parts = (dims[0] ?? 0) / batch;
    if (parts !== 1 && parts !== 2)
      c.refuse(`masks ${dims[0] ?? 0} ends of keys for ${batch} pictures; export the network without a mask`);
    const whole = c.op('Cast', [mask], 'ends', { to: 7 });
    const limits = c.reshape(whole, [parts, -1, 1, 1, 1], 'limits');
    const at = keyPositions(c, scores);
    const limit = (i: number, part: string): Name =>
      c.op('Gather', [limits, c.index(i, `${part}-row`)], part, { axis: 0 });
    const before = c.op('Less', [at, limit(0, 'end')], 'before-end');
    if (parts === 1) return unless(c, before, filter, 'padding');
    const after = c.op('GreaterOrEqual', [at, limit(1, 'start')], 'after-start');
    return unless(c, c.op('And', [before, after], 'within'), filter, 'padding');
  }
  // One number for all keys stands for no mask.
  if (dims.length === 2 && dims[1] === 1) return '';
  if (dims.length !== 2 && dims.length !== 3)
    c.refuse(`has a mask of ${dims.length} axes; export the network with one of two or three`);
  const open = c.op('Greater', [c.op('Cast', [mask], 'mask', { to: 7 }), c.index(0, 'none')], 'unmasked');
  const axes = c.ints(dims.length === 2 ? [1, 2] : [1], 'padding-axes');
  return c.op('Unsqueeze', [unless(c, open, filter, 'open-keys'), axes], 'padding');
}

/**
 * The weights of all keys for each query. Queries of which every key is masked weigh none, which the softmax of nothing but −∞
 * would not say.
 *
 * @param guarded whether there may be such queries
 */
export function weightsOf(c: Composer, scores: Name, bias: Name, guarded: boolean): Name {
  if (!guarded || bias === '')
    return c.op('Softmax', [c.sum([scores, bias], 'biased')], 'weights', { axis: -1 });
  const highest = c.op('ReduceMax', [bias, c.ints([-1], 'row')], 'highest', { keepdims: 1 });
  const closed = c.op('Equal', [highest, c.number(-Infinity, 'masked')], 'closed');
  const finite = c.op('Where', [closed, c.number(0, 'level'), bias], 'finite-bias');
  const weights = c.op('Softmax', [c.op('Add', [scores, finite], 'biased')], 'softmax', { axis: -1 });
  return c.op('Where', [closed, c.number(0, 'nothing'), weights], 'weights');
}

/** Weighted values, [batch, heads, queries, size], with the heads side by side again. */
export function joinHeads(c: Composer, weighted: Name): ReturnType<Composer['last']> {
  return c.last('Reshape', [c.transpose(weighted, [0, 2, 1, 3], 'joined'), c.ints([0, 0, -1], 'shape')]);
}
