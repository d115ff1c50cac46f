/** Looking back along the edges of a TensorFlow graph, before anything is translated. */
import { attribute, type Operation } from './operation.ts';
import type { TensorProto } from './schema.ts';

export type Operations = ReadonlyMap<string, Operation>;

/** The nodes of a graph by their names. */
export function byNameOf(all: readonly Operation[]): Operations {
  return new Map(all.map((operation) => [operation.name, operation]));
}

/** The node behind an input, past those that only pass it on. */
export function sourceOf(
  { inputs }: Operation,
  index: number,
  operations: Operations,
): Operation | undefined {
  let found = operations.get(inputs[index]?.node ?? '');
  // A cycle of identities is refused elsewhere; here it must only end.
  for (let steps = 0; found?.op === 'Identity' && steps < operations.size; steps++)
    found = operations.get(found.inputs[0]?.node ?? '');
  return found;
}

/** The stored tensor behind an input that is a constant. */
export function constantAt(
  operation: Operation,
  index: number,
  operations: Operations,
): TensorProto | undefined {
  const source = sourceOf(operation, index, operations);
  return source?.op === 'Const' ? (attribute(source, 'value')?.tensor ?? undefined) : undefined;
}
