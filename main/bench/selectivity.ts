/**
 * Whether optimised images show what they are said to: each must excite its own channel more than any photo does, also after being
 * moved, turned and compressed, and the network itself must name the class that an image was made for. Figures are those of the
 * PNGs that people get, read back.
 */
import { requestOf } from '../../shared/methods/request.ts';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execution } from '../../shared/recipes/common.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { visualize } from '../../shared/recipes/visualize.ts';
import { random, uniformInteger } from '../engine/ascent/random.ts';
import { chain, rotation, shift } from '../engine/ascent/affine.ts';
import { centred } from '../engine/ascent/transforms.ts';
import { Warp } from '../engine/ascent/warp.ts';
import { decodeImage, encodeJpeg } from '../engine/imaging/codec.ts';
import { createPixels, type Pixels } from '../engine/imaging/pixels.ts';
import { classify } from '../engine/methods/common/classify.ts';
import { viewOf } from '../engine/methods/common/view.ts';
import { runVisualize } from '../engine/methods/visualize/job.ts';
import type { MethodContext } from '../engine/methods/common/context.ts';
import { loadModel } from '../engine/models/load.ts';
import { ProgramCache, PROGRAM_BUDGET } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { ChannelMeter } from './channel-meter.ts';
import { TimedRuntime } from './timed-runtime.ts';

/** GoogLeNet's blocks of which channels are drawn. */
const BLOCKS = ['3a', '3b', '4a', '4b', '4c', '4d', '4e', '5a'].map((name) => `inception_${name}/output`);

/** What an image must withstand. */
const MOVED = 4;
const TURNED = 5;
const QUALITY = 80;

interface SelectivityTask {
  /** Path of GoogLeNet. */
  readonly network: string;
  /** Folder of photos. */
  readonly photos: string;
  readonly channels: number;
  readonly classes: number;
  /** Threads of a run; 0 lets ONNX Runtime choose. On a busy machine one is faster. */
  readonly threads: number;
  /** Progress, a line at a time. */
  readonly tell: (line: string) => void;
}

interface ChannelRow {
  readonly layer: string;
  readonly channel: number;
  /** Mean activation over all positions: of the image, of the image after the disturbance, the most of any photo. */
  readonly image: number;
  readonly disturbed: number;
  readonly photo: number;
}

interface ClassRow {
  readonly index: number;
  readonly label: string | null;
  readonly named: string;
  readonly probability: number;
  readonly right: boolean;
}

export interface SelectivityReport {
  readonly photos: number;
  readonly channels: readonly ChannelRow[];
  readonly classes: readonly ClassRow[];
  /** The default visualisation of one channel, and of four together. */
  readonly times: { readonly one: JobTime; readonly four: JobTime };
}

/** Seconds of a job from the request to the file, and of these inside the runtime's programs. */
interface JobTime {
  readonly seconds: number;
  readonly engineSeconds: number;
}

