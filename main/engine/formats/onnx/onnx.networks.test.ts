import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import { float32, numbers, type Tensor } from '../../graph/tensor.ts';
import { runGraph } from '../../testing/run-graph.ts';
import { describeWithShared, sharedFile } from '../../testing/shared-folder.ts';
import { looksLikeOnnx } from './signature.ts';
import { readOnnx } from './onnx.ts';

interface Figures {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly first: readonly number[];
}

const height = 96;
const width = 128;

/** The input that the figures were computed for, as the formula in `reference.json` has it. */
function waves(amplitude: number): Tensor {
  const data = new Float32Array(3 * height * width);
  let i = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const wave =
          Math.sin(0.11 * x + 0.7 * c) + Math.cos(0.17 * y - 0.3 * c) + 0.5 * Math.sin((0.9 * x * y) / 64);
        data[i++] = amplitude * wave;
      }
    }
  }
  return float32(data, [1, 3, height, width]);
}

function figures(tensor: Tensor): Figures {
  const data = numbers(tensor);
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
  const std = Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length);
  return { shape: tensor.dims, mean, std, first: data.slice(0, 6) };
}

/** The figures of a network's layers. */
function reference(network: string): Record<string, Figures> {
  const parsed: unknown = JSON.parse(readFileSync(sharedFile('models', 'reference.json'), 'utf8'));
  const layers = at(at(parsed, 'models'), network);
  return Object.fromEntries(
    Object.entries(layers ?? {}).flatMap(([layer, value]) => (isFigures(value) ? [[layer, value]] : [])),
  );
}

function at(value: unknown, key: string): object | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'object' && found !== null ? found : undefined;
}

function isFigures(value: unknown): value is Figures {
  return typeof value === 'object' && value !== null && 'mean' in value && 'std' in value && 'first' in value;
}

describeWithShared('real networks', () => {
  it.each([
    ['googlenet', 50],
    ['squeezenet1.1', 50],
    ['mobilenet_v2', 0.4],
    ['inception_v3_mixed8', 0.4],
  ])(
    '%s, read and written, gives the activations of the original',
    { timeout: 60_000 },
    async (name, amplitude) => {
      const bytes = readFileSync(sharedFile('models', `${name}.onnx`));
      expect(looksLikeOnnx(bytes)).toBe(true);
      const expected = Object.entries(reference(name));
      const graph: Graph = { ...readOnnx(bytes), outputs: expected.map(([layer]) => layer) };
      const results = await runGraph(graph, new Map([[graph.inputs[0]?.name ?? '', waves(amplitude)]]));
      expect(expected.length).toBeGreaterThan(4);
      for (const [layer, wanted] of expected) {
        const tensor = results.get(layer);
        if (tensor === undefined) throw new Error(`"${layer}" is missing.`);
        const got = figures(tensor);
        const near = (a: number, b: number) => Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(b), wanted.std);
        expect(got.shape, layer).toEqual(wanted.shape);
        expect({ layer, got, near: near(got.mean, wanted.mean) && near(got.std, wanted.std) }).toMatchObject({
          near: true,
        });
        expect(
          got.first.every((value, i) => near(value, wanted.first[i] ?? NaN)),
          layer,
        ).toBe(true);
      }
    },
  );
});
