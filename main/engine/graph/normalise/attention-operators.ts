/** The operators of attention: that of the operator sets from 23 on, and the two of ONNX Runtime's optimiser. */
import { float, int, ints, type Name } from '../graph.ts';
import { numbers } from '../tensor.ts';
import {
  headsFirst,
  joinHeads,
  paddingBias,
  repeated,
  scoresOf,
  splitHeads,
  triangle,
  unless,
  weightsOf,
} from './attention.ts';
import { Composer } from './composer.ts';
import type { Rewrite } from './rewrite.ts';

const CACHE = 'export the network without a cache of keys and values';

/** Keys or values after those of before, where there are any: [batch, heads, length, size]. */
const appended = (c: Composer, past: Name, x: Name, part: string): Name =>
  past === '' ? x : c.op('Concat', [past, x], part, { axis: 2 });

/** How many keys there were before, an integer without axes, and `more`. */
function offset(c: Composer, past: Name, more: number, part: string): Name {
  if (past === '') return c.index(more, part);
  const shape = c.op('Shape', [past], `${part}-past`);
  const length = c.op('Gather', [shape, c.index(2, `${part}-axis`)], `${part}-length`, { axis: 0 });
  return c.op('Add', [length, c.index(more, `${part}-more`)], part);
}

/** A mask of truths or of numbers, to be added; the keys that it does not reach are masked. */
function maskBias(c: Composer, mask: Name, scores: Name, keys: number): Name {
  if (mask === '') return '';
  const info = c.at.info(mask);
  const bias = info?.type === 'bool' ? unless(c, mask, -Infinity, 'mask') : mask;
  const dims = c.dims(mask);
  if (dims.at(-1) === keys) return bias;
  const last = (x: Name, axis: number, part: string): Name =>
    c.op('Gather', [c.op('Shape', [x], `${part}-shape`), c.ints([axis], `${part}-axis`)], part, { axis: 0 });
  const missing = c.op('Sub', [last(scores, 3, 'all'), last(mask, dims.length - 1, 'reached')], 'missing');
  const none = c.ints(new Array<number>(2 * dims.length - 1).fill(0), 'none');
  const pads = c.op('Concat', [none, missing], 'mask-pads', { axis: 0 });
  return c.op('Pad', [bias, pads, c.number(-Infinity, 'unreached')], 'whole-mask');
}

/** Whether a mask leaves every query a key, as far as that is known. */
function isOpen(c: Composer, mask: Name): boolean {
  const value = c.at.value(mask);
  if (value === undefined) return false;
  const closed = value.type === 'bool' ? 0 : -Infinity;
  const row = value.dims.at(-1) ?? 1;
  const values = numbers(value);
  for (let begin = 0; begin < values.length; begin += row)
    if (values.slice(begin, begin + row).every((v) => v === closed)) return false;
  return true;
}

const standard: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  if (c.optional(6) !== '') c.refuse(`is told how far its cache is filled (nonpad_kv_seqlen); ${CACHE}`);
  const [x, y] = [c.dims(c.input(0)), c.dims(c.input(1))];
  const flat = x.length === 3;
  const queries = flat ? int(node, 'q_num_heads', 0) : (x[1] ?? 0);
  const heads = flat ? int(node, 'kv_num_heads', 0) : (y[1] ?? 0);
  if (!(queries > 0 && heads > 0)) c.refuse('does not say how many heads it has');
  const split = (i: number, count: number, part: string): Name =>
    flat ? splitHeads(c, c.input(i), count, part) : c.input(i);
  const past = c.optional(4);
  const k = appended(c, past, split(1, heads, 'k'), 'keys');
  const v = appended(c, c.optional(5), split(2, heads, 'v'), 'values');
  c.also(1, () => k);
  c.also(2, () => v);
  const size = flat ? (x[2] ?? 0) / queries : (x[3] ?? 0);
  const times = queries / heads;
  const raw = scoresOf(
    c,
    split(0, queries, 'q'),
    repeated(c, k, heads, times, 'shared-keys'),
    float(node, 'scale', 1 / Math.sqrt(size)),
  );
  const scores = capped(c, raw, float(node, 'softcap', 0));
  const length = (y[flat ? 1 : 2] ?? 0) + (past === '' ? 0 : (c.dims(past)[2] ?? 0));
  const bias = c.sum([maskBias(c, c.optional(3), raw, length), ...placeBiases(c, raw, past)], 'bias');
  const [left, right] = windowOf(c);
  const masked = c.optional(3) !== '' || left >= 0 || right >= 0;
  const alone = int(node, 'is_causal', 0) === 0 && left < 0 && right < 0;
  const weights = weightsOf(c, scores, bias, masked && !(alone && isOpen(c, c.optional(3))));
  c.also(3, () => {
    const mode = int(node, 'qk_matmul_output_mode', 0);
    return [raw, scores, bias === '' ? scores : c.op('Add', [scores, bias], 'told')][mode] ?? weights;
  });
  const values = [weights, repeated(c, v, heads, times, 'shared-values')];
  return flat ? joinHeads(c, c.op('MatMul', values, 'weighted')) : c.last('MatMul', values);
};

