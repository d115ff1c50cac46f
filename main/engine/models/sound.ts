/**
 * Whether the weights of a network are numbers: one whose training diverged answers every picture with
 * nothing.
 */
import { ReverieError } from '../../../shared/errors.ts';
import type { Graph, Name } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import { traitsOf } from '../graph/traits.ts';

/**
 * Refuses weights that are not numbers, and infinite ones. @throws ReverieError `model/unreadable`, naming
 * the tensor
 */
export function requireSoundWeights({ nodes, constants }: Graph): void {
  // Elsewhere infinity has a meaning: a bound, a mask, the edge of a maximum.
  const weights = new Set<Name>();
  for (const { op, inputs } of nodes)
    if (traitsOf(op)?.weights !== undefined) for (const name of inputs) weights.add(name);
  for (const [name, tensor] of constants) {
    const found = firstUnsound(tensor, weights.has(name));
    if (found === undefined) continue;
    const { at, value } = found;
    const what = Number.isNaN(value) ? 'no number (NaN)' : 'infinite';
    throw new ReverieError(
      'model/unreadable',
      `Weight ${at + 1} of "${name}" is ${what}, so the network sees nothing in any picture; bring one whose weights are all finite.`,
      { tensor: name, at },
    );
  }
}

function firstUnsound({ type, data }: Tensor, finite: boolean): { at: number; value: number } | undefined {
  if (type !== 'float32') return undefined;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    // Zero for every finite number, quickly.
    if (value - value !== 0 && (finite || Number.isNaN(value))) return { at, value };
  }
  return undefined;
}
