/**
 * The same networks on every device that is usable here: how fast a step is, how far its numbers are from the CPU's, and what
 * becomes of the difference in ten steps of a dream, beside what becomes of a disturbance of the picture on the CPU itself.
 * TensorFlow.js's own gradient is measured beside ours.
 */
import { dream as dreamFields } from '../../shared/recipes/dream.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { errorData } from '../../shared/errors.ts';
import { random } from '../engine/ascent/random.ts';
import { float32 } from '../engine/graph/tensor.ts';
import { createPixels, type Pixels } from '../engine/imaging/pixels.ts';
import { differenceOf, prepareStep, type StepResult } from '../engine/methods/devices/device-check.ts';
import { defaultLayers, energyOf, resolveTerms } from '../engine/methods/dream/terms.ts';
import { dream, planDream } from '../engine/methods/dream/dream.ts';
import { loadModel } from '../engine/models/load.ts';
import type { Model } from '../engine/models/model.ts';
import { ProgramCache } from '../engine/runtime/cache.ts';
import { providers, type Provider } from '../engine/runtime/providers.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
import { loadBackend } from '../engine/runtime/tensorflow/backend.ts';
import { plainGradient } from '../engine/runtime/tensorflow/plain-gradient.ts';
import { fastest } from './timing.ts';

/** Side of the pictures: what a software implementation of a graphics card can still be waited for. */
const SIZE = 96;
const STEPS = 10;
/** Share of the usual strength: gentler steps carry fewer values over the edge of a gate. */
const GENTLE = 0.25;

/** What is measured in turns is measured so often, or for so long. */
const EFFORT = { rounds: 15, seconds: 12 };

/** Pictures that differ less, as root mean square of values from 0 to 1, come from the same gates. */
const SAME = 1e-6;

/** Root mean square of a disturbance of the picture: what a last bit or two of float32 amount to in the first layers. */
const DISTURBANCE = 1e-6;

export interface DeviceFigures {
  readonly network: string;
  /** As the device is called; `disturbed` for the CPU from a disturbed picture. */
  readonly device: string;
  /** Why there are no figures. */
  readonly reason: string | null;
  /** The fastest of several steps. */
  readonly msPerStep: number;
  /** Its duration over that of the CPU, measured in turns. */
  readonly toCpu: number;
  /** Largest relative difference from the CPU in value and gradient, on the same picture. */
  readonly difference: number;
  /** Steps of the dream after which the picture is still the CPU's. */
  readonly agreeing: number;
  /** Of the pictures after ten steps, in dB; infinite for equal ones. */
  readonly psnr: number;
  /** The same of dreams at a quarter of the strength. */
  readonly gentlePsnr: number;
  /** How much the objective grew in ten steps, over how much it grew on the CPU. */
  readonly growth: number;
  /** Duration of `tf.grad` over that of a step on the CPU; infinite where it lacks a gradient, null for other libraries. */
  readonly plainToCpu: number | null;
  /** The same over that of our step on the same backend. */
  readonly plainToOurs: number | null;
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
    const cpu = first.open(0);
    const source = waves();
    const reference = await measure(model, cpu, cpu, source);
    rows.push(figures(model, first.device, reference, reference));
    tell(`${model.name} on ${first.device} from a disturbed picture …`);
    const disturbed = { ...reference, ...(await dreams(model, cpu, disturb(source))) };
    rows.push(figures(model, 'disturbed', disturbed, reference));
    for (const provider of others) {
      if (provider.absent(process) !== null) continue;
      tell(`${model.name} on ${provider.device} …`);
      rows.push(await row(model, provider, cpu, reference));
    }
  }
  return rows;
}