/** softcap·tanh(x / softcap). */
function capped(c: Composer, x: Name, softcap: number): Name {
  if (softcap === 0) return x;
  const bent = c.op('Tanh', [c.scale(x, 1 / softcap, 'flattened')], 'bent');
  return c.scale(bent, softcap, 'capped');
}

/** How many places before and behind itself a query looks; −1 for all. */
const windowOf = (c: Composer): [left: number, right: number] => [
  int(c.node, 'left_window_size', -1),
  int(c.node, 'right_window_size', -1),
];

/** What is masked because of where it lies. */
function placeBiases(c: Composer, scores: Name, past: Name): Name[] {
  const [left, right] = windowOf(c);
  const causal = int(c.node, 'is_causal', 0) !== 0;
  const behind = causal ? 0 : right;
  return [
    behind < 0 ? '' : triangle(c, scores, 1, offset(c, past, behind + 1, 'behind'), 'later'),
    left < 0 ? '' : triangle(c, scores, 0, offset(c, past, -left - 1, 'before'), 'earlier'),
  ];
}

/** Attention as ONNX Runtime has it, with everything that is added to its scores. */
interface Runtime {
  readonly q: Name;
  readonly k: Name;
  readonly v: Name;
  /** Features of each head of the queries. */
  readonly size: number;
  readonly padding: Name;
  readonly bias: Name;
  readonly past: Name;
  readonly batch: number;
  /** The output that tells the scores' softmax. */
  readonly told?: number;
}

function runtime(c: Composer, { q, k, v, size, padding, bias, past, batch }: Runtime): ReturnType<Rewrite> {
  const { node } = c;
  const scores = scoresOf(c, q, k, float(node, 'scale', 0) || 1 / Math.sqrt(size));
  const filter = float(node, 'mask_filter_value', -10000);
  const causal = int(node, 'unidirectional', 0) !== 0;
  const added = c.sum(
    [
      bias,
      padding === '' ? '' : paddingBias(c, padding, scores, batch, filter),
      causal ? triangle(c, scores, 1, offset(c, past, 1, 'behind'), 'later') : '',
    ],
    'bias',
  );
  const weights = weightsOf(c, scores, added, false);
  return joinHeads(c, c.op('MatMul', [weights, v], 'weighted'));
}

/** Parts of features, as an axis of its own or one behind the other. */
function parts(c: Composer, x: Name, sizes: readonly number[], axis: number, part: string): Name[] {
  const names = sizes.map((_, i) => `${part}-${i + 1}`);
  return c.ops('Split', [x, c.ints(sizes, `${part}-sizes`)], names, { axis });
}

