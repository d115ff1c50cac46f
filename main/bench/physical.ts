/**
 * What survives cameras: attacks that expect transforms beside one that does not, each judged by 100 fresh ones of every photo.
 * A photo and an attack at a time, so that a run of hours can be stopped and goes on.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { AttackSetRow } from '../../shared/contract/attack.ts';
import { isRecord } from '../../shared/recipes/fields.ts';
import { readImageLabels } from '../engine/methods/attack-labels.ts';
import { loadModel } from '../engine/models/load.ts';
import { ProgramCache } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { powerFrom } from '../engine/runtime/power.ts';
import { LABELS, cropAll, photosOf, runSet, type AttackBench, type AttackCase } from './attacks.ts';
import { Ledger } from './ledger.ts';

/** Views that judge a result. */
const FRESH = 100;

const BOUND = { eps: 16 / 255, steps: 40, fresh: FRESH };

/** A hand that holds the picture anyhow, in bad light, with a poor camera: all kinds at about twice their usual range. */
const ROUGH =
  'rotation:45 scale:0.6 perspective:0.1 translation:0.1 brightness:0.2 contrast:0.4 gamut:0.15 blur:2 noise:0.04 jpeg:70';

/** Attacks before the same camera: one that expects it, and one that does not. */
export const PHYSICAL: readonly (readonly AttackCase[])[] = [
  [
    { name: 'EOT 40 × 8, the usual camera', settings: { method: 'eot', ...BOUND } },
    { name: 'PGD 40, the usual camera', settings: { method: 'pgd', ...BOUND } },
  ],
  [
    {
      name: 'EOT 40 × 8, towards a random class, the usual camera',
      settings: { method: 'eot', target: 'random', ...BOUND },
    },
    {
      name: 'PGD 40, towards a random class, the usual camera',
      settings: { method: 'pgd', target: 'random', ...BOUND },
    },
  ],
  [
    { name: 'EOT 40 × 8, a rough camera', settings: { method: 'eot', transforms: ROUGH, ...BOUND } },
    { name: 'PGD 40, a rough camera', settings: { method: 'pgd', transforms: ROUGH, ...BOUND } },
  ],
];

export interface PhysicalRow {
  readonly model: string;
  readonly attack: string;
  /** Of every photo. */
  readonly rows: readonly AttackSetRow[];
}

export interface PhysicalBench extends AttackBench {
  /** File of what is done already, or null. */
  readonly ledger: string | null;
}

/** Camera by camera, and for each photo by photo. */
export async function benchPhysical(given: PhysicalBench): Promise<PhysicalRow[]> {
  const programs = new ProgramCache(2 ** 30);
  const { threads } = powerFrom(process.env);
  const ledger = await Ledger.open(given.ledger, isRow);
  const folder = await mkdtemp(join(tmpdir(), 'reverie-bench-'));
  const table: PhysicalRow[] = [];
  try {
    for (const path of given.networks) {
      const model = await loadModel(path);
      const benches = new Map([[path, { model, runtime: onnxRuntime({ threads }), programs }]]);
      const images = await photosOf(given);
      const labels = await readImageLabels(join(given.photos, 'index.json'));
      const crops = await cropAll(images, labels, folder, model.card.preprocessing.size);
      for (const cases of PHYSICAL) {
        const rows = cases.map((): AttackSetRow[] => []);
        // Photo by photo, so that a run that is stopped has seen the same ones with each attack.
        for (const crop of crops)
          for (const [i, { name, settings }] of cases.entries()) {
            const key = JSON.stringify([model.sha256, settings, basename(crop)]);
            const row = await ledger.entry(key, async () => {
              const since = performance.now();
              const made = await runSet(benches, [path], [crop], join(folder, LABELS), settings);
              const [only] = made.rows;
              if (only === undefined) throw new Error(`There is no row for "${crop}".`);
              const seconds = ((performance.now() - since) / 1000).toFixed(0);
              given.tell(
                `${model.name}: ${name}: ${basename(crop)}: ${only.views?.fooled ?? '–'} (${seconds} s)`,
              );
              return only;
            });
            rows[i]?.push(row);
          }
        table.push(...cases.map(({ name }, i) => ({ model: model.name, attack: name, rows: rows[i] ?? [] })));
      }
    }
    return table;
  } finally {
    await programs.clear();
    await rm(folder, { recursive: true, force: true });
  }
}

const isRow = (value: unknown): value is AttackSetRow =>
  isRecord(value) && typeof value['image'] === 'string' && typeof value['counted'] === 'boolean';
