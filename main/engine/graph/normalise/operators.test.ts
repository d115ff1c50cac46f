/** Operators that are written with simpler ones, against ONNX Runtime's own kernels. */
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../testing/run-graph.ts';
import { inferAxes } from '../axes/infer.ts';
import { OPSET, type Attribute, type Graph, type Name, type Node } from '../graph.ts';
import { network, node, values } from '../normalise.cases.ts';
import { normalise } from '../normalise.ts';
import { specialise } from '../shapes.ts';
import { bool, float32, int64, numbers, type Tensor } from '../tensor.ts';
import { attentionRewrites } from './attention-operators.ts';
import { fusedRewrites } from './fused.ts';
import { normRewrites } from './norms.ts';
import { operatorCases } from './operators.cases.ts';
import { rotaryRewrites } from './rotary.ts';

const written = { ...attentionRewrites, ...fusedRewrites, ...normRewrites, ...rotaryRewrites };
const input = ({ inputs }: Graph): Tensor => values(...(inputs[0]?.dims ?? []).map(Number));

describe('an operator that is written out computes what its kernel does', () => {
  it.each(operatorCases)('$name', async ({ opset, graph, alike = graph }) => {
    const normal = normalise(graph, opset);
    expect(normal.nodes.filter(({ op }) => Object.hasOwn(written, op))).toEqual([]);
    const feeds = new Map([['x', input(graph)]]);
    const expected = await runGraph(alike, feeds, { opset });
    const found = await runGraph(normal, feeds);
    for (const [name, want] of expected) {
      const got = found.get(name);
      expect(got?.dims).toEqual(want.dims);
      const list = got === undefined ? [] : numbers(got);
      numbers(want).forEach((value, i) => expect(list[i]).toBeCloseTo(value, 4));
    }
  });
});

it.each(operatorCases)('$name is left alone the second time', ({ opset, graph }) => {
  const once = normalise(graph, opset);
  expect(normalise(once, OPSET).nodes).toEqual(once.nodes);
});

describe('what is not written out is refused, with the node and what to do', () => {
  const many = {
    t: float32(new Float32Array(12).fill(1), [4, 3]),
    s: float32(new Float32Array(8).fill(1)),
    i: int64([2]),
    m: float32([0], [1, 1, 1, 1]),
  };
  it.each<[string, string, Name[], Record<string, Attribute>, RegExp]>([
    [
      'a cache outside',
      'Attention',
      ['x', 'x', 'x', '', '', '', 'i'],
      { q_num_heads: 2, kv_num_heads: 2 },
      /cache/,
    ],
    ['heads that nobody counts', 'Attention', ['x', 'x', 'x'], {}, /how many heads/],
    [
      'heads that do not divide',
      'Attention',
      ['x', 'x', 'x'],
      { q_num_heads: 3, kv_num_heads: 3 },
      /3 heads/,
    ],
    [
      'a buffer',
      'com.microsoft.MultiHeadAttention',
      ['x', 'x', 'x', '', '', '', '', '', 'i'],
      { num_heads: 2 },
      /cache/,
    ],
    [
      'a mask of four axes',
      'com.microsoft.MultiHeadAttention',
      ['x', 'x', 'x', '', 'm'],
      { num_heads: 2 },
      /mask of 4 axes/,
    ],
    [
      'packed tokens',
      'com.microsoft.RotaryEmbedding',
      ['x', 'i', 'm', 'm'],
      { is_packed_batching: 1 },
      /without packing/,
    ],
    [
      'tables for no whole number of heads',
      'com.microsoft.RotaryEmbedding',
      ['x', 'i', 't', 't'],
      {},
      /divides its features into/,
    ],
    [
      'an odd part',
      'RotaryEmbedding',
      ['x', 'm', 'm', ''],
      { num_heads: 2, rotary_embedding_dim: 3 },
      /turns 3/,
    ],
    [
      'an activation of another kind',
      'com.microsoft.FusedGemm',
      ['s', 's', 's'],
      { activation: 'Mystery' },
      /"Mystery"/,
    ],
  ])('%s', (_, op, inputs, attributes, words) => {
    const graph = network([node(op, inputs, attributes)], many, [1, 2, 8]);
    expect(() => normalise(graph, 24)).toThrow(
      expect.objectContaining({
        code: 'model/unsupported',
        message: expect.stringMatching(words) as unknown,
      }),
    );
    expect(() => normalise(graph, 24)).toThrow(`"${op}-y"`);
  });
});

