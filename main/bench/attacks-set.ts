/** An attack on the photos of the benchmark, one after the other, so that the result of each can be kept. */
import { requestOf } from '../../shared/methods/request.ts';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, parse as parsePath } from 'node:path';
import type { AttackSetResult } from '../../shared/methods/attack.ts';
import { attack } from '../../shared/recipes/attack.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { decodeImage, saveImage } from '../engine/imaging/codec.ts';
import { mediansOf, queriesOf, robustnessOf, tally } from '../engine/methods/attack/set/figures.ts';
import { readImageLabels } from '../engine/methods/attack/set/labels.ts';
import { runAttackSet } from '../engine/methods/attack/set.ts';
import { viewOf } from '../engine/methods/common/view.ts';
import type { MethodContext } from '../engine/methods/common/context.ts';
import { modelsFolder } from '../engine/models/folder.ts';
import { loadModel } from '../engine/models/load.ts';
import type { ProgramCache } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { powerFrom } from '../engine/runtime/power.ts';
import type { AttackCase } from './attack-cases.ts';
import type { Kept } from './kept.ts';

/** Networks by their paths, loaded when they are first asked for. */
export class Contexts {
  readonly #programs: ProgramCache;
  readonly #loaded = new Map<string, Promise<MethodContext>>();

  constructor(programs: ProgramCache) {
    this.#programs = programs;
  }

  open(path: string): Promise<MethodContext> {
    const context = this.#loaded.get(path) ?? this.#load(path);
    this.#loaded.set(path, context);
    return context;
  }

  async #load(path: string): Promise<MethodContext> {
    const { threads } = powerFrom(process.env);
    return { model: await loadModel(path), runtime: onnxRuntime({ threads }), programs: this.#programs };
  }
}

/** Photos beside an `index.json` that says what they show. */
export interface Photos {
  readonly folder: string;
  /** At most so many, the first by their names. */
  readonly count: number;
}

/** @param networks the first is attacked; with more, each is, and all see all results */
export async function attackPhotos(
  contexts: Contexts,
  networks: readonly string[],
  { folder, count }: Photos,
  { name, settings, cropped }: AttackCase,
  kept: Kept,
): Promise<AttackSetResult | null> {
  const files = (await readdir(folder)).filter((file) => /\.(jpe?g|png)$/i.test(file)).sort();
  const opened = await Promise.all(networks.map((path) => contexts.open(path)));
  const [first] = opened;
  if (first === undefined) throw new Error('There is no network.');
  const parts: AttackSetResult[] = [];
  for (const photo of files.slice(0, count)) {
    const measured = { networks: opened.map(({ model }) => model.sha256), settings, cropped, photo };
    const title = `${networks.map((path) => parsePath(path).name).join('+')} ${name} ${parsePath(photo).name}`;
    const part = await kept.once(title, measured, async () => {
      const place = await mkdtemp(join(tmpdir(), 'reverie-bench-'));
      try {
        const path = join(folder, photo);
        const side = first.model.card.preprocessing.size;
        const image = cropped === true ? await cropOf(path, side, place) : path;
        const labels = await labelOf(folder, photo, image, place);
        return await attackOne(contexts, networks, image, labels, settings);
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    });
    if (part !== null) parts.push(part);
  }
  return together(parts);
}

async function attackOne(
  contexts: Contexts,
  networks: readonly string[],
  image: string,
  labels: string,
  settings: AttackCase['settings'],
): Promise<AttackSetResult> {
  const [network = '', ...transfer] = networks;
  const request = requestOf('attackSet', {
    images: [image],
    settings: parse(attack, settings),
    labels,
    out: null,
    transfer: transfer.length === 0 ? null : transfer,
    ...({ model: network, runtime: 'onnxruntime', device: 'cpu' } as const),
  });
  const open = (name: string | null): Promise<MethodContext> => contexts.open(pathOf(name ?? network));
  for await (const event of runAttackSet(open, request)) {
    if (event.kind !== 'done') continue;
    const rows = event.result.rows.map((row) => ({ ...row, image: basename(row.image) }));
    return { ...event.result, rows };
  }
  throw new Error('The attack ended without a result.');
}

/** A surrogate is named by its id, as the one that comes with Reverie is. */
const pathOf = (name: string): string =>
  name.endsWith('.onnx') ? name : join(modelsFolder(), `${name}.onnx`);

/** What a network sees of a photo, as a PNG. */
async function cropOf(photo: string, side: number, place: string): Promise<string> {
  const { pixels } = await decodeImage(photo);
  const path = join(place, `${parsePath(photo).name}.png`);
  await saveImage(viewOf(pixels, side).apply(pixels), path);
  return path;
}

/** A table of labels for one picture. */
async function labelOf(folder: string, photo: string, image: string, place: string): Promise<string> {
  const labels = await readImageLabels(join(folder, 'index.json'));
  const path = join(place, 'labels.json');
  await writeFile(path, JSON.stringify({ [basename(image)]: labels.get(photo) ?? '' }));
  return path;
}

/** The figures of many pictures from those of each; null for none. */
export function together(parts: readonly AttackSetResult[]): AttackSetResult | null {
  const [first] = parts;
  if (first === undefined) return null;
  const rows = parts.flatMap((part) => part.rows);
  const fooled = rows.filter(({ success }) => success);
  const sum = (which: 'fooled' | 'counted') =>
    parts
      .map(({ transfer }) => transfer?.[which] ?? [])
      .reduce((a, b) => a.map((line, i) => line.map((n, j) => n + (b[i]?.[j] ?? 0))));
  return {
    ...first,
    seconds: parts.reduce((total, { seconds }) => total + seconds, 0),
    rows,
    ...tally(rows),
    robust: robustnessOf(first.settings, rows),
    median: mediansOf(fooled),
    queries: queriesOf(fooled),
    transfer: first.transfer && { ...first.transfer, fooled: sum('fooled'), counted: sum('counted') },
    notes: [...new Set(parts.flatMap(({ notes }) => notes))],
  };
}