/** What is measured on a device. */
interface Measured {
  readonly step: StepResult;
  /** Of a step on the device, on the CPU in turns with it, and of TensorFlow.js's own gradient; in ms. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly plainMs: number | null;
  readonly dream: Dream;
  readonly gentle: Dream;
}

async function measure(model: Model, runtime: Runtime, cpu: Runtime, source: Pixels): Promise<Measured> {
  const own = await prepareStep(model, runtime, SIZE);
  const beside = await prepareStep(model, cpu, SIZE);
  const plain = runtime.device === 'tensorflow' ? await plainStep(model).catch(() => null) : undefined;
  try {
    // The first runs allocate memory.
    const step = await own.run();
    await beside.run();
    const candidates: Record<string, () => Promise<unknown>> = {
      own: () => own.run(),
      cpu: () => beside.run(),
    };
    if (plain !== undefined && plain !== null) candidates['plain'] = () => plain.run();
    const {
      own: ownMs = NaN,
      cpu: cpuMs = NaN,
      plain: plainMs = Infinity,
    } = await fastest(candidates, EFFORT);
    const dreamed = await dreams(model, runtime, source);
    return { step, ms: ownMs, cpuMs, plainMs: plain === undefined ? null : plainMs, ...dreamed };
  } finally {
    await Promise.all([own.dispose(), beside.dispose(), plain?.dispose()]);
  }
}

async function row(
  model: Model,
  provider: Provider,
  cpu: Runtime,
  reference: Measured,
): Promise<DeviceFigures> {
  const name = await nameOf(provider);
  try {
    return figures(model, name, await measure(model, provider.open(0), cpu, waves()), reference);
  } catch (error) {
    return {
      network: model.name,
      device: name,
      reason: errorData(error).message,
      ...{
        msPerStep: NaN,
        toCpu: NaN,
        difference: NaN,
        agreeing: NaN,
        psnr: NaN,
        gentlePsnr: NaN,
        growth: NaN,
      },
      ...{ plainToCpu: null, plainToOurs: null },
    };
  }
}

/** TensorFlow has two backends, which are far apart. */
const nameOf = async ({ device }: Provider): Promise<string> =>
  device === 'tensorflow' ? `${device} (${(await loadBackend()).name})` : device;

function figures(model: Model, device: string, measured: Measured, reference: Measured): DeviceFigures {
  const { step, ms, cpuMs, plainMs } = measured;
  const apart = distances(measured.dream, reference.dream);
  const first = apart.findIndex((v) => v >= SAME);
  return {
    network: model.name,
    device,
    reason: null,
    msPerStep: ms,
    toCpu: ms / cpuMs,
    difference: differenceOf(reference.step, step),
    agreeing: first === -1 ? apart.length : first,
    psnr: decibels(apart),
    gentlePsnr: decibels(distances(measured.gentle, reference.gentle)),
    growth: measured.dream.growth / reference.dream.growth,
    plainToCpu: plainMs === null ? null : plainMs / cpuMs,
    plainToOurs: plainMs === null ? null : plainMs / ms,
  };
}

interface Dream {
  /** After every step. */
  readonly pictures: readonly Float32Array[];
  /** The objective before the last step over that before the first. */
  readonly growth: number;
}

/** How far the pictures of two dreams are apart after every step, as root mean square. */
const distances = (a: Dream, b: Dream): number[] =>
  a.pictures.map((picture, i) => rms(picture, b.pictures[i] ?? picture));

/** PSNR of the last pictures. */
const decibels = (apart: readonly number[]): number => -20 * Math.log10(apart.at(-1) ?? NaN);

/** PSNR between the pictures of two devices after ten gentle steps, in dB. */
export async function gentlePsnr(model: Model, a: Runtime, b: Runtime): Promise<number> {
  const source = waves();
  const [one, other] = [await dreamt(model, a, source, GENTLE), await dreamt(model, b, source, GENTLE)];
  return decibels(distances(one, other));
}

/** With the strength that people get, and gently. */
const dreams = async (model: Model, runtime: Runtime, source: Pixels) => ({
  dream: await dreamt(model, runtime, source, 1),
  gentle: await dreamt(model, runtime, source, GENTLE),
});

/** A dream with the settings that people get, in one octave, at a share of the strength. */
async function dreamt(model: Model, runtime: Runtime, source: Pixels, share: number): Promise<Dream> {
  const rate = dreamFields.rate.default * share;
  const settings = parse(dreamFields, { octaves: 1, steps: STEPS, size: SIZE, rate });
  const objective = energyOf(resolveTerms(model, defaultLayers(model), null));
  const plan = planDream(source, settings, model.smallest(objective.targets));
  const programs = new ProgramCache(0);
  const options = { ...settings, tile: SIZE, mask: undefined };
  const pictures: Float32Array[] = [];
  const objectives: number[] = [];
  for await (const step of dream({ model, runtime, programs, objective }, source, plan, options)) {
    pictures.push(step.picture.data.slice());
    objectives.push(step.objective);
  }
  await programs.clear();
  return { pictures, growth: (objectives.at(-1) ?? NaN) / (objectives[0] ?? NaN) };
}

/** Noise that is the same each time, evenly spread. */
function disturb(picture: Pixels): Pixels {
  const next = random(1);
  const reach = Math.sqrt(3) * DISTURBANCE;
  return { ...picture, data: picture.data.map((v) => v + reach * (2 * next() - 1)) };
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

function rms(a: Float32Array, b: Float32Array): number {
  let square = 0;
  a.forEach((v, i) => (square += (v - (b[i] ?? NaN)) ** 2));
  return Math.sqrt(square / a.length);
}

/** TensorFlow.js's own gradient of the same objective. */
async function plainStep(model: Model) {
  const objective = energyOf(resolveTerms(model, defaultLayers(model), null));
  const g = model.build({ width: SIZE, height: SIZE }, objective.targets);
  const gradient = await plainGradient(g.finish([objective.append(g)]));
  const picture = float32(waves().data, [1, 3, SIZE, SIZE]);
  const run = (): Promise<Float32Array> => gradient.run(picture);
  await run();
  return { run, dispose: () => gradient.dispose() };
}
