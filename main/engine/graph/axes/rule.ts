/** How the axes of a node's output follow from those of its inputs. */
import type { Info, Name, Node } from '../graph.ts';
import { numbers } from '../tensor.ts';
import { isPlaced, sizeOfGroup, whole, type Axes, type Group } from './axis.ts';

export interface Inferring {
  readonly node: Node;
  /** Of the inputs; undefined for those that do not depend on the picture. */
  readonly inputs: readonly (Axes | undefined)[];
  /** Shapes of the inputs. */
  readonly shapes: readonly (readonly number[])[];
  /** Shapes of the outputs. */
  readonly outputs: readonly (readonly number[])[];
  /** The known numbers of an input, such as the axes of a sum. */
  readonly values: (input: number) => number[] | undefined;
}

/** The axes of each output, or of all of them; undefined where the places are lost. */
export type AxesRule = (inferring: Inferring) => readonly Axes[] | undefined;

export function inferring(
  node: Node,
  infos: ReadonlyMap<Name, Info>,
  known: ReadonlyMap<Name, Axes>,
): Inferring {
  const dims = (name: Name): readonly number[] => infos.get(name)?.dims ?? [];
  return {
    node,
    inputs: node.inputs.map((name) => known.get(name)),
    shapes: node.inputs.map(dims),
    outputs: node.outputs.map(dims),
    values: (input) => {
      const value = infos.get(node.inputs[input] ?? '')?.value;
      return value === undefined ? undefined : numbers(value);
    },
  };
}

/** An axis by its number, which may count from the end. */
export const axisAt = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** How much a dimension tells: what has places tells most. */
const telling = (group: Group): number =>
  isPlaced(group) ? 3 : group.some(({ kind }) => kind === 'places') ? 1 : 2;

const fits = (axes: Axes, dims: readonly number[]): boolean =>
  axes.length === dims.length && axes.every((group, i) => sizeOfGroup(group) === dims[i]);

/** The axes of tensors that are combined value by value, with numpy broadcasting. */
export function broadcastAxes(inputs: readonly (Axes | undefined)[], dims: readonly number[]): Axes {
  // Most networks are long rows of functions of one tensor, which all have the same axes.
  const [alone, ...others] = inputs.filter((axes) => axes !== undefined);
  if (alone !== undefined && others.length === 0 && fits(alone, dims)) return alone;
  return dims.map((size, i) => {
    if (size === 1) return [];
    const groups = inputs
      .map((axes) => axes?.[i - dims.length + axes.length])
      .filter((group) => group !== undefined && sizeOfGroup(group) === size);
    const most = Math.max(...groups.map((group) => telling(group ?? [])));
    return groups.find((group) => telling(group ?? []) === most) ?? whole('places', size);
  });
}
