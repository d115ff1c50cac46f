/** The real networks beside the checkout, for tests inside `describeWithShared`. */
import { readFileSync } from 'node:fs';
import { readOnnx } from '../formats/onnx.ts';
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
  const file: { models: Record<string, Record<Name, Reference>> } = JSON.parse(
    readFileSync(sharedFile('models', 'reference.json'), 'utf8'),
  );
  return new Map(Object.entries(file.models[name] ?? {}));
}
