/** Flat parts of a picture have equal maxima everywhere: every form must give their gradient to the same place. */
import { expect, it } from 'vitest';
import { float32 } from '../graph/tensor.ts';
import { Builder, type Attributes } from '../graph/builder.ts';
import { runOnce } from '../testing/compare-graphs.ts';
import { gradients } from './backward.ts';
import { forms } from './forms.ts';
import { seededRandom } from './testing/random.ts';

const dims = [1, 16, 9, 8];
const random = seededRandom(7);
/** Few different values, so that most windows hold their maximum more than once. */
const plane = Float32Array.from({ length: 16 * 9 * 8 }, () => Math.max(0, Math.round(random.normal())));

async function gradientOn(device: keyof typeof forms, attributes: Attributes): Promise<number[]> {
  const g = new Builder();
  const x = g.input('x', dims);
  const pooled = g.op('MaxPool', [g.relu(x)], attributes);
  const weights = float32(
    Float32Array.from({ length: g.dims(pooled).reduce((a, b) => a * b) }, (_, i) => 1 + (i % 97)),
    g.dims(pooled),
  );
  const [dx = null] = gradients(g, g.total(g.mul(pooled, g.constant(weights))), [x], forms[device]);
  if (dx === null) throw new Error('There is no gradient.');
  const found = await runOnce(g.finish([dx]), { x: float32(plane, dims) });
  return [...(found[dx]?.data ?? [])];
}

it.each<[string, Attributes]>([
  ['around every pixel', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }],
  ['two apart', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
  ['side by side', { kernel_shape: [2, 2], strides: [2, 2] }],
])('equal maxima are told apart in the same way on every device: windows %s', async (_, attributes) => {
  const expected = await gradientOn('cuda', attributes);
  expect(expected.some((v) => v !== 0)).toBe(true);
  for (const device of ['cpu', 'webgpu', 'tensorflow'] as const)
    expect(await gradientOn(device, attributes), device).toEqual(expected);
});
