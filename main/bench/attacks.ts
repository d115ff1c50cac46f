/**
 * The attacks on real photos: how often each network is fooled, by how much, what carries over, and what a step costs. All
 * figures are those of the set runner, so they are measured on PNGs that were read back.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, parse as parsePath } from 'node:path';
import type { AttackSetResult } from '../../shared/contract/attack.ts';
import { attack } from '../../shared/recipes/attack.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { decodeImage, saveImage } from '../engine/imaging/codec.ts';
import { readImageLabels, type Labels } from '../engine/methods/attack-labels.ts';
import { runAttackSet } from '../engine/methods/attack-set.ts';
import { viewOf } from '../engine/methods/view.ts';
import type { Workbench } from '../engine/methods/workbench.ts';
import { modelsFolder } from '../engine/models/folder.ts';
import { loadModel } from '../engine/models/load.ts';
import { ProgramCache } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { powerFrom } from '../engine/runtime/power.ts';
import { networkFiles } from './run.ts';
import { benchOverhead, type OverheadRow } from './attacks-overhead.ts';

/** Networks of the table: whole classifiers with the classes of the photos. */
const CLASSIFIERS = ['googlenet.onnx', 'squeezenet1.1.onnx', 'mobilenet_v2.onnx'];

/** Those that lie beside a checkout. */
export const classifierFiles = (): string[] =>
  networkFiles().filter((path) => CLASSIFIERS.includes(basename(path)));

/** The photos that lie beside a checkout. */
export const photosFolder = (): string => join(modelsFolder(), '..', '..', 'shared', 'images');

/** An attack of the table. */
export interface AttackCase {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Only this many photos, for attacks that take long. */
  readonly photos?: number;
  /** Photos are cut to what the network sees first, as the publications do. */
  readonly cropped?: true;
}

const BUDGET = { eps: 8 / 255, step: 2 / 255 };

export const CASES: readonly AttackCase[] = [
  { name: 'FGSM, ε = 2/255', settings: { method: 'fgsm', eps: 2 / 255 } },
  { name: 'FGSM, ε = 8/255', settings: { method: 'fgsm', eps: 8 / 255 } },
  { name: 'PGD 10 × 2/255, ε = 8/255', settings: { method: 'pgd', steps: 10, ...BUDGET } },
  {
    name: 'PGD 40 × 2/255, ε = 8/255, towards a random class',
    settings: { method: 'pgd', steps: 40, target: 'random', ...BUDGET },
  },
  { name: 'DeepFool, L2, on the crop', settings: { method: 'deepfool' }, cropped: true, photos: 20 },
  {
    name: 'Carlini–Wagner, L2, on the crop',
    settings: { method: 'cw', trials: 4, steps: 50 },
    cropped: true,
    photos: 4,
  },
];

/** Attacks that are told nothing but answers. */
export const BLACK_BOX: readonly AttackCase[] = [
  { name: 'Square, ε = 0.05, 10,000 queries', settings: { method: 'square', eps: 0.05 }, cropped: true },
  { name: 'NES, ε = 0.05, 10,000 queries', settings: { method: 'nes', eps: 0.05 }, cropped: true },
];

/** How many photos they are run on where no number is given, because they take long. */
export const SLOW_PHOTOS = 10;

/** Attacks whose results are shown to all networks. */
export const TRANSFERS: readonly AttackCase[] = [
  { name: 'I-FGSM 10 × 2/255, ε = 8/255', settings: { method: 'bim', steps: 10, ...BUDGET } },
  { name: 'MI-FGSM 10 × 2/255, ε = 8/255', settings: { method: 'mi-fgsm', steps: 10, ...BUDGET } },
];

export interface AttackRow {
  readonly model: string;
  readonly attack: string;
  readonly result: AttackSetResult;
}

export interface AttackReport {
  readonly rows: readonly AttackRow[];
  readonly transfers: readonly { readonly attack: string; readonly result: AttackSetResult }[];
  readonly overhead: readonly OverheadRow[];
}

export interface AttackBench {
  /** Paths of networks. */
  readonly networks: readonly string[];
  /** Folder of photos with an `index.json` that says what they show. */
  readonly photos: string;
  /** At most so many of them. */
  readonly count: number;
  /** Told after every part of the table. */
  readonly tell: (line: string) => void;
}

/** Everything, network by network. */
export async function benchAttacks(given: AttackBench): Promise<AttackReport> {
  const programs = new ProgramCache(2 ** 30);
  const { threads } = powerFrom(process.env);
  const benches = new Map<string, Workbench>();
  for (const path of given.networks) {
    benches.set(path, { model: await loadModel(path), runtime: onnxRuntime({ threads }), programs });
  }
  try {
    const rows: AttackRow[] = [];
    const overhead: OverheadRow[] = [];
    for (const path of benches.keys()) {
      rows.push(...(await tableOf(given, benches, path)));
      overhead.push(await overheadOf(given, benches, path));
    }
    return { rows, transfers: await transfersOf(given, benches), overhead };
  } finally {
    await programs.clear();
  }
}

