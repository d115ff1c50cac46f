/** What running a graph needs in memory: its weights, and the tensors that are alive at the same time. */
import type { Graph, Name, Node } from './graph.ts';
import { sizeOf } from './tensor.ts';
import { traitsOf, type Traits } from './traits.ts';

/** Bytes of a number. Integer tensors are shapes and places, which count for nothing beside activations. */
const BYTES = 4;

export interface Footprint {
  /** Of all constants, in bytes. */
  readonly weights: number;
  /** The most that tensors take together at any moment of a run, in bytes. */
  readonly activations: number;
}

/** @param dims shapes of the graph's tensors */
export function footprintOf(graph: Graph, dims: (name: Name) => readonly number[]): Footprint {
  let weights = 0;
  for (const { data } of graph.constants.values()) weights += data.byteLength;
  const bytes = (name: Name): number => BYTES * sizeOf(dims(name));
  const kept = new Set<Name>(graph.outputs);
  const last = lastReaders(graph.nodes);
  /** Which tensor's memory each tensor lies in, and how many tensors lie in it. */
  const home = new Map<Name, Name>();
  const tenants = new Map<Name, number>();
  let [now, most] = [0, 0];
  const enter = (name: Name): void => {
    home.set(name, name);
    tenants.set(name, 1);
    now += bytes(name);
  };
  const join = (name: Name, at: Name): void => {
    home.set(name, at);
    tenants.set(at, (tenants.get(at) ?? 0) + 1);
  };
  const leave = (name: Name): void => {
    const at = home.get(name);
    if (at === undefined) return;
    home.delete(name);
    const left = (tenants.get(at) ?? 1) - 1;
    tenants.set(at, left);
    if (left === 0) now -= bytes(at);
  };
  for (const { name } of graph.inputs) enter(name);
  for (const [i, node] of graph.nodes.entries()) {
    const memory = traitsOf(node.op)?.memory;
    for (const output of node.outputs) {
      if (output === '') continue;
      const at = placeFor(node, output, memory, (input) => {
        if (kept.has(input) || !home.has(input)) return false;
        if (memory === 'view') return true;
        const alone = tenants.get(home.get(input) ?? '') === 1;
        return alone && last.get(input) === i && bytes(input) === bytes(output);
      });
      if (at === undefined) enter(output);
      else join(output, home.get(at) ?? at);
    }
    most = Math.max(most, now);
    for (const input of new Set(node.inputs)) if (last.get(input) === i && !kept.has(input)) leave(input);
    for (const output of node.outputs) if (!last.has(output) && !kept.has(output)) leave(output);
  }
  return { weights, activations: most };
}

/** The input whose memory an output takes. */
function placeFor(
  node: Node,
  output: Name,
  memory: Traits['memory'],
  fits: (input: Name) => boolean,
): Name | undefined {
  if (output !== node.outputs[0] || memory === undefined) return undefined;
  const candidates = memory === 'view' ? node.inputs.slice(0, 1) : node.inputs;
  return candidates.find((input) => input !== '' && fits(input));
}

/** Index of the node that reads each tensor last. */
function lastReaders(nodes: readonly Node[]): Map<Name, number> {
  const last = new Map<Name, number>();
  nodes.forEach(({ inputs }, i) => inputs.forEach((name) => last.set(name, i)));
  return last;
}
