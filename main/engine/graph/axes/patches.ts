/** Where the places of a picture still count: behind a transformer's last attention only its class token does. */
import { int, pruneNodes, type Graph, type Name, type Node } from '../graph.ts';
import { traitsOf } from '../traits.ts';
import { isPlaced, type Axes, type Group } from './axis.ts';
import { layoutOf } from './layout.ts';

type Known = ReadonlyMap<Name, Axes>;

const hasTokens = (group: Group): boolean => group.some(({ kind }) => kind === 'tokens');
const tokenAxis = (axes: Axes | undefined): number => axes?.findIndex(hasTokens) ?? -1;
const hasKeys = (axes: Axes): boolean => axes.flat().some(({ kind }) => kind === 'keys');

/** Whether an operator mixes values along the dimension of the tokens. */
function mixes(node: Node, axes: Axes): boolean {
  const { role } = traitsOf(node.op) ?? {};
  if (role !== 'normalisation' && role !== 'softmax') return false;
  const axis = int(node, 'axis', -1);
  const from = axis < 0 ? axis + axes.length : axis;
  const mixed = role === 'softmax' ? axes.slice(from, from + 1) : axes.slice(from);
  return mixed.some(hasTokens);
}

/** Whether an input's own places count, given whether those of the output do; undefined where nothing of it does. */
function wanted(node: Node, i: number, places: boolean, axes: Known): boolean | undefined {
  const [own, to] = [axes.get(node.inputs[i] ?? ''), axes.get(node.outputs[0] ?? '')];
  if (own === undefined || to === undefined) return undefined;
  const at = tokenAxis(own);
  const kept = tokenAxis(to) >= 0;
  // Only tokens of no place are picked.
  if (at >= 0 && !kept && ['Gather', 'Slice'].includes(node.op) && !to.some(isPlaced)) return false;
  if (places || !kept) return true;
  if (node.op === 'Concat') return at >= 0 ? false : own.some(isPlaced) ? undefined : true;
  // The second matrix is looked at by every row of the first.
  if (at < 0 || (node.op === 'MatMul' && i === 1) || mixes(node, own)) return true;
  return false;
}

/** The tensors that `targets` depend on, with whether they do so by places of the picture or only by other tokens. */
function placesWanted(graph: Graph, axes: Known, targets: ReadonlyMap<Name, boolean>): Map<Name, boolean> {
  const found = new Map(targets);
  for (const node of graph.nodes.toReversed()) {
    const outputs = node.outputs.filter((name) => found.has(name));
    if (outputs.length === 0) continue;
    const places = outputs.some((name) => found.get(name));
    node.inputs.forEach((name, i) => {
      const own = wanted(node, i, places, axes);
      if (own !== undefined) found.set(name, own || found.get(name) === true);
    });
  }
  return found;
}

/**
 * The tensors with a grid by whose places `targets` depend on the picture, in the order of computation, and of these the ones
 * through which all of that goes: no way from the picture's places to the targets leads past them.
 *
 * @param targets with whether their places count, or only their tokens of no place
 */
export function placedBefore(
  graph: Graph,
  axes: Known,
  targets: ReadonlyMap<Name, boolean>,
): { all: ReadonlySet<Name>; gates: ReadonlySet<Name> } {
  const nodes = pruneNodes(graph.nodes, targets.keys());
  const wants = placesWanted({ ...graph, nodes }, axes, targets);
  const all = new Set<Name>();
  const gates = new Set<Name>();
  const last = new Map<Name, number>();
  // What is read for the sake of other tokens alone, as by the branch around a last attention, is no way of the places.
  nodes.forEach((node, i) => {
    const places = node.outputs.some((name) => wants.get(name));
    node.inputs.forEach((name, k) => {
      if (wanted(node, k, places, axes) === true) last.set(name, i);
    });
  });
  let open: Name[] = [];
  nodes.forEach(({ outputs }, i) => {
    open = open.filter((name) => (last.get(name) ?? i) > i);
    for (const name of outputs) {
      const own = axes.get(name);
      if (own === undefined || !wants.has(name)) continue;
      if (hasKeys(own)) open.push(name);
      else if (wants.get(name) === true && layoutOf(own).grid) {
        all.add(name);
        open.push(name);
        if (open.length === 1) gates.add(name);
      }
    }
  });
  return { all, gates };
}
