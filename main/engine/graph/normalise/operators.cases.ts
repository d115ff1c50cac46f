/** Networks of one operator that is written with simpler ones, in every form that its inputs and attributes allow. */
import { network, node, values } from '../normalise.cases.ts';
import type { Attribute, Graph, Name, Node } from '../graph.ts';
import { bool, float32, int64, sizeOf, type Tensor } from '../tensor.ts';

export interface OperatorCase {
  readonly name: string;
  readonly opset: number;
  readonly graph: Graph;
  /** The same by operators that have a kernel on the processor, where this one has none there. */
  readonly alike?: Graph;
}

type Constants = Readonly<Record<Name, Tensor>>;

/** One node that reads `x`, of a shape, and constants by their names. */
function one(
  op: string,
  title: string,
  inputs: string,
  dims: readonly number[],
  constants: Constants = {},
  attributes: Record<string, Attribute> = {},
  outputs = 'y',
): OperatorCase {
  const made = outputs.split(' ').map((name) => (name === '-' ? '' : name));
  const read = inputs.split(' ').map((name) => (name === '-' ? '' : name));
  const nodes = [node(op, read, attributes, made)];
  const named = made.filter((name) => name !== '');
  return {
    name: `${op}, ${title}`,
    opset: 24,
    graph: network(nodes, { ...constants }, dims, named),
  };
}

/** A case with what is alike; both read `x` and the same constants. */
function alike({ graph, ...rest }: OperatorCase, ...nodes: readonly Node[]): OperatorCase {
  return { ...rest, graph, alike: { ...graph, nodes } };
}

const whole = (data: readonly number[], dims: readonly number[] = [data.length]): Tensor => ({
  type: 'int32',
  dims,
  data: Int32Array.from(data),
});

/** Small numbers without structure, others than `values` gives. */
const small = (...dims: number[]): Tensor =>
  float32(
    Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.cos(7.31 * (i + 1)) * 0.8),
    dims,
  );

const MS = 'com.microsoft';
const closed = -Infinity;
const band = float32([0, closed, 0, 0, 0, 0, 0, -1, closed, closed, 2, 0], [3, 4]);
const truths = bool([true, false, true, true, true, true, false, true, false, false, true, true], [3, 4]);
/** Of keys, the second row masks all. */
const blind = bool([true, false, true, true, false, false, false, false, true, true, true, true], [3, 4]);

const short = float32([0, -1, 2, 1, 0.5, 0], [3, 2]);
const padded = float32([0, -1, closed, closed, 2, 1, closed, closed, 0.5, 0, closed, closed], [3, 4]);
/** What lies at most two places before a query and one behind it. */
const seen = bool(
  [true, true, false, false, true, true, true, false, true, true, true, true, false, true, true, true],
  [4, 4],
);
/** A query's own place and the one before. */
const latest = bool([true, false, false, false, true, true, false, false, false, true, true, false], [3, 4]);

/** Keys and values for queries x [2, 3, 8] or [2, 2, 3, 4]. */
const other = { k: small(2, 4, 8), v: small(2, 4, 12) };
const split = { k: small(2, 2, 4, 4), v: small(2, 2, 4, 6) };
const two = { q_num_heads: 2, kv_num_heads: 2 };
const cache = { pk: small(2, 2, 2, 4), pv: small(2, 2, 2, 6) };

