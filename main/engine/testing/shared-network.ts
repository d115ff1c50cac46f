/** The real networks beside the checkout, for tests inside `describeWithShared`. */
import { readFileSync } from 'node:fs';
import { readOnnx } from '../formats/onnx/onnx.ts';
import type { Graph, Name } from '../graph/graph.ts';
import { sharedFile } from './shared-folder.ts';

/** Networks that the folder has, by their name in `reference.json`. */
export const sharedNetworks = ['googlenet', 'inception_v3_mixed8', 'mobilenet_v2', 'squeezenet1.1'] as const;

export type SharedNetwork = (typeof sharedNetworks)[number];

/** A network, normalised, as the studio reads it. */
export function readSharedNetwork(name: SharedNetwork): Graph {
  return readOnnx(readFileSync(sharedFile('models', `${name}.onnx`)));
}

/** Facts about a tensor of a network, computed elsewhere for the input of `reference.json` (1×3×96×128). */
export interface Reference {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  /** The first values in row-major order. */
  readonly first: readonly number[];
}

/** The tensors of a network that `reference.json` describes. */
export function readReference(name: SharedNetwork): ReadonlyMap<Name, Reference> {
  const file: unknown = JSON.parse(readFileSync(sharedFile('models', 'reference.json'), 'utf8'));
  const tensors = Object.entries(member(member(file, 'models'), name));
  return new Map(tensors.map(([tensor, facts]) => [tensor, referenceOf(facts)]));
}

function referenceOf(facts: unknown): Reference {
  const { shape, mean, std, first } = member({ facts }, 'facts');
  if (!isList(shape) || !isList(first) || typeof mean !== 'number' || typeof std !== 'number') {
    throw new Error(`reference.json has changed its form: ${JSON.stringify(facts)}`);
  }
  return { shape, mean, std, first };
}

function member(parent: unknown, key: string): Record<string, unknown> {
  const entries = typeof parent === 'object' && parent !== null ? Object.entries(parent) : [];
  const found: unknown = entries.find(([name]) => name === key)?.[1];
  if (typeof found !== 'object' || found === null) throw new Error(`reference.json has no "${key}".`);
  return Object.fromEntries(Object.entries(found));
}

function isList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