export async function benchSelectivity(task: SelectivityTask): Promise<SelectivityReport> {
  const model = await loadModel(task.network);
  const runtime = new TimedRuntime(onnxRuntime({ threads: task.threads }));
  const context = { model, runtime, programs: new ProgramCache(PROGRAM_BUDGET) };
  const folder = await mkdtemp(join(tmpdir(), 'reverie-selectivity-'));
  try {
    const time = async (targets: readonly string[]): Promise<JobTime> => {
      const before = runtime.seconds;
      const { seconds } = await make(context, targets, folder);
      return { seconds, engineSeconds: runtime.seconds - before };
    };
    const unit = (n: number): string => `channel:inception_4c/output/${n}`;
    const times = { one: await time([unit(11)]), four: await time([11, 12, 13, 14].map(unit)) };
    task.tell(
      `one image ${times.one.seconds.toFixed(1)} s, four together ${times.four.seconds.toFixed(1)} s`,
    );
    const photos = await readPhotos(task.photos, model.card.preprocessing.size);
    const channels = await channelRows(context, task, photos, folder);
    const classes = await classRows(context, task, folder);
    return { photos: photos.length, channels, classes, times };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Visualises the targets with the settings that people get; the images as they are saved. */
async function make(
  context: MethodContext,
  target: readonly string[],
  folder: string,
): Promise<{ images: Pixels[]; seconds: number }> {
  const request = requestOf('visualize', {
    settings: parse(visualize, { target }),
    out: join(folder, 'sheet.png'),
    separate: true,
    ...parse(execution, {}),
  });
  for await (const event of runVisualize(context, request)) {
    if (event.kind !== 'done') continue;
    const { images: made, output, seconds } = event.result;
    const images: Pixels[] = [];
    for (const { output: own } of made) images.push((await decodeImage(own ?? output)).pixels);
    return { images, seconds };
  }
  throw new Error('The visualisation ended without a result.');
}

/** The photos as the network sees them. */
async function readPhotos(folder: string, side: number): Promise<Pixels[]> {
  const photos: Pixels[] = [];
  for (const name of (await readdir(folder)).filter((file) => /\.jpe?g$/i.test(file))) {
    const { pixels } = await decodeImage(join(folder, name));
    photos.push(viewOf(pixels, side).apply(pixels));
  }
  return photos;
}

async function channelRows(
  context: MethodContext,
  { channels: count, tell }: SelectivityTask,
  photos: readonly Pixels[],
  folder: string,
): Promise<ChannelRow[]> {
  const meter = new ChannelMeter(context, BLOCKS);
  const most: Float32Array[] = [];
  for (const photo of photos) {
    (await meter.means(photo)).forEach((means, layer) => {
      most[layer] = means.map((value, i) => Math.max(most[layer]?.[i] ?? 0, value));
    });
  }
  const next = random(2015);
  const drawn = Array.from({ length: count }, () => {
    const layer = uniformInteger(next, 0, BLOCKS.length - 1);
    return { layer, channel: uniformInteger(next, 0, (most[layer]?.length ?? 1) - 1) };
  });
  const rows: ChannelRow[] = [];
  for (const [layer, name] of BLOCKS.entries()) {
    const own = drawn.filter((unit) => unit.layer === layer).map(({ channel }) => channel);
    if (own.length === 0) continue;
    const { images } = await make(
      context,
      own.map((channel) => `channel:${name}/${channel}`),
      folder,
    );
    for (const [i, channel] of own.entries()) {
      const image = images[i] ?? createPixels(1, 1);
      const disturbed = await disturb(image, rows.length);
      const value = async (picture: Pixels): Promise<number> =>
        (await meter.means(picture))[layer]?.[channel] ?? 0;
      const row = {
        layer: name,
        channel,
        image: await value(image),
        disturbed: await value(disturbed),
        photo: most[layer]?.[channel] ?? 0,
      };
      rows.push(row);
      tell(
        `${name}/${channel}: ${row.image.toFixed(1)}, disturbed ${row.disturbed.toFixed(1)}, photos at most ${row.photo.toFixed(1)}`,
      );
    }
  }
  await meter.release();
  return rows;
}

/** Moves by 4 pixels in a random direction, turns by 5° either way, and compresses. */
async function disturb(image: Pixels, seed: number): Promise<Pixels> {
  const next = random(seed);
  const angle = 2 * Math.PI * next();
  const moved = shift(MOVED * Math.cos(angle), MOVED * Math.sin(angle));
  const turned = rotation(next() < 0.5 ? TURNED : -TURNED);
  const result = createPixels(image.width, image.height);
  new Warp(image, image)
    .look(centred(image, image, 1, chain(turned, moved)))
    .apply(image.data, 0, result.data, 0);
  return (await decodeImage(await encodeJpeg(result, { quality: QUALITY }))).pixels;
}

async function classRows(
  context: MethodContext,
  { classes: count, tell }: SelectivityTask,
  folder: string,
): Promise<ClassRow[]> {
  const next = random(1000);
  const labels = context.model.card.labels ?? [];
  const drawn = Array.from({ length: count }, () => uniformInteger(next, 0, labels.length - 1));
  const made = new Map<number, Pixels>();
  /** Made a few at a time, so that progress can be told. */
  const imageOf = async (index: number): Promise<Pixels | undefined> => {
    if (!made.has(index)) {
      const at = drawn.indexOf(index);
      const some = drawn.slice(at, at + 4);
      const { images } = await make(
        context,
        some.map((one) => `class:${one}`),
        folder,
      );
      some.forEach((one, i) => made.set(one, images[i] ?? createPixels(1, 1)));
    }
    return made.get(index);
  };
  const rows: ClassRow[] = [];
  for (const index of drawn) {
    const [top] = await classify(context, (await imageOf(index)) ?? createPixels(1, 1), 1);
    const row = {
      index,
      label: labels[index] ?? null,
      named: top?.label ?? '',
      probability: top?.probability ?? 0,
      right: top?.index === index,
    };
    rows.push(row);
    tell(
      `class ${index}, ${row.label}: ${row.right ? 'named' : `taken for ${row.named}`}, ${row.probability.toFixed(2)}`,
    );
  }
  return rows;
}