// prettier-ignore
const attention: readonly OperatorCase[] = [
  one('Attention', 'of tokens to each other', 'x x x', [2, 5, 8], {}, two),
  one('Attention', 'of heads to each other', 'x x x', [1, 2, 4, 6]),
  one('Attention', 'to other tokens', 'x k v', [2, 3, 8], other, two),
  one('Attention', 'to other heads, scaled', 'x k v', [2, 2, 3, 4], split, { scale: 0.3 }),
  one('Attention', 'causal', 'x x x', [2, 5, 8], {}, { ...two, is_causal: 1 }),
  one('Attention', 'causal, more keys than queries', 'x k v', [2, 2, 3, 4], split, { is_causal: 1 }),
  one('Attention', 'capped', 'x k v', [2, 3, 8], other, { ...two, softcap: 0.7 }),
  one('Attention', 'mask of numbers', 'x k v m', [2, 3, 8], { ...other, m: band }, two),
  one('Attention', 'mask of truths', 'x k v m', [2, 3, 8], { ...other, m: truths }, two),
  one('Attention', 'mask of everything', 'x k v m', [2, 3, 8], { ...other, m: blind }, two),
  one('Attention', 'mask for each head', 'x k v m', [2, 3, 8], { ...other, m: small(1, 2, 3, 4) }, two),
  one('Attention', 'mask and causal', 'x k v m', [2, 3, 8], { ...other, m: truths }, { ...two, is_causal: 1 }),
  one('Attention', 'mask of numbers, capped', 'x k v m', [2, 3, 8], { ...other, m: small(3, 4) }, { ...two, softcap: 0.7 }),
  one('Attention', 'shared keys', 'x k v', [2, 3, 16], other, { q_num_heads: 4, kv_num_heads: 2 }),
  one('Attention', 'shared keys of heads', 'x k v', [2, 6, 3, 4], split),
  one('Attention', 'with a cache', 'x k v - pk pv', [2, 2, 3, 4], { ...split, ...cache }, {}, 'y pk2 pv2'),
  one('Attention', 'with a cache, causal', 'x k v - pk pv', [2, 3, 8], { ...other, ...cache }, { ...two, is_causal: 1 }, 'y pk2 pv2'),
  one('Attention', 'its scores', 'x x x', [2, 5, 8], {}, two, 'y - - s'),
  one('Attention', 'its capped scores', 'x k v m', [2, 3, 8], { ...other, m: small(3, 4) }, { ...two, softcap: 0.7, qk_matmul_output_mode: 1 }, 'y - - s'),
  one('Attention', 'its scores with their mask', 'x k v m', [2, 3, 8], { ...other, m: small(3, 4) }, { ...two, softcap: 0.7, qk_matmul_output_mode: 2 }, 'y - - s'),
  alike(
    one('Attention', 'mask that is too short', 'x k v m', [2, 3, 8], { ...other, m: short, n: padded }, two),
    node('Attention', ['x', 'k', 'v', 'n'], two),
  ),
  alike(
    one('Attention', 'a window', 'x x x m', [1, 2, 4, 6], { m: seen }, { left_window_size: 2, right_window_size: 1 }),
    node('Attention', ['x', 'x', 'x', 'm']),
  ),
  alike(
    one('Attention', 'a causal window', 'x k v n', [2, 2, 3, 4], { ...split, n: latest }, { left_window_size: 1, is_causal: 1 }),
    node('Attention', ['x', 'k', 'v', 'n']),
  ),
  one('Attention', 'its weights', 'x x x', [2, 5, 8], {}, { ...two, qk_matmul_output_mode: 3, softmax_precision: 1 }, 'y - - s'),
];

const ids = { cos: small(9, 2), sin: values(9, 2) };
const places = int64([3, 1, 4, 0, 8, 2], [2, 3]);
// prettier-ignore
const rotary: readonly OperatorCase[] = [
  one('RotaryEmbedding', 'heads', 'x cos sin p', [2, 3, 3, 4], { ...ids, p: places }),
  one('RotaryEmbedding', 'tokens', 'x cos sin p', [2, 3, 8], { ...ids, p: places }, { num_heads: 2 }),
  one('RotaryEmbedding', 'in turn', 'x cos sin p', [2, 3, 8], { ...ids, p: places }, { num_heads: 2, interleaved: 1 }),
  one('RotaryEmbedding', 'a part', 'x cos sin p', [2, 2, 3, 6], { ...ids, p: places }, { rotary_embedding_dim: 4 }),
  one('RotaryEmbedding', 'a part, in turn', 'x cos sin p', [2, 3, 12], { ...ids, p: places }, { rotary_embedding_dim: 4, num_heads: 2, interleaved: 1 }),
  one('RotaryEmbedding', 'a table for each token', 'x cos sin', [2, 3, 3, 4], { cos: small(2, 3, 2), sin: values(2, 3, 2) }),
  one(`${MS}.RotaryEmbedding`, 'heads', 'x p cos sin', [2, 3, 3, 4], { ...ids, p: places }),
  one(`${MS}.RotaryEmbedding`, 'tokens', 'x p cos sin', [2, 3, 8], { ...ids, p: places }),
  one(`${MS}.RotaryEmbedding`, 'from a place on', 'x p cos sin', [2, 3, 8], { ...ids, p: int64([4]) }, { interleaved: 1 }),
  one(`${MS}.RotaryEmbedding`, 'heads from a place on', 'x p cos sin', [2, 3, 5, 4], { ...ids, p: int64([2]) }),
  one(`${MS}.RotaryEmbedding`, 'a part', 'x p cos sin', [2, 3, 12], { ...ids, p: places }, { num_heads: 2, rotary_embedding_dim: 4 }),
];

