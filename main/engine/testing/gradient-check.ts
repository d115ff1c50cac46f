/**
 * Compares the gradient of a case with differences of its own forward pass. The objective is Σ w·y with random w, summed
 * here in double precision over outputs in single precision; differences are central, along random directions of ±1, and
 * extrapolated over three step sizes (Richardson), which leaves an error of the order of step⁶:
 * - a linear case has no such error, so its steps are whole: this is the adjoint identity ⟨A·d, w⟩ = ⟨d, Aᵀ·w⟩;
 * - a kinked case is exact while no kink is crossed; its values lie 1/16 away, the steps reach 1/64 (exact in binary);
 * - a smooth case takes steps that leave both errors near 1e-5.
 */
import type { Name } from '../graph/graph.ts';
import { Builder } from '../graph/builder.ts';
import { sizeOf, type FloatTensor, type Tensor } from '../graph/tensor.ts';
import { gradients } from '../gradient/backward.ts';
import type { Rules } from '../gradient/rule.ts';
import type { GradientCase, Smoothness } from '../gradient/testing/case.ts';
import { seededRandom } from '../gradient/testing/random.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import type { Runtime, Values } from '../runtime/runtime.ts';

const STEPS: Readonly<Record<Smoothness, number>> = { linear: 1, kinked: 1 / 64, smooth: 1 / 8 };
const DIRECTIONS = 4;

/** The CPU, for graphs so small that threads would only wait for each other. */
export const cpu: Runtime = onnxRuntime({ threads: 1 });

interface Prepared {
  readonly builder: Builder;
  /** The differentiated inputs with their values. */
  readonly feeds: Values;
  /** Weight of each output in the objective. */
  readonly weights: ReadonlyMap<Name, FloatTensor>;
  /** Gradient of the objective with respect to each of `feeds`; null where it does not depend on it. */
  readonly gradients: ReadonlyMap<Name, Name | null>;
}

/** The graph of a case with its gradient; the same for the same seed. */
export function prepare(test: GradientCase, rules: Rules, seed = 1): Prepared {
  const random = seededRandom(seed);
  const builder = new Builder();
  const feeds: Record<Name, FloatTensor> = {};
  const operands = test.operands.map((operand, i) => {
    if (operand === null) return '';
    const tensor = typeof operand === 'function' ? operand(random) : operand;
    if (!test.wrt.includes(i)) return builder.constant(tensor);
    feeds[`x${i}`] = floatsOf(tensor);
    return builder.input(`x${i}`, tensor.dims);
  });
  const weights = new Map<Name, FloatTensor>();
  let objective: Name | undefined;
  for (const output of test.build(builder, operands)) {
    const { type, dims } = builder.info(output);
    if (type !== 'float32') continue;
    const data = Float32Array.from({ length: sizeOf(dims) }, () => random.normal());
    const weight: FloatTensor = { type, dims, data };
    weights.set(output, weight);
    const part = builder.total(builder.mul(output, builder.constant(weight)));
    objective = objective === undefined ? part : builder.add(objective, part);
  }
  if (objective === undefined) throw new Error(`"${test.title}" has no float output.`);
  const sources = Object.keys(feeds);
  const found = gradients(builder, objective, sources, rules);
  return { builder, feeds, weights, gradients: new Map(sources.map((x, i) => [x, found[i] ?? null])) };
}

/** Runs part of a prepared graph. */
async function withProgram<T>(
  runtime: Runtime,
  { builder, feeds }: Prepared,
  outputs: readonly Name[],
  use: (run: (changes?: Values) => Promise<Values>) => Promise<T>,
): Promise<T> {
  const graph = builder.finish(outputs);
  const program = await runtime.compile(graph);
  try {
    return await use((changes = {}) => {
      const values = { ...feeds, ...changes };
      const needed = graph.inputs.flatMap(({ name }) => {
        const value = values[name];
        return value === undefined ? [] : [[name, value] as const];
      });
      return program.run(Object.fromEntries(needed));
    });
  } finally {
    await program.dispose();
  }
}

/** The outputs of a graph that a builder holds, as plain numbers. */
export async function valuesOf(g: Builder, outputs: readonly Name[], feeds: Values): Promise<number[][]> {
  const program = await cpu.compile(g.finish(outputs));
  const found = await program.run(feeds);
  await program.dispose();
  return outputs.map((name) => [...(found[name]?.data ?? [])]);
}

/** The gradients of a case as a runtime computes them, by the name of their input; none where they are zero. */
export function gradientsOn(runtime: Runtime, test: GradientCase, rules: Rules): Promise<Values> {
  const prepared = prepare(test, rules);
  return withProgram(runtime, prepared, targetsOf(prepared), async (run) => byInput(prepared, await run()));
}

/**
 * The largest error of a case's gradients, relative to the difference along a direction, or to the norm of the gradient
 * where that is larger (it is the size that a derivative along a random direction of ±1 has on average).
 */
export function gradientError(runtime: Runtime, test: GradientCase, rules: Rules): Promise<number> {
  const prepared = prepare(test, rules);
  const { feeds, weights } = prepared;
  return withProgram(runtime, prepared, [...weights.keys(), ...targetsOf(prepared)], async (run) => {
    const objective = async (changes: Values): Promise<number> => {
      const outputs = await run(changes);
      let sum = 0;
      for (const [name, weight] of weights) sum += dot(weight.data, outputs[name]?.data ?? []);
      return sum;
    };
    const found = byInput(prepared, await run());
    const random = seededRandom(2);
    let worst = 0;
    for (const [name, value] of Object.entries(feeds)) {
      const gradient = found[name]?.data ?? new Float32Array(value.data.length);
      for (let i = 0; i < DIRECTIONS; i++) {
        const direction = Float32Array.from(value.data, () => random.sign());
        const along = (t: number): Promise<number> => objective({ [name]: moved(value, direction, t) });
        const expected = await extrapolated(along, STEPS[test.smoothness]);
        const size = Math.max(Math.abs(expected), Math.sqrt(dot(gradient, gradient)));
        const error = Math.abs(dot(gradient, direction) - expected);
        if (Number.isNaN(error)) return Infinity;
        worst = Math.max(worst, size === 0 ? 0 : error / size);
      }
    }
    return worst;
  });
}

const targetsOf = ({ gradients: names }: Prepared): Name[] =>
  [...names.values()].filter((name) => name !== null);

function byInput({ gradients: names }: Prepared, outputs: Values): Values {
  const found: Record<Name, FloatTensor> = {};
  for (const [name, gradient] of names) {
    const value = gradient === null ? undefined : outputs[gradient];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function floatsOf(tensor: Tensor): FloatTensor {
  if (tensor.type !== 'float32') throw new Error('Only floats can be differentiated.');
  return tensor;
}

/** df/dt at 0 from central differences of steps h, h/2 and h/4. */
async function extrapolated(f: (t: number) => Promise<number>, h: number): Promise<number> {
  const central = async (t: number): Promise<number> => ((await f(t)) - (await f(-t))) / (2 * t);
  const [a, b, c] = [await central(h), await central(h / 2), await central(h / 4)];
  return (64 * c - 20 * b + a) / 45;
}

/** x + t·direction. */
export function moved(x: FloatTensor, direction: ArrayLike<number>, t: number): FloatTensor {
  return { ...x, data: x.data.map((v, i) => v + t * (direction[i] ?? 0)) };
}

/** Σ aᵢbᵢ in double precision. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
