/** How much of the machine a gradient step uses: its useful arithmetic per second over that of matrix products. */
import { energy } from '../engine/ascent/objective.ts';
import { forms } from '../engine/gradient/forms.ts';
import { gradients } from '../engine/gradient/backward.ts';
import { inferShapes } from '../engine/graph/shapes.ts';
import { float32 } from '../engine/graph/tensor.ts';
import { defaultLayers } from '../engine/methods/dream-terms.ts';
import { findLayer, type Layer } from '../engine/models/layers.ts';
import { loadModel } from '../engine/models/load.ts';
import { IMAGE, type Model } from '../engine/models/model.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
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

export interface NetworkBench {
  readonly row: NetworkRow;
  /** The speed of matrix products, measured in turns with the step. */
  readonly gemmGflops: number;
}

const SIZE = 224;
const PATIENCE = { rounds: 60, seconds: 20 };

/** The layer of the first deep dreams: relatives of GoogLeNet are compared there, whatever they are dreamed with. */
const COMMON = 'mixed4c';

/** Times the step to the deepest of the layers that the network is dreamed with, and to the common one if it has that, too. */
export async function benchNetwork(
  path: string,
  runtime: Runtime,
  products: readonly Product[],
): Promise<NetworkBench[]> {
  const model = await loadModel(path);
  const layers = model.layers();
  const deepest = findLayer(layers, defaultLayers(model).at(-1)?.layer ?? '');
  const common = layers.filter(({ name, aliases }) => [name, ...aliases].includes(COMMON));
  const benches: NetworkBench[] = [];
  for (const layer of new Set([deepest, ...common]))
    benches.push(await benchLayer(model, layer, runtime, products));
  return benches;
}

async function benchLayer(
  model: Model,
  { name: layer, tensor }: Layer,
  runtime: Runtime,
  products: readonly Product[],
): Promise<NetworkBench> {
  const { forward, step } = await programs(model, runtime, tensor);
  const feeds = { [IMAGE]: pattern() };
  try {
    // The first runs allocate memory.
    await forward.run(feeds);
    await step.run(feeds);
    const ms = await fastest(
      {
        forward: () => forward.run(feeds),
        step: () => step.run(feeds),
        ...Object.fromEntries(products.map((product, i) => [`product ${i}`, () => product.run()])),
      },
      PATIENCE,
    );
    const timed: Readonly<Record<string, number>> = ms;
    const speeds = products.map(({ gflop }, i) => (1000 * gflop) / (timed[`product ${i}`] ?? Infinity));
    return {
      row: {
        name: model.name,
        size: SIZE,
        layer,
        msForward: ms.forward,
        msStep: ms.step,
        usefulGflops: (2e-6 * stepWork(model, tensor)) / ms.step,
      },
      gemmGflops: Math.max(...speeds),
    };
  } finally {
    await forward.dispose();
    await step.dispose();
  }
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
