/** The whole benchmark. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { modelsFolder } from '../engine/models/folder.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { benchCold, type ColdRow } from './cold.ts';
import { benchDream, type DreamRow } from './dream.ts';
import { powerFrom } from '../engine/runtime/power.ts';
import { benchNetworks, type NetworkRow } from './networks.ts';
import { squareProduct } from './product.ts';
import { benchVisualize, type VisualizeRow } from './visualize.ts';

export interface EfficiencyRow extends NetworkRow {
  /** `usefulGflops` as a share of the best speed of matrix products. */
  readonly efficiency: number;
}

export interface Report {
  /** The best speed of matrix products that was measured in the whole benchmark, in 10⁹ operations a second. */
  readonly gemmGflops: number;
  readonly networks: readonly EfficiencyRow[];
  /** A dream with the settings that people get, one of a single step in each octave of a very large picture, and a single step of one for print. */
  readonly dream: DreamRow | null;
  readonly large: DreamRow | null;
  readonly print: DreamRow | null;
  readonly visualize: readonly VisualizeRow[];
  readonly cold: ColdRow | null;
}

/** What can be asked for alone. */
export const PARTS = ['networks', 'dream', 'visualize', 'cold'] as const;
export type Part = (typeof PARTS)[number];

/** Sides of the matrices: whichever is multiplied faster is the machine's best. */
const PRODUCTS = [1024, 2048];

/** The network that comes with Reverie, and those that lie beside a checkout. */
export function networkFiles(): string[] {
  const folders = [modelsFolder(), join(modelsFolder(), '..', '..', 'shared', 'models')];
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => join(folder, name)),
  );
}

/** @param only one part, where not all are wanted */
export async function runBench(files: readonly string[], only?: Part): Promise<Report> {
  const wants = (part: Part): boolean => only === undefined || only === part;
  const large = files.find((path) => basename(path) === 'googlenet.onnx') ?? files[0];
  // What runs in processes of its own comes first, while this one is still small.
  const cold = wants('cold') ? await benchCold(join(import.meta.dirname, 'cli.js')) : null;
  const dreams = wants('dream') && large !== undefined ? await dreamRows(large) : null;
  const visualize = wants('visualize') && files[0] !== undefined ? await benchVisualize(files[0]) : [];
  const networks = wants('networks') ? await networkRows(files) : { gemmGflops: 0, rows: [] };
  return {
    gemmGflops: networks.gemmGflops,
    networks: networks.rows,
    dream: dreams?.dream ?? null,
    large: dreams?.large ?? null,
    print: dreams?.print ?? null,
    visualize,
    cold,
  };
}

async function dreamRows(model: string): Promise<Record<'dream' | 'large' | 'print', DreamRow>> {
  return {
    dream: await benchDream({ model, width: 1024, height: 1024, octaves: null, steps: null }),
    large: await benchDream({ model, width: 3840, height: 2160, octaves: null, steps: 1 }),
    print: await benchDream({ model, width: 7680, height: 4320, octaves: 1, steps: 1 }),
  };
}

async function networkRows(files: readonly string[]): Promise<{ gemmGflops: number; rows: EfficiencyRow[] }> {
  const runtime = onnxRuntime({ threads: powerFrom(process.env).threads });
  const products = [];
  for (const side of PRODUCTS) products.push(await squareProduct(runtime, side));
  const { rows, gemmGflops } = await benchNetworks(files, runtime, products);
  for (const product of products) await product.dispose();
  return { gemmGflops, rows: rows.map((row) => ({ ...row, efficiency: row.usefulGflops / gemmGflops })) };
}