describe('tokens and heads are found through an attention', () => {
  /** Patches of a picture as tokens of eight features, with a class token before them. */
  const tokens: readonly Node[] = [
    node('Conv', ['x', 'w'], { strides: [8, 8] }, ['patches']),
    node('Reshape', ['patches', 'rows'], {}, ['flat']),
    node('Transpose', ['flat'], { perm: [0, 2, 1] }, ['bare']),
    node('Concat', ['class', 'bare'], { axis: 1 }, ['tokens']),
  ];
  const constants = {
    w: values(8, 3, 8, 8),
    rows: int64([1, 8, 12]),
    class: values(1, 1, 8),
    cos: values(1, 13, 2),
    sin: values(1, 13, 2),
    joint: values(8, 24),
    bias: values(24),
    seen: bool(new Array<boolean>(169).fill(true), [13, 13]),
  };
  const two = { q_num_heads: 2, kv_num_heads: 2 };
  const MS = 'com.microsoft';
  it.each<[string, Node[]]>([
    ['Attention', [node('Attention', ['tokens', 'tokens', 'tokens'], two)]],
    ['Attention with a mask', [node('Attention', ['tokens', 'tokens', 'tokens', 'seen'], two)]],
    [
      'Attention, shared keys',
      [
        node('Slice', ['tokens', 'from', 'to', 'along'], {}, ['half']),
        node('Attention', ['tokens', 'half', 'half'], { q_num_heads: 2, kv_num_heads: 1 }),
      ],
    ],
    [
      'MultiHeadAttention',
      [node(`${MS}.MultiHeadAttention`, ['tokens', 'tokens', 'tokens', 'bias'], { num_heads: 2 })],
    ],
    [
      'the Attention of ONNX Runtime',
      [node(`${MS}.Attention`, ['tokens', 'joint', 'bias'], { num_heads: 2 })],
    ],
    [
      'RotaryEmbedding before it',
      [
        node('RotaryEmbedding', ['tokens', 'cos', 'sin', ''], { num_heads: 2 }, ['turned']),
        node('Attention', ['turned', 'turned', 'tokens'], two),
      ],
    ],
    [
      'RotaryEmbedding in turn',
      [
        node('RotaryEmbedding', ['tokens', 'cos', 'sin', ''], { num_heads: 2, interleaved: 1 }, ['turned']),
        node('Attention', ['turned', 'turned', 'tokens'], two),
      ],
    ],
  ])('%s', (_, nodes) => {
    const all = { ...constants, from: int64([0]), to: int64([4]), along: int64([2]) };
    const graph = network([...tokens, ...nodes], all, [1, 3, 24, 32]);
    const { graph: special, infos } = specialise(normalise(graph, 24), {});
    const axes = inferAxes(special, infos, 'NCHW');
    const grid = [
      expect.objectContaining({ kind: 'rows', size: 3 }),
      expect.objectContaining({ kind: 'columns', size: 4 }),
    ] as unknown[];
    const patches = [expect.objectContaining({ kind: 'tokens', before: 1, after: 0, grid })] as unknown[];
    const weights = special.nodes
      .filter(({ op }) => op === 'Softmax')
      .map(({ outputs }) => axes.get(outputs[0] ?? ''));
    expect(weights).toEqual([
      [
        [],
        [expect.objectContaining({ kind: 'features', size: 2 })],
        patches,
        [expect.objectContaining({ kind: 'keys', size: 13 })],
      ],
    ]);
    expect(axes.get('y')).toEqual([[], patches, [expect.objectContaining({ kind: 'features', size: 8 })]]);
  });
});
