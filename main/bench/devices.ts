/**
 * The same networks on every device that is usable here: how fast a step is, how far its numbers are from the CPU's, and what
 * is left of the difference in the picture after ten steps. TensorFlow.js's own gradient is measured beside ours.
 */
import { dream as dreamFields } from '../../shared/recipes/dream.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { errorData } from '../../shared/errors.ts';
import { float32 } from '../engine/graph/tensor.ts';
import { createPixels, type Pixels } from '../engine/imaging/pixels.ts';
import { differenceOf, medianOf, prepareStep } from '../engine/methods/device-check.ts';
import { defaultLayers, energyOf, resolveTerms } from '../engine/methods/dream-terms.ts';
import { dream, planDream } from '../engine/methods/dream.ts';
import { loadModel } from '../engine/models/load.ts';
import type { Model } from '../engine/models/model.ts';
import { ProgramCache } from '../engine/runtime/cache.ts';
import { providers, type Provider } from '../engine/runtime/providers.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
import { plainGradient } from '../engine/runtime/tensorflow/plain-gradient.ts';

/** Side of the pictures: what a software implementation of a graphics card can still be waited for. */
const SIZE = 96;
const STEPS = 10;

export interface DeviceFigures {
  readonly network: string;
  readonly device: string;
  /** Why there are no figures. */
  readonly reason: string | null;
  /** Median of a few steps. */
  readonly msPerStep: number;
  /** Its duration over that of the CPU. */
  readonly toCpu: number;
  /** Largest relative difference from the CPU in value and gradient. */
  readonly difference: number;
  /** Of the pictures after ten steps, in dB; infinite for equal ones. */
  readonly psnr: number;
  /** Duration of `tf.grad` over that of our step; infinite where it lacks a gradient, null for other libraries. */
  readonly plainRatio: number | null;
}

export async function benchDevices(
  files: readonly string[],
  tell: (line: string) => void,
): Promise<DeviceFigures[]> {
  const rows: DeviceFigures[] = [];
  for (const file of files) {
    const model = await loadModel(file);
    const [first, ...others] = providers;
    if (first === undefined) break;
    tell(`${model.name} on ${first.device} …`);
    const reference = await measure(model, first.open(0));
    rows.push(figures(model, first, reference, reference, null));
    for (const provider of others) {
      if (provider.absent(process) !== null) continue;
      tell(`${model.name} on ${provider.device} …`);
      rows.push(await row(model, provider, reference));
    }
  }
  return rows;
}

/** What is measured on a device. */
interface Measured {
  readonly step: { readonly value: number; readonly gradient: Float32Array };
  readonly ms: number;
  readonly picture: Pixels;
}

async function measure(model: Model, runtime: Runtime): Promise<Measured> {
  const prepared = await prepareStep(model, runtime, SIZE);
  try {
    const step = await prepared.run();
    const ms = await medianOf(prepared);
    return { step, ms, picture: await dreamt(model, runtime) };
  } finally {
    await prepared.dispose();
  }
}

async function row(model: Model, provider: Provider, reference: Measured): Promise<DeviceFigures> {
  try {
    const measured = await measure(model, provider.open(0));
    const plain = provider.device === 'tensorflow' ? await plainMs(model).catch(() => Infinity) : null;
    return figures(model, provider, measured, reference, plain);
  } catch (error) {
    const none = { msPerStep: NaN, toCpu: NaN, difference: NaN, psnr: NaN, plainRatio: null };
    return { network: model.name, device: provider.device, reason: errorData(error).message, ...none };
  }
}

const figures = (
  model: Model,
  { device }: Provider,
  measured: Measured,
  reference: Measured,
  plain: number | null,
): DeviceFigures => ({
  network: model.name,
  device,
  reason: null,
  msPerStep: measured.ms,
  toCpu: measured.ms / reference.ms,
  difference: differenceOf(reference.step, measured.step),
  psnr: psnr(reference.picture, measured.picture),
  plainRatio: plain === null ? null : plain / measured.ms,
});

/** A dream with the settings that people get, in one octave. */
async function dreamt(model: Model, runtime: Runtime): Promise<Pixels> {
  const settings = parse(dreamFields, { octaves: 1, steps: STEPS, size: SIZE });
  const objective = energyOf(resolveTerms(model, defaultLayers(model), null));
  const source = waves();
  const plan = planDream(source, settings, model.smallest(objective.targets));
  const programs = new ProgramCache(0);
  const options = { ...settings, tile: SIZE, mask: undefined };
  let picture = source;
  for await (const step of dream({ model, runtime, programs, objective }, source, plan, options))
    picture = step.picture;
  await programs.clear();
  return picture;
}

/** Smooth and detailed places in all colours. */
function waves(): Pixels {
  const picture = createPixels(SIZE, SIZE);
  const plane = SIZE * SIZE;
  picture.data.forEach((_, i) => {
    const [x, y, channel] = [i % SIZE, Math.floor((i % plane) / SIZE), Math.floor(i / plane)];
    picture.data[i] = 0.5 + 0.25 * Math.sin(x / (5 + channel)) + 0.2 * Math.sin((x * y) / 500 + channel);
  });
  return picture;
}

function psnr(a: Pixels, b: Pixels): number {
  let square = 0;
  a.data.forEach((v, i) => (square += (v - (b.data[i] ?? NaN)) ** 2));
  return -10 * Math.log10(square / a.data.length);
}

/** Median duration in ms of TensorFlow.js's own gradient of the same objective. */
async function plainMs(model: Model): Promise<number> {
  const objective = energyOf(resolveTerms(model, defaultLayers(model), null));
  const g = model.build({ width: SIZE, height: SIZE }, objective.targets);
  const gradient = await plainGradient(g.finish([objective.append(g)]));
  const picture = float32(waves().data, [1, 3, SIZE, SIZE]);
  try {
    return await medianOf({ run: () => gradient.run(picture) });
  } finally {
    await gradient.dispose();
  }
}
