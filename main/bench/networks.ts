/** How much of the machine a gradient step uses: its useful arithmetic per second over that of matrix products. */
import { energy } from '../engine/ascent/objective.ts';
import { forms } from '../engine/gradient/forms.ts';
import { gradients } from '../engine/gradient/backward.ts';
import { inferShapes } from '../engine/graph/shapes.ts';
import { float32 } from '../engine/graph/tensor.ts';
import { defaultLayers } from '../engine/methods/dream/terms.ts';
import { findLayer, type Layer } from '../engine/models/layers.ts';
import { loadModel } from '../engine/models/load.ts';
import { IMAGE, type Model } from '../engine/models/model.ts';
import type { Program, Runtime, Values } from '../engine/runtime/runtime.ts';
import type { Product } from './product.ts';
import { fastest } from './timing.ts';
import { stepMultiplyAdds } from './useful.ts';

export interface NetworkRow {
  readonly name: string;
  /** Side of the square picture. */
  readonly size: number;
  readonly layer: string;
  /** Milliseconds to the layer, and for the same with the gradient of the picture. */
  readonly msForward: number;
  readonly msStep: number;
  readonly usefulGflops: number;
}

const SIZE = 224;
const ROUNDS = 60;
/** For each of the rows. */
const SECONDS = 20;

/** The layer of the first deep dreams: relatives of GoogLeNet are compared there, whatever they are dreamed with. */
const COMMON = 'mixed4c';

/**
 * Times the steps to the deepest of the layers that each network is dreamed with, and to the common one if it has that, too. All
 * of them take turns, and `products` with them, so that they can be compared.
 */
export async function benchNetworks(
  paths: readonly string[],
  runtime: Runtime,
  products: readonly Product[],
): Promise<{ rows: NetworkRow[]; gemmGflops: number }> {
  const prepared: PreparedLayer[] = [];
  try {
    for (const path of paths) {
      const model = await loadModel(path);
      const layers = model.layers();
      const deepest = findLayer(layers, defaultLayers(model).at(-1)?.layer ?? '');
      const common = layers.filter(({ name, aliases }) => [name, ...aliases].includes(COMMON));
      for (const layer of new Set([deepest, ...common]))
        prepared.push(await prepareLayer(model, layer, runtime));
    }
    const ms: Readonly<Record<string, number>> = await fastest(
      Object.fromEntries([
        ...prepared.flatMap(({ forward, step, feeds }, i) => [
          [`forward ${i}`, () => forward.run(feeds)] as const,
          [`step ${i}`, () => step.run(feeds)] as const,
        ]),
        ...products.map((product, i) => [`product ${i}`, () => product.run()] as const),
      ]),
      { rounds: ROUNDS, seconds: SECONDS * prepared.length },
    );
    const took = (candidate: string): number => ms[candidate] ?? Infinity;
    return {
      rows: prepared.map(({ model, layer, multiplyAdds }, i) => ({
        name: model.name,
        size: SIZE,
        layer: layer.name,
        msForward: took(`forward ${i}`),
        msStep: took(`step ${i}`),
        usefulGflops: (2e-6 * multiplyAdds) / took(`step ${i}`),
      })),
      gemmGflops: Math.max(0, ...products.map(({ gflop }, i) => (1000 * gflop) / took(`product ${i}`))),
    };
  } finally {
    for (const { forward, step } of prepared) {
      await forward.dispose();
      await step.dispose();
    }
  }
}

interface PreparedLayer {
  readonly model: Model;
  readonly layer: Layer;
  readonly forward: Program;
  readonly step: Program;
  readonly feeds: Values;
  /** Of a step. */
  readonly multiplyAdds: number;
}

async function prepareLayer(model: Model, layer: Layer, runtime: Runtime): Promise<PreparedLayer> {
  const { forward, step } = await programs(model, runtime, layer.tensor);
  const feeds = { [IMAGE]: pattern() };
  // The first runs allocate memory.
  await forward.run(feeds);
  await step.run(feeds);
  return { model, layer, forward, step, feeds, multiplyAdds: stepWork(model, layer.tensor) };
}

async function programs(model: Model, runtime: Runtime, tensor: string) {
  const g = model.build({ width: SIZE, height: SIZE }, [tensor]);
  const value = energy(g, [{ tensor, weight: 1 }]);
  const forward = await runtime.compile(g.finish([value]));
  const [gradient] = gradients(g, value, [IMAGE], forms[runtime.device]);
  if (gradient === null || gradient === undefined) throw new Error(`"${tensor}" has no gradient.`);
  return { forward, step: await runtime.compile(g.finish([value, gradient])) };
}

/** Multiply–adds of a step. */
function stepWork({ graph, channels, card }: Model, tensor: string): number {
  const [input] = graph.inputs;
  const dims = card.preprocessing.layout === 'NHWC' ? [1, SIZE, SIZE, channels] : [1, channels, SIZE, SIZE];
  return stepMultiplyAdds(graph, inferShapes(graph, { [input?.name ?? '']: dims }), tensor);
}

/** A picture of waves: smooth and detailed places, no two alike. */
function pattern() {
  const data = Float32Array.from(
    { length: 3 * SIZE * SIZE },
    (_, i) => 0.5 + 0.3 * Math.sin(i * 0.37) + 0.2 * Math.sin(i * i * 1e-4),
  );
  return float32(data, [1, 3, SIZE, SIZE]);
}