const scale = { s: small(5), b: values(5), t: values(5) };
// prettier-ignore
const norms: readonly OperatorCase[] = [
  one('RMSNormalization', 'last axis', 'x s', [2, 3, 4, 5], scale),
  one('RMSNormalization', 'several axes', 'x s', [2, 3, 4, 5], { s: small(4, 5) }, { axis: 2, epsilon: 0.1 }),
  one('RMSNormalization', 'several axes from the end', 'x s', [2, 3, 4, 5], { s: small(4, 5) }, { axis: -2 }),
  one('SimplifiedLayerNormalization', 'last axis', 'x s', [2, 3, 5], scale, { epsilon: 0.01 }),
  one('SimplifiedLayerNormalization', 'its deviation', 'x s', [2, 3, 5], scale, { stash_type: 1 }, 'y d'),
  // Exporters write it under both names; ONNX Runtime's kernel has that of the standard set.
  alike(
    one(`${MS}.SimplifiedLayerNormalization`, 'its deviation', 'x s', [2, 3, 4, 5], { s: small(4, 5) }, { axis: 2, epsilon: 0.02 }, 'y d'),
    node('SimplifiedLayerNormalization', ['x', 's'], { axis: 2, epsilon: 0.02 }, ['y', 'd']),
  ),
  one(`${MS}.SkipLayerNormalization`, 'all inputs', 'x k s b t', [2, 3, 5], { ...scale, k: values(2, 3, 5) }, { epsilon: 0.01 }),
  one(`${MS}.SkipLayerNormalization`, 'its sum', 'x k s', [2, 3, 5], { ...scale, k: values(2, 3, 5) }, {}, 'y - - z'),
  one(`${MS}.SkipLayerNormalization`, 'one for all pictures', 'x k s b', [2, 3, 5], { ...scale, k: values(1, 3, 5) }),
  one(`${MS}.SkipSimplifiedLayerNormalization`, 'all inputs', 'x k s t', [2, 3, 5], { ...scale, k: values(2, 3, 5) }, { epsilon: 0.01 }, 'y - - z'),
  one(`${MS}.SkipSimplifiedLayerNormalization`, 'without a bias', 'x k s', [2, 3, 5], { ...scale, k: values(2, 3, 5) }),
];

