/** The transformers of `models/fixtures/tokens`, and the picture that PyTorch's references were computed with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32, type FloatTensor } from '../graph/tensor.ts';
import { shapeFacts, type PictureShape, type Preprocessing } from '../models/card.ts';
import { loadModel } from '../models/load.ts';
import { Model } from '../models/model.ts';

const folder = join(import.meta.dirname, '../models/fixtures/tokens');

/** Side of the pictures that the square ones were exported for. */
export const SIDE = 32;
export const SQUARE: PictureShape = { width: SIDE, height: SIDE };

/** A network that takes pictures as they are. @param size that it was exported for */
export async function openTransformer(name: string, size = SQUARE): Promise<Model> {
  const model = await loadModel(join(folder, `${name}.onnx`));
  const plain = { mean: [0, 0, 0], std: [255, 255, 255], ...shapeFacts(size) };
  const preprocessing: Preprocessing = { ...model.card.preprocessing, ...plain };
  return new Model(model.name, model.sha256, model.graph, { ...model.card, preprocessing });
}

/** What a file of references holds. */
export const readReferences = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** [1, 3, height, width], from −1 to 1. */
export const wavyPicture = (width: number, height: number): FloatTensor =>
  float32(
    Float32Array.from({ length: 3 * width * height }, (_, i) => Math.sin(12.9898 * (i + 1))),
    [1, 3, height, width],
  );

/** Largest difference, in parts of the largest wanted value. @throws where there are not as many numbers */
export function errorOf(found: ArrayLike<number>, wanted: readonly number[]): number {
  if (found.length !== wanted.length) throw new Error(`${found.length} numbers, not ${wanted.length}`);
  // A map may be zero everywhere.
  const most = wanted.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return wanted.reduce((worst, value, i) => Math.max(worst, Math.abs((found[i] ?? NaN) - value)), 0) / most;
}
