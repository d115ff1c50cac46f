/** Which tokens a target reads: a classifier its class token, two heads one each, a mean all of them. */
import { int, type Info, type Name, type Node } from '../graph.ts';
import { numbers } from '../tensor.ts';
import { traitsOf } from '../traits.ts';
import { isPlaced, sizeOfGroup, type Axes } from './axis.ts';
import { axisAt } from './rule.ts';

/** Places of a dimension, counted from 0. */
export type Places = ReadonlySet<number>;

interface Known {
  readonly axes: ReadonlyMap<Name, Axes>;
  readonly infos: ReadonlyMap<Name, Info>;
}

const upTo = (size: number): Places => new Set(Array.from({ length: size }, (_, i) => i));

/** The one dimension that runs over places; undefined for maps, which have two, and for what has none. */
function tokenDimension(axes: Axes | undefined): number | undefined {
  const placed = (axes ?? []).flatMap((group, i) => (isPlaced(group) ? [i] : []));
  return placed.length === 1 ? placed[0] : undefined;
}

/**
 * The tokens of each tensor that `targets` read, where only some of them are picked from it.
 *
 * @param nodes each after those it reads from
 * @param targets with the tokens that count of them, where they have any
 */
export function tokensRead(
  nodes: readonly Node[],
  known: Known,
  targets: ReadonlyMap<Name, Places | undefined>,
): Map<Name, Places> {
  const found = new Map<Name, Places>();
  for (const [name, places] of targets) found.set(name, places ?? allOf(name, known));
  for (const node of nodes.toReversed()) {
    node.outputs.forEach((output, k) => {
      const places = found.get(output);
      if (places === undefined) return;
      node.inputs.forEach((input, i) => {
        if (!known.axes.has(input)) return;
        const read = readOf(node, i, { output: k, places }, known);
        found.set(input, new Set([...(found.get(input) ?? []), ...read]));
      });
    });
  }
  return found;
}

function allOf(name: Name, { axes }: Known): Places {
  const own = axes.get(name);
  const at = tokenDimension(own);
  return upTo(at === undefined ? 0 : sizeOfGroup(own?.[at] ?? []));
}

/** The tokens of an input from which a node computes some tokens of an output. */
function readOf(node: Node, i: number, of: { output: number; places: Places }, known: Known): Places {
  const input = node.inputs[i] ?? '';
  const all = allOf(input, known);
  const [from, to] = [known.axes.get(input), known.axes.get(node.outputs[of.output] ?? '')];
  const at = tokenDimension(from);
  if (from === undefined || to === undefined || at === undefined) return all;
  const picked = pickedBy(node, of.output, { at, from, size: all.size }, known);
  const after = tokenDimension(to);
  if (picked !== undefined) {
    const whole = after === undefined || sizeOfGroup(to[after] ?? []) !== picked.length;
    return new Set(picked.filter((_, k) => whole || of.places.has(k)));
  }
  if (after === undefined || !keeps(node, i, from, at)) return all;
  return sizeOfGroup(to[after] ?? []) === all.size ? of.places : all;
}

/** Where the tokens of an output stand in the input, for a node that picks some of them. */
function pickedBy(
  node: Node,
  output: number,
  { at, from, size }: { at: number; from: Axes; size: number },
  { infos }: Known,
): number[] | undefined {
  const values = (i: number): number[] | undefined => {
    const value = infos.get(node.inputs[i] ?? '')?.value;
    return value === undefined ? undefined : numbers(value);
  };
  if (node.op === 'Gather' && axisAt(int(node, 'axis', 0), from.length) === at)
    return values(1)?.map((place) => axisAt(place, size));
  if (node.op === 'Split' && axisAt(int(node, 'axis', 0), from.length) === at) {
    const lengths = node.outputs.map((name) => infos.get(name)?.dims[at] ?? 0);
    const start = lengths.slice(0, output).reduce((sum, length) => sum + length, 0);
    return Array.from({ length: lengths[output] ?? 0 }, (_, k) => start + k);
  }
  if (node.op !== 'Slice') return undefined;
  const [starts, ends] = [values(1), values(2)];
  const axes = (values(3) ?? starts?.map((_, i) => i) ?? []).map((axis) => axisAt(axis, from.length));
  const k = axes.indexOf(at);
  const [start, end, step] = [starts?.[k], ends?.[k], values(4)?.[k] ?? 1];
  if (start === undefined || end === undefined) return undefined;
  // Backwards, a slice may go on to the first place, which is before an end of −1.
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (place: number): number => Math.min(Math.max(axisAt(place, size), low), high);
  const count = Math.max(0, Math.ceil((bound(end) - bound(start)) / step));
  return Array.from({ length: count }, (_, i) => bound(start) + i * step);
}

/** Rearrangements, and picking along other dimensions, in which a dimension stays what it is. */
const LAYOUT = new Set(
  'Reshape Transpose Squeeze Unsqueeze Flatten Concat Expand Slice Split Gather Pad'.split(' '),
);

/** Whether a token of the output is computed from the same token of the input alone. */
function keeps(node: Node, i: number, from: Axes, at: number): boolean {
  if (node.op === 'MatMul') return i === 0 && at === from.length - 2;
  if (node.op === 'Gemm') return i === 0 && int(node, 'transA', 0) === 0 && at === 0;
  const { role, place } = traitsOf(node.op) ?? {};
  if (LAYOUT.has(node.op) || place === 'kept') return true;
  const axis = axisAt(int(node, 'axis', -1), from.length);
  return (role === 'softmax' && axis !== at) || (role === 'normalisation' && at < axis);
}
