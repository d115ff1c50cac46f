/** The whole benchmark. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { modelsFolder } from '../engine/models/folder.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { benchDream, type DreamRow } from './dream.ts';
import { powerFrom } from '../engine/runtime/power.ts';
import { benchNetworks, type NetworkRow } from './networks.ts';
import { squareProduct } from './product.ts';

export interface EfficiencyRow extends NetworkRow {
  /** `usefulGflops` as a share of the best speed of matrix products. */
  readonly efficiency: number;
}

export interface Report {
  /** The best speed of matrix products that was measured in the whole benchmark, in 10⁹ operations a second. */
  readonly gemmGflops: number;
  readonly networks: readonly EfficiencyRow[];
  /** A dream with the settings that people get, and one of four octaves of a single step on a very large picture. */
  readonly dream: DreamRow | null;
  readonly large: DreamRow | null;
}

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

/** @param parts both, unless one is named */
export async function runBench(files: readonly string[], parts?: 'networks' | 'dream'): Promise<Report> {
  // The dreams come first, in processes of their own, while this one is still small.
  const dreams = parts === 'networks' ? null : await dreamRows(files);
  const networks = parts === 'dream' ? { gemmGflops: 0, rows: [] } : await networkRows(files);
  return {
    gemmGflops: networks.gemmGflops,
    networks: networks.rows,
    dream: dreams?.dream ?? null,
    large: dreams?.large ?? null,
  };
}

async function dreamRows(files: readonly string[]): Promise<{ dream: DreamRow; large: DreamRow } | null> {
  const model = files.find((path) => basename(path) === 'googlenet.onnx') ?? files[0];
  if (model === undefined) return null;
  return {
    dream: await benchDream({ model, width: 1024, height: 1024, steps: null }),
    large: await benchDream({ model, width: 3840, height: 2160, steps: 1 }),
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
