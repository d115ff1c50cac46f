/** Whether a network that was exported for several pictures at a time works for one: batches may be written into its shapes. */
import { ReverieError } from '../../../shared/errors.ts';
import type { Name } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import type { Model } from './model.ts';

/**
 * @param batch how many pictures it was exported for; null for one, or any number
 * @throws ReverieError `model/unsupported` where it works for that many pictures alone
 */
export function requireSinglePictures(model: Model, batch: number | null): void {
  if (batch === null) return;
  const one = shapesOf(model, 1);
  const many = shapesOf(model, batch);
  if (many === null) return;
  const apart = model.graph.outputs.every((name) => {
    const [whole, single] = [many.get(name), one?.get(name)];
    return whole === undefined || (single !== undefined && isOneOf(single, whole, batch));
  });
  if (apart) return;
  throw new ReverieError(
    'model/unsupported',
    `"${model.name}" was exported for batches of ${batch}, which are written into its shapes: export it for one picture, or with a free batch.`,
    { batch },
  );
}

/** Whether a shape is that of one picture among `batch`. */
function isOneOf(single: readonly number[], whole: readonly number[], batch: number): boolean {
  const [count = 0, ...rest] = whole;
  const expected = count % batch === 0 ? [count / batch, ...rest] : whole;
  return expected.length === single.length && expected.every((size, i) => single[i] === size);
}

/** Shapes of the outputs for so many pictures; null where it cannot work on them. */
function shapesOf(model: Model, batch: number): ReadonlyMap<Name, readonly number[]> | null {
  const { graph } = model;
  try {
    const infos = inferShapes(graph, model.inputDims({ ...model.shape, batch }));
    return new Map(graph.outputs.map((name) => [name, infos.get(name)?.dims ?? []]));
  } catch (error) {
    if (error instanceof ReverieError) return null;
    throw error;
  }
}
