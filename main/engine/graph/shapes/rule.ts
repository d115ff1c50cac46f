/** What every family of shape rules is written with: the type of a rule, how it refuses a node, how it reads its inputs. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Info, Node } from '../graph.ts';
import { numbers } from '../tensor.ts';

/** Info of each input of a node; an omitted optional input is undefined. */
export type Inputs = readonly (Info | undefined)[];

/** Type, shape and (where it does not depend on the image) value of every output of a node. */
export type ShapeRule = (node: Node, inputs: Inputs) => Info[];

/** Rejects a node. `problem` completes a sentence that begins with the node's name and operator. */
export function refuse(code: 'model/unreadable' | 'model/unsupported', problem: string): never {
  throw new ReverieError(code, problem);
}

/** Rejects an input size: `needed` values along each spatial axis for a window of size `kernel`, `available` are there. */
export function refuseSize(
  available: readonly number[],
  needed: readonly number[],
  kernel: readonly number[] = [],
): never {
  const problem = `needs at least ${by(needed)} values but gets ${by(available)}`;
  throw new ReverieError('model/too-small-input', problem, { available, needed, kernel });
}

/** The input at a position, which the operator cannot do without. */
export function required(inputs: Inputs, index: number): Info {
  return inputs[index] ?? refuse('model/unreadable', `lacks its input ${index + 1}`);
}

/** The values of an integer or small float input that shapes the output, or undefined if the input is omitted. */
export function valuesOf(inputs: Inputs, index: number, what: string): number[] | undefined {
  const info = inputs[index];
  if (info === undefined) return undefined;
  if (info.value === undefined) {
    return refuse(
      'model/unsupported',
      `has ${what} computed from the image, and only a fixed one is possible`,
    );
  }
  return numbers(info.value);
}

/** Like {@link valuesOf} for an input that the operator cannot do without. */
export function requiredValues(inputs: Inputs, index: number, what: string): number[] {
  return (
    valuesOf(inputs, index, what) ?? refuse('model/unreadable', `lacks its ${what} (input ${index + 1})`)
  );
}

/** The size along an axis, which must exist. */
export function sizeAt(dims: readonly number[], axis: number): number {
  return dims[axis] ?? refuse('model/unreadable', `reads axis ${axis} of a tensor of shape ${show(dims)}`);
}

/** A possibly negative axis as an index into `rank` axes. */
export function axisOf(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(index) && index >= 0 && index < rank) return index;
  return refuse('model/unreadable', `has axis ${axis}, outside the ${rank} axes of its input`);
}

/** Several axes as indices, in the given order; a repeated one is refused. */
export function axesOf(axes: readonly number[], rank: number): number[] {
  const indices = axes.map((axis) => axisOf(axis, rank));
  if (new Set(indices).size === indices.length) return indices;
  return refuse('model/unreadable', `names an axis twice in ${show(axes)}`);
}

/** Refuses an input of fewer axes than the operator is defined for. */
export function requireRank(info: Info, least: number, most = Infinity): void {
  const rank = info.dims.length;
  if (rank >= least && rank <= most) return;
  const wanted =
    least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  refuse('model/unreadable', `needs an input of ${wanted} axes, but gets shape ${show(info.dims)}`);
}

/** The common shape of tensors that NumPy's rule stretches over each other. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length < b.length) return broadcast(b, a);
  const offset = a.length - b.length;
  let dims: number[] | undefined;
  for (let i = 0; i < b.length; i++) {
    const left = a[i + offset];
    const right = b[i];
    if (right === undefined || left === right || right === 1) continue;
    if (left !== 1) refuse('model/unreadable', `cannot combine the shapes ${show(a)} and ${show(b)}`);
    dims ??= [...a];
    dims[i + offset] = right;
  }
  return dims ?? a;
}

/** A shape in a sentence: `[1,3,224,224]`. */
export function show(dims: readonly (number | string)[]): string {
  return `[${dims.join(',')}]`;
}

/** Spatial sizes in a sentence: `7×7`. */
export function by(sizes: readonly number[]): string {
  return sizes.join('×');
}