const filters = { w: small(4, 3, 2, 2), b: values(4) };
const matrix = { w: small(4, 6), c: values(6) };
// prettier-ignore
const activations = ['Relu', 'Tanh', 'Sigmoid'].flatMap((activation) => [
  one(`${MS}.FusedConv`, activation, 'x w b', [1, 3, 4, 5], filters, { activation, strides: [2, 1] }),
  one(`${MS}.FusedGemm`, activation, 'x w c', [3, 4], matrix, { activation }),
]);
// prettier-ignore
const fused: readonly OperatorCase[] = [
  ...activations,
  one(`${MS}.FusedConv`, 'LeakyRelu', 'x w b', [1, 3, 4, 5], filters, { activation: 'LeakyRelu', activation_params: [0.3] }),
  one(`${MS}.FusedConv`, 'Clip', 'x w', [1, 3, 4, 5], filters, { activation: 'Clip', activation_params: [-1, 0.5] }),
  one(`${MS}.FusedConv`, 'HardSigmoid', 'x w b', [1, 3, 4, 5], filters, { activation: 'HardSigmoid', activation_params: [0.3, 0.4] }),
  one(`${MS}.FusedConv`, 'a sum', 'x w b z', [1, 3, 4, 5], { ...filters, z: values(1, 4, 3, 4) }, { activation: 'Tanh' }),
  one(`${MS}.FusedConv`, 'nothing', 'x w b', [1, 3, 4, 5], filters, { pads: [1, 1, 1, 1] }),
  one(`${MS}.FusedGemm`, 'LeakyRelu', 'x w c', [4, 3], matrix, { activation: 'LeakyRelu', activation_alpha: 0.2, transA: 1, alpha: 0.5 }),
  alike(one(`${MS}.FusedGemm`, 'nothing', 'x w c', [3, 4], matrix, { beta: 0.5 }), node('Gemm', ['x', 'w', 'c'], { beta: 0.5 })),
  alike(
    one('SwiGLU', 'plain', 'x w', [4, 6], matrix, { alpha: 0.7 }),
    node('Swish', ['x'], { alpha: 0.7 }, ['z']),
    node('Mul', ['z', 'w']),
  ),
  one(`${MS}.FusedMatMul`, 'plain', 'x w', [2, 3, 4], matrix),
  one(`${MS}.FusedMatMul`, 'scaled and turned', 'x w', [2, 4, 3], { w: small(6, 4) }, { alpha: 0.3, transA: 1, transB: 1 }),
  one(`${MS}.FusedMatMul`, 'turned batch', 'x w', [3, 2, 4], { w: small(2, 4, 5) }, { transBatchA: 1 }),
  one(`${MS}.FusedMatMul`, 'turned batches and matrices', 'x w', [4, 2, 3], { w: small(5, 2, 4) }, { transA: 1, transBatchA: 1, transB: 1, transBatchB: 1 }),
  one(`${MS}.TransposeMatMul`, 'turned', 'x w', [2, 4, 3], matrix, { transA: 1 }),
  one(`${MS}.Gelu`, 'plain', 'x', [2, 3]),
  one(`${MS}.FastGelu`, 'plain', 'x', [2, 3]),
  one(`${MS}.FastGelu`, 'with a bias', 'x b', [2, 3, 4], { b: values(4) }),
  one(`${MS}.QuickGelu`, 'plain', 'x', [2, 3]),
  one(`${MS}.QuickGelu`, 'its own factor', 'x', [2, 3], {}, { alpha: 0.9 }),
  one(`${MS}.BiasGelu`, 'with a bias', 'x b', [2, 3, 4], { b: values(4) }),
  one('Swish', 'plain', 'x', [2, 3]),
  one('Swish', 'its own factor', 'x', [2, 3], {}, { alpha: 0.4 }),
];