const fused: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  if (c.optional(6) !== '' || int(node, 'past_present_share_buffer', 0) !== 0)
    c.refuse(`keeps its keys in a buffer; ${CACHE}`);
  if (int(node, 'do_rotary', 0) !== 0)
    c.refuse('turns its queries and keys; export the network with RotaryEmbedding for itself');
  const heads = int(node, 'num_heads', 0);
  const width = c.dims(c.input(1))[1] ?? 0;
  const sizes = ints(node, 'qkv_hidden_sizes', [width / 3, width / 3, width / 3]);
  if (!sizes.every((size) => Number.isInteger(size / heads)) || sizes.length !== 3)
    c.refuse(`has ${width} features that queries, keys and values of ${heads} heads cannot share`);
  const mapped = c.op('MatMul', [c.input(0), c.input(1)], 'mapped');
  const all = c.sum([mapped, c.optional(2)], 'qkv');
  const [q, k, v] = parts(c, all, sizes, 2, 'part').map((x, i) => {
    const name = 'qkv'[i] ?? '';
    const split = c.reshape(x, [0, 0, heads, (sizes[i] ?? 0) / heads], `${name}-split`);
    return headsFirst(c, split, name);
  });
  const past = c.optional(4);
  const before = past === '' ? ['', ''] : [0, 1].map((i) => half(c, past, i));
  const [keys, values] = [
    appended(c, before[0] ?? '', k ?? '', 'keys'),
    appended(c, before[1] ?? '', v ?? '', 'values'),
  ];
  c.also(1, () => {
    const axes = c.ints([0], 'cache-axis');
    const rows = [keys, values].map((x, i) => c.op('Unsqueeze', [x, axes], `present-${i + 1}`));
    return c.op('Concat', rows, 'present', { axis: 0 });
  });
  return runtime(c, {
    ...{ q: q ?? '', k: keys, v: values, past: before[0] ?? '', size: (sizes[0] ?? 0) / heads },
    ...{ padding: c.optional(3), bias: c.optional(5), batch: c.dims(c.input(0))[0] ?? 1 },
  });
};

/** Keys or values of a cache that holds both. */
const half = (c: Composer, past: Name, i: number): Name =>
  c.op('Gather', [past, c.index(i, `past-row-${i + 1}`)], `past-${i + 1}`, { axis: 0 });

const multiHead: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  if (c.optional(8) !== '' || c.optional(9) !== '') c.refuse(`keeps its keys in a buffer; ${CACHE}`);
  const heads = int(node, 'num_heads', 0);
  const { q, k, v, size } = queriesKeysValues(c, heads);
  const past = c.optional(6);
  const keys = appended(c, past, k, 'keys');
  const values = appended(c, c.optional(7), v, 'values');
  c.also(1, () => keys);
  c.also(2, () => values);
  if (c.node.outputs.slice(3).some((name) => at.used(name)))
    c.refuse('gives its scores; export the network without them');
  return runtime(c, {
    ...{ q, k: keys, v: values, size, past, padding: c.optional(4), bias: c.optional(5) },
    batch: c.dims(c.input(0))[0] ?? 1,
  });
};

/** Queries, keys and values with their bias, which may lie in one tensor: behind each other for each head, or heads first. */
function queriesKeysValues(c: Composer, heads: number): { q: Name; k: Name; v: Name; size: number } {
  const [query, key, value, bias] = [c.input(0), c.optional(1), c.optional(2), c.optional(3)];
  const [x, y] = [c.dims(query), key === '' ? [] : c.dims(key)];
  const size = x.length === 5 ? (x[4] ?? 0) : (x[2] ?? 0) / heads;
  if (!Number.isInteger(size)) c.refuse(`has ${x[2] ?? 0} features that ${heads} heads cannot share`);
  const packed = x.length === 5 || y.length === 5;
  if (bias !== '' && (packed || y.length === 4))
    c.refuse('adds a bias to keys that are split into heads already; export the network without that');
  if (x.length === 5) {
    const [q = '', k = '', v = ''] = unpacked(c, query, ['q', 'k', 'v']);
    return { q, k, v, size };
  }
  const width = size * heads;
  const last = (value === '' ? [] : c.dims(value)).at(-1) ?? 0;
  const [forQ = '', forK = '', forV = ''] =
    bias === '' ? [] : parts(c, bias, [width, width, last], 0, 'bias-part');
  const q = splitHeads(c, query, heads, 'q', forQ);
  if (y.length === 5) {
    const [k = '', v = ''] = unpacked(c, key, ['k', 'v']);
    return { q, k, v, size };
  }
  if (key === '' || value === '') c.refuse('has queries without keys or values');
  if (y.length === 4) return { q, k: key, v: value, size };
  return { q, k: splitHeads(c, key, heads, 'k', forK), v: splitHeads(c, value, heads, 'v', forV), size };
}

/** [batch, length, heads, parts, size] as so many of [batch, heads, length, size]. */
const unpacked = (c: Composer, x: Name, names: readonly string[]): Name[] =>
  names.map((name, i) => {
    const part = c.op('Gather', [x, c.index(i, `${name}-index`)], `${name}-split`, { axis: 3 });
    return headsFirst(c, part, name);
  });

export const attentionRewrites: Readonly<Record<string, Rewrite>> = {
  Attention: standard,
  'com.microsoft.Attention': fused,
  'com.microsoft.MultiHeadAttention': multiHead,
};
