/** How far two graphs that should mean the same differ, in their values and in their gradients. */
import { gradients } from '../gradient/backward.ts';
import type { Rules } from '../gradient/rule.ts';
import { rules } from '../gradient/rules.ts';
import { seededRandom } from '../gradient/testing/random.ts';
import { Builder } from '../graph/builder.ts';
import type { Graph, Name } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { float32, sizeOf, type FloatTensor } from '../graph/tensor.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import type { Values } from '../runtime/runtime.ts';

/** A graph of one static float input, with the rules that differentiate it. */
export interface Side {
  readonly graph: Graph;
  readonly rules?: Rules;
}

/** Norm of the difference over the norm of the first; 0 where both vanish. */
export interface Difference {
  readonly values: number;
  readonly gradient: number;
}

/** Standard normal values of a shape. */
export function normalTensor(dims: readonly number[], seed = 1): FloatTensor {
  const random = seededRandom(seed);
  return float32(
    Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
    dims,
  );
}

/** The outputs of a graph as the CPU computes them. */
export async function runOnce(graph: Graph, feeds: Values): Promise<Values> {
  const program = await onnxRuntime({ threads: 1 }).compile(graph);
  try {
    return await program.run(feeds);
  } finally {
    await program.dispose();
  }
}

async function run({ graph, rules: table = rules }: Side, x: FloatTensor): Promise<Float32Array[]> {
  const [input] = graph.inputs;
  const [y] = graph.outputs;
  if (input === undefined || y === undefined)
    throw new Error('A graph of one input and one output is needed.');
  const g = new Builder();
  g.input(input.name, x.dims);
  g.inline(graph, inferShapes(graph, { [input.name]: x.dims }), { [input.name]: input.name });
  const weights = g.constant(normalTensor(g.dims(y), 2));
  const [dx] = gradients(g, g.total(g.mul(y, weights)), [input.name], table);
  if (dx === null || dx === undefined) throw new Error('The input has no gradient.');
  const outputs: Name[] = [y, dx];
  const results = await runOnce(g.finish(outputs), { [input.name]: x });
  return outputs.map((name) => results[name]?.data ?? new Float32Array());
}

/** Compares the first output of two graphs at `x`, and the gradient of a random weighting of it. */
export async function compareGraphs(expected: Side, actual: Side, x: FloatTensor): Promise<Difference> {
  const [values, gradient] = await run(expected, x);
  const [otherValues, otherGradient] = await run(actual, x);
  return { values: distance(values, otherValues), gradient: distance(gradient, otherGradient) };
}

function distance(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return Infinity;
  let [square, apart] = [0, 0];
  a.forEach((v, i) => {
    square += v * v;
    apart += (v - (b[i] ?? 0)) ** 2;
  });
  if (Number.isNaN(apart)) return Infinity;
  return apart === 0 ? 0 : Math.sqrt(apart / square);
}