const joint = { w: small(6, 24), b: values(24) };
const head = { num_heads: 2 };
const pair = { k: small(2, 4, 8), v: small(2, 4, 8), b: small(24) };
const packing = {
  p: small(2, 4, 2, 2, 4),
  i0: int64([0], []),
  i1: int64([1], []),
  i2: int64([2], []),
  flat: int64([0, 0, 8]),
};
const unpacked = (x: Name, i: number, name: Name): Node[] => [
  node('Gather', [x, `i${i}`], { axis: 3 }, [`${name}4`]),
  node('Reshape', [`${name}4`, 'flat'], {}, [name]),
];
// prettier-ignore
const microsoft: readonly OperatorCase[] = [
  one(`${MS}.Attention`, 'plain', 'x w b', [2, 4, 6], joint, head),
  one(`${MS}.Attention`, 'sizes of its own', 'x w b', [2, 4, 6], joint, { ...head, qkv_hidden_sizes: [6, 6, 12], scale: 0.4 }),
  one(`${MS}.Attention`, 'causal', 'x w b', [2, 4, 6], joint, { ...head, unidirectional: 1 }),
  one(`${MS}.Attention`, 'ends of keys', 'x w b m', [2, 4, 6], { ...joint, m: whole([3, 4]) }, head),
  one(`${MS}.Attention`, 'ends and starts of keys', 'x w b m', [2, 4, 6], { ...joint, m: whole([3, 4, 0, 1]) }, head),
  one(`${MS}.Attention`, 'mask of keys', 'x w b m', [2, 4, 6], { ...joint, m: whole([1, 1, 0, 1, 1, 1, 1, 0], [2, 4]) }, { ...head, mask_filter_value: -5 }),
  one(`${MS}.Attention`, 'mask of pairs', 'x w b m', [1, 2, 6], { ...joint, m: whole([1, 0, 1, 1], [1, 2, 2]) }, head),
  one(`${MS}.Attention`, 'added scores', 'x w b - - a', [2, 4, 6], { ...joint, a: small(2, 2, 4, 4) }, head),
  one(`${MS}.Attention`, 'added scores for all', 'x w b - - a', [2, 4, 6], { ...joint, a: small(1, 2, 4, 4) }, head),
  one(`${MS}.Attention`, 'with a cache', 'x w b - p', [2, 4, 6], { ...joint, p: small(2, 2, 2, 3, 4) }, { ...head, unidirectional: 1 }, 'y p2'),
  one(`${MS}.MultiHeadAttention`, 'plain', 'x x x', [2, 4, 8], {}, head),
  one(`${MS}.MultiHeadAttention`, 'other keys and a bias', 'x k v b', [2, 3, 8], pair, { ...head, scale: 0.4 }),
  one(`${MS}.MultiHeadAttention`, 'causal', 'x x x', [2, 4, 8], {}, { ...head, unidirectional: 1 }),
  one(`${MS}.MultiHeadAttention`, 'mask of keys', 'x k v - m', [2, 3, 8], { ...pair, m: whole([1, 1, 0, 1, 1, 1, 1, 0], [2, 4]) }, head),
  one(`${MS}.MultiHeadAttention`, 'ends of keys', 'x k v - m', [2, 3, 8], { ...pair, m: whole([3, 2]) }, head),
  one(`${MS}.MultiHeadAttention`, 'mask of pairs', 'x k v - m', [1, 3, 8], { k: small(1, 4, 8), v: small(1, 4, 8), m: whole([1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1], [1, 3, 4]) }, head),
  one(`${MS}.MultiHeadAttention`, 'added scores', 'x k v - - a', [2, 3, 8], { ...pair, a: small(1, 2, 3, 4) }, head),
  one(`${MS}.MultiHeadAttention`, 'heads of keys', 'x k v', [2, 3, 8], { k: small(2, 2, 4, 4), v: small(2, 2, 4, 4) }, head),
  one(`${MS}.MultiHeadAttention`, 'with a cache', 'x k v - - - pk pv', [2, 3, 8], { ...pair, pk: small(2, 2, 2, 4), pv: small(2, 2, 2, 4) }, head, 'y pk2 pv2'),
  alike(
    one(`${MS}.MultiHeadAttention`, 'packed keys', 'x p', [2, 3, 8], packing, head),
    ...unpacked('p', 0, 'k'),
    ...unpacked('p', 1, 'v'),
    node(`${MS}.MultiHeadAttention`, ['x', 'k', 'v'], head),
  ),
  alike(
    one(`${MS}.MultiHeadAttention`, 'all packed', 'x', [2, 3, 2, 3, 4], packing, head),
    ...unpacked('x', 0, 'q'),
    ...unpacked('x', 1, 'k'),
    ...unpacked('x', 2, 'v'),
    node(`${MS}.MultiHeadAttention`, ['q', 'k', 'v'], head),
  ),
];

export const operatorCases: readonly OperatorCase[] = [
  ...attention,
  ...rotary,
  ...norms,
  ...fused,
  ...microsoft,
];
