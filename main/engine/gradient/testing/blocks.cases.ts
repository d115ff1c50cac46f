/** Small networks of the kinds that image networks are built of. */
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { floats, index, network, normal, spaced, withoutTensorflow, type GradientCase } from './case.ts';

/** x·W + b over the last axis. */
const dense = (g: Builder, x: Name, w: Name, b: Name): Name => g.add(g.op('MatMul', [x, w]), b);

/** A vision transformer of one block: patches of 4×4, a class token, two heads of attention, a Gelu MLP, both residual. */
const transformer = (g: Builder, operands: readonly Name[]): readonly Name[] => {
  const [
    image = '',
    patch = '',
    token = '',
    position = '',
    scale = '',
    qkv = '',
    out = '',
    up = '',
    down = '',
  ] = operands;
  const [features, heads] = [8, 2];
  const zero = g.scalar(0);
  const patches = g.op('Conv', [image, patch], { strides: [4, 4] });
  const [n, , rows, columns] = g.dims(patches);
  const count = (rows ?? 1) * (columns ?? 1);
  const rowsOfPatches = g.transpose(g.reshape(patches, [n ?? 1, features, count]), [0, 2, 1]);
  const tokens = g.add(g.concat([g.expand(token, [n ?? 1, 1, features]), rowsOfPatches], 1), position);
  const normalised = g.op('LayerNormalization', [tokens, scale]);
  const parts = g.reshape(dense(g, normalised, qkv, zero), [n ?? 1, count + 1, 3, heads, features / heads]);
  const apart = g.transpose(parts, [2, 0, 3, 1, 4]);
  const [q = '', k = '', v = ''] = [0, 1, 2].map((i) =>
    g.op('Gather', [apart, g.constant(index(i))], { axis: 0 }),
  );
  const scores = g.scale(g.op('MatMul', [q, g.transpose(k, [0, 1, 3, 2])]), (features / heads) ** -0.5);
  const mixed = g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), v]);
  const joined = g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [n ?? 1, count + 1, features]);
  const attended = g.add(tokens, dense(g, joined, out, zero));
  const hidden = g.op('Gelu', [dense(g, g.op('LayerNormalization', [attended, scale]), up, g.scalar(0.1))]);
  const result = g.add(attended, dense(g, hidden, down, zero));
  return [
    g.op('Gather', [g.op('LayerNormalization', [result, scale]), g.constant(index(0))], { axis: 1 }),
    attended,
  ];
};

/** Convolution, batch normalisation and ReLU6, twice, around which the input is led. */
const residual = (g: Builder, operands: readonly Name[]): readonly Name[] => {
  const [x = '', w = '', scale = '', shift = '', mean = '', variance = ''] = operands;
  const layer = (input: Name): Name =>
    g.op('BatchNormalization', [
      g.op('Conv', [input, w], { pads: [1, 1, 1, 1] }),
      scale,
      shift,
      mean,
      variance,
    ]);
  const relu6 = (input: Name): Name => g.op('Clip', [input, g.scalar(0), g.scalar(6)]);
  return [relu6(g.add(x, layer(relu6(layer(x)))))];
};

export const blockCases: GradientCase[] = [
  ...withoutTensorflow(
    network(
      'a vision transformer',
      'smooth',
      [
        normal(2, 3, 8, 12),
        ...[normal(8, 3, 4, 4), normal(1, 1, 8), normal(1, 7, 8), normal(8)],
        ...[normal(8, 24), normal(8, 8), normal(8, 16), normal(16, 8)],
      ],
      transformer,
      [0, 2, 3, 4, 5, 6, 7, 8],
    ),
  ),
  network(
    'a residual block',
    'kinked',
    [
      spaced(1, 2, 4, 4),
      floats(
        Array.from({ length: 36 }, (_, i) => (((i * 7) % 11) - 5) / 64),
        2,
        2,
        3,
        3,
      ),
      ...[floats([1, 0.5]), floats([0.25, -0.125]), floats([0, 0.25]), floats([1, 1])],
    ],
    residual,
  ),
];