/** The tables of attacks that take long. */
export async function benchSlowAttacks(
  given: AttackBench,
  cases: readonly AttackCase[],
): Promise<AttackRow[]> {
  const programs = new ProgramCache(2 ** 30);
  const { threads } = powerFrom(process.env);
  const rows: AttackRow[] = [];
  try {
    for (const path of given.networks) {
      const bench = { model: await loadModel(path), runtime: onnxRuntime({ threads }), programs };
      rows.push(...(await tableOf(given, new Map([[path, bench]]), path, cases)));
    }
    return rows;
  } finally {
    await programs.clear();
  }
}

/** Networks by their paths. */
export type Benches = ReadonlyMap<string, Workbench>;

/** The table of one network. */
export async function tableOf(
  given: AttackBench,
  benches: Benches,
  path: string,
  cases = CASES,
): Promise<AttackRow[]> {
  const { model } = benchOf(benches, path);
  const images = await photosOf(given);
  const labels = join(given.photos, 'index.json');
  const folder = await mkdtemp(join(tmpdir(), 'reverie-bench-'));
  const rows: AttackRow[] = [];
  try {
    const crops = await cropAll(images, await readImageLabels(labels), folder, model.card.preprocessing.size);
    for (const { name, settings, photos, cropped } of cases) {
      const started = performance.now();
      const set = (cropped === true ? crops : images).slice(0, photos);
      const table = cropped === true ? join(folder, LABELS) : labels;
      const result = await runSet(benches, [path], set, table, settings);
      rows.push({ model: model.name, attack: name, result });
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      const relative = result.median?.relativeL2.toExponential(2) ?? '–';
      given.tell(
        `${model.name}: ${name}: ${result.fooled} of ${result.counted}, relative L2 ${relative} (${seconds} s)`,
      );
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function overheadOf(given: AttackBench, benches: Benches, path: string): Promise<OverheadRow> {
  const row = await benchOverhead(benchOf(benches, path));
  given.tell(`${row.model}: 10 steps of PGD take ${row.ratio.toFixed(3)} × ten engine steps`);
  return row;
}

/** The matrices over all networks. */
export async function transfersOf(given: AttackBench, benches: Benches): Promise<AttackReport['transfers']> {
  const images = await photosOf(given);
  const labels = join(given.photos, 'index.json');
  const transfers = [];
  for (const { name, settings } of TRANSFERS) {
    const result = await runSet(benches, [...benches.keys()], images, labels, settings);
    transfers.push({ attack: name, result });
    given.tell(`transfer: ${name}`);
  }
  return transfers;
}

export async function photosOf({ photos, count }: AttackBench): Promise<string[]> {
  const files = (await readdir(photos)).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort();
  return files.slice(0, count).map((name) => join(photos, name));
}

/** @param networks the first is attacked; with more, each is, and all see all results */
export async function runSet(
  benches: Benches,
  networks: readonly string[],
  images: readonly string[],
  labels: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<AttackSetResult> {
  const [network = '', ...transfer] = networks;
  const request = {
    images,
    settings: parse(attack, settings),
    labels,
    out: null,
    print: null,
    patch: null,
    transfer,
    model: network,
    runtime: 'onnxruntime',
    device: 'cpu',
  } as const;
  const open = (path: string | null): Promise<Workbench> =>
    Promise.resolve(benchOf(benches, path ?? network));
  for await (const event of runAttackSet(open, request)) if (event.kind === 'done') return event.result;
  throw new Error('The attack ended without a result.');
}

/** The table of labels beside the crops. */
export const LABELS = 'labels.json';

/** What a network sees of each photo, as PNGs with a table of their labels. */
export async function cropAll(
  images: readonly string[],
  labels: Labels,
  folder: string,
  side: number,
): Promise<string[]> {
  const crops = images.map((image) => join(folder, `${parsePath(image).name}.png`));
  const rows: [string, string][] = [];
  for (const [i, image] of images.entries()) {
    const { pixels } = await decodeImage(image);
    await saveImage(viewOf(pixels, side).apply(pixels), crops[i] ?? '');
    rows.push([basename(crops[i] ?? ''), labels.get(basename(image)) ?? '']);
  }
  await writeFile(join(folder, LABELS), JSON.stringify(Object.fromEntries(rows)));
  return crops;
}

function benchOf(benches: Benches, path: string): Workbench {
  const bench = benches.get(path);
  if (bench === undefined) throw new Error(`"${path}" is not loaded.`);
  return bench;
}
