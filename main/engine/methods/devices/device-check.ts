/**
 * Whether a device computes what the CPU computes: the value and the gradient of a network on a fixed picture. Graphics
 * drivers exist that answer quickly and wrongly.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import { float32 } from '../../graph/tensor.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { Device, Program, Runtime } from '../../runtime/runtime.ts';
import { defaultLayers, energyOf, resolveTerms } from '../dream/terms.ts';

/** Side of the picture that numbers are compared on: the smallest that most networks take, because some drivers crawl. */
const CHECKED = 64;
/** Side of the picture that steps are timed on. */
const TIMED = 224;
/** Steps that are timed when somebody wants to know exactly; one is enough to choose a device by. */
const TIMED_STEPS = 5;
/** No more steps are timed after this long, in ms. */
const TIMING_MS = 3000;

/** A gradient step: the default objective of a network with the gradient of the picture, as a dream takes it. */
export interface StepResult {
  readonly value: number;
  readonly gradient: Float32Array;
}

export interface Step {
  run(): Promise<StepResult>;
  dispose(): Promise<void>;
}

/** Compiles a step over a picture of `size`×`size` pixels, the same for every device. */
export async function prepareStep(model: Model, runtime: Runtime, size: number): Promise<Step> {
  const objective = energyOf(resolveTerms(model, defaultLayers(model), null));
  const g = model.build({ width: size, height: size }, objective.targets);
  const value = objective.append(g);
  const [gradient] = gradients(g, value, [IMAGE], forms[runtime.device]);
  if (gradient === null || gradient === undefined)
    throw new Error(`"${model.name}" does not depend on its picture.`);
  const program: Program = await runtime.compile(g.finish([value, gradient]));
  const picture = float32(pattern(size), [1, 3, size, size]);
  return {
    async run() {
      const outputs = await program.run({ [IMAGE]: picture });
      return {
        value: outputs[value]?.data[0] ?? NaN,
        gradient: outputs[gradient]?.data ?? new Float32Array(),
      };
    },
    dispose: () => program.dispose(),
  };
}

/** Waves with smooth and detailed places, no two alike. */
function pattern(size: number): Float32Array {
  return Float32Array.from(
    { length: 3 * size * size },
    (_, i) => 0.5 + 0.3 * Math.sin(i * 0.37) + 0.2 * Math.sin(i * i * 1e-4),
  );
}

/** The larger of the relative differences in value and gradient (by norm); infinite where something is not a number. */
export function differenceOf(expected: StepResult, actual: StepResult): number {
  if (actual.gradient.length !== expected.gradient.length) return Infinity;
  let [square, apart] = [0, 0];
  expected.gradient.forEach((v, i) => {
    square += v * v;
    apart += (v - (actual.gradient[i] ?? NaN)) ** 2;
  });
  const value = Math.abs(actual.value - expected.value) / Math.abs(expected.value);
  const difference = Math.max(value, Math.sqrt(apart / square));
  return Number.isNaN(difference) ? Infinity : difference;
}

/**
 * Compares a device with the CPU, and times it.
 *
 * @param exactly whether several steps are timed, rather than one
 * @returns the duration of a gradient step at 224×224 in ms, the first one left out: the median of a few, or one; of a device
 * that would take seconds, an estimate from a smaller picture
 * @throws ReverieError `device/unusable` for a device whose numbers differ by more than `tolerance`
 */
export async function checkDevice(
  model: Model,
  reference: Runtime,
  runtime: Runtime,
  tolerance: number,
  exactly = false,
): Promise<number> {
  const expected = await withStep(model, reference, CHECKED, (step) => step.run());
  const small = await withStep(model, runtime, CHECKED, async (step) => {
    const difference = differenceOf(expected, await step.run());
    if (difference > tolerance) throw wrongNumbers(runtime.device, difference, tolerance);
    return timed(step);
  });
  const expectedMs = small * (TIMED / CHECKED) ** 2;
  if (expectedMs > TIMING_MS) return expectedMs;
  return withStep(model, runtime, TIMED, async (step) => {
    await step.run();
    return exactly ? medianOf(step) : timed(step);
  });
}

function wrongNumbers(device: Device, difference: number, tolerance: number): ReverieError {
  return new ReverieError(
    'device/unusable',
    `The device "${device}" computes wrong numbers: they differ from the CPU's by ${difference.toExponential(1)}, where ${tolerance} is accepted; a newer graphics driver may help.`,
  );
}

async function withStep<T>(
  model: Model,
  runtime: Runtime,
  size: number,
  use: (step: Step) => Promise<T>,
): Promise<T> {
  const step = await prepareStep(model, runtime, size);
  try {
    return await use(step);
  } finally {
    await step.dispose();
  }
}

async function timed(step: Step): Promise<number> {
  const started = performance.now();
  await step.run();
  return performance.now() - started;
}

/** Median duration of a few runs in ms. */
async function medianOf(step: Step): Promise<number> {
  const times: number[] = [];
  const began = performance.now();
  do times.push(await timed(step));
  while (times.length < TIMED_STEPS && performance.now() - began < TIMING_MS);
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}
