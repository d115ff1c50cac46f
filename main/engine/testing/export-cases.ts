/**
 * Small networks as people's exporters write them (`models/fixtures/exports`), with what ONNX Runtime computes for their picture, and
 * an engine to which networks are brought as a user brings them.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_CHANGES, type CardChanges } from '../../../shared/contract/network-card.ts';
import type { ImportedModel } from '../../../shared/contract/models.ts';
import { isRecord } from '../../../shared/schema.ts';
import { writeOnnx } from '../formats/onnx/write.ts';
import type { Graph } from '../graph/graph.ts';

export { readNpy } from '../attribution/npy.ts';
export type { Graph, Node } from '../graph/graph.ts';
export { float32, int64, type DataType, type Tensor } from '../graph/tensor.ts';

const folder = join(import.meta.dirname, '../models/fixtures/exports');

export const exported = (name: string): string => join(folder, `${name}.onnx`);

/** 32×32 pixels, dark, with a red square at the lower right. */
export const SPOT = join(folder, 'spot32.png');

/** What an output of a network holds for {@link SPOT}, rounded to five digits. */
export async function expectedOf(network: string, output: string): Promise<readonly number[]> {
  const all: unknown = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'));
  const outputs = isRecord(all) ? all[network] : undefined;
  const values = isRecord(outputs) ? outputs[output] : undefined;
  if (!Array.isArray(values)) throw new Error(`expected.json has no "${output}" of "${network}".`);
  return values.map(Number);
}

/** eˣ / Σ eˣ. */
export function softmaxOf(scores: readonly number[]): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

interface Importer {
  importModel(request: {
    file: { path: string; name: string };
    companions: null;
    changes: CardChanges;
  }): Promise<ImportedModel>;
}

/** A folder of state with files to bring. */
export class Home {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Home> {
    return new Home(await mkdtemp(join(tmpdir(), 'reverie-exports-')));
  }

  /** Writes a network. @returns its path */
  write(name: string, graph: Graph): string {
    const path = join(this.path, `${name}.onnx`);
    writeFileSync(path, writeOnnx(graph));
    return path;
  }

  /** Brings a file as the command line does. @returns the id that it has then */
  async bring(engine: Importer, path: string, changes: Partial<CardChanges> = {}): Promise<string> {
    const file = { path, name: path.split(/[/\\]/).at(-1) ?? '' };
    const { model } = await engine.importModel({
      file,
      companions: null,
      changes: { ...NO_CHANGES, ...changes },
    });
    return model.id;
  }

  /** What lies among the installed networks. */
  installed(): Promise<string[]> {
    return readdir(join(this.path, 'models')).catch(() => []);
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** The largest difference; infinite between lists of two lengths. */
export const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))))
    : Infinity;

/** The largest absolute value. */
export const largest = (a: ArrayLike<number>): number => Math.max(...Array.from(a, Math.abs));
