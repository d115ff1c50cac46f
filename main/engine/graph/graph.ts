/**
 * The neutral graph that every file format is read into and every runtime executes: ONNX vocabulary, one opset, no protobuf.
 * A graph that has passed `normalise` uses only forms of {@link OPSET} and the four element types of `tensor.ts`.
 */
import { ReverieError } from '../../../shared/errors.ts';
import type { DataType, Tensor } from './tensor.ts';

/** The ONNX operator set that a normalised graph is written in. */
export const OPSET = 20;

/** Names a tensor of a graph: an input, a constant or a node's output. The empty name is an omitted optional input. */
export type Name = string;

/** Whether a number is an ONNX int or float is decided by the attribute's name when it is written (see `formats/onnx/write.ts`). */
export type Attribute = number | string | readonly number[] | readonly string[] | Tensor | Subgraph;

/**
 * A graph within a node, as `If` and `Loop` hold it. It may read tensors of the graph around it, which its node lists behind its
 * own inputs. `normalise` writes it out; a normalised graph holds none but in nodes that cannot be used.
 */
export interface Subgraph {
  readonly inputs: readonly Name[];
  readonly outputs: readonly Name[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<Name, Tensor>;
}

export interface Node {
  /** Operator, `Conv`; one outside the standard set is written with its domain, `com.microsoft.FusedConv`. */
  readonly op: string;
  /** Unique in the graph. */
  readonly name: string;
  readonly inputs: readonly Name[];
  /** Omitted optional outputs are empty names. */
  readonly outputs: readonly Name[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Its gradient passes as if it returned its first input, whatever its operator (Bengio et al. 2013, for roundings). */
  readonly straightThrough?: true;
}

/** A graph input. A string dimension is free and shared by name, -1 is free on its own. */
export interface Input {
  readonly name: Name;
  readonly type: DataType;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Name[];
  /** In an order in which every node comes after those it reads from. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<Name, Tensor>;
}

/** Type and shape of a tensor at one input size. Integer tensors that do not depend on the image also have their value. */
export interface Info {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly value?: Tensor;
}

/** An integer attribute, or its default. */
export function int(node: Node, key: string, fallback: number): number {
  const value = node.attributes[key];
  return typeof value === 'number' ? value : fallback;
}

/** A real attribute, or its default. */
export function float(node: Node, key: string, fallback: number): number {
  const value = node.attributes[key];
  return typeof value === 'number' ? value : fallback;
}

/** A string attribute, or its default. */
export function text(node: Node, key: string, fallback: string): string {
  const value = node.attributes[key];
  return typeof value === 'string' ? value : fallback;
}

/** An attribute that is a list of numbers, or its default. */
export function ints(node: Node, key: string, fallback: readonly number[]): readonly number[] {
  const value = node.attributes[key];
  return Array.isArray(value) && value.every((v) => typeof v === 'number') ? value : fallback;
}

/** An attribute that is a graph. */
export function subgraph(node: Node, key: string): Subgraph | undefined {
  const value = node.attributes[key];
  return typeof value === 'object' && 'nodes' in value ? value : undefined;
}

/** Which node writes each tensor. */
export function producers(nodes: Iterable<Node>): Map<Name, Node> {
  const map = new Map<Name, Node>();
  for (const node of nodes) for (const output of node.outputs) if (output !== '') map.set(output, node);
  return map;
}

/** The tensors that depend on `sources`, and these. @param nodes each after those it reads from */
export function dependents(nodes: Iterable<Node>, sources: Iterable<Name>): Set<Name> {
  const reached = new Set(sources);
  for (const { inputs, outputs } of nodes) {
    if (!inputs.some((name) => reached.has(name))) continue;
    for (const output of outputs) if (output !== '') reached.add(output);
  }
  return reached;
}

/** The nodes needed to compute `targets`, in their order; everything else is left out. */
export function pruneNodes(nodes: readonly Node[], targets: Iterable<Name>): Node[] {
  const needed = new Set(targets);
  const kept: Node[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (!node?.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) if (input !== '') needed.add(input);
    kept.push(node);
  }
  return kept.reverse();
}

/** The nodes in an order in which each comes after those it reads from; a cycle is refused. */
export function sortNodes(nodes: readonly Node[]): Node[] {
  const writer = producers(nodes);
  const state = new Map<Node, 'open' | 'done'>();
  const sorted: Node[] = [];
  for (const root of nodes) {
    // An explicit stack: a network thousands of nodes deep must not exhaust the call stack.
    const stack = [{ node: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top === undefined) break;
      if (top.next === 0) {
        if (state.get(top.node) === 'done') {
          stack.pop();
          continue;
        }
        state.set(top.node, 'open');
      }
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        state.set(top.node, 'done');
        sorted.push(top.node);
        stack.pop();
        continue;
      }
      const source = writer.get(input);
      if (source === undefined || state.get(source) === 'done') continue;
      if (state.get(source) === 'open') {
        throw new ReverieError(
          'model/unreadable',
          `The network is cyclic: node "${source.name}" depends on its own output.`,
        );
      }
      stack.push({ node: source, next: 0 });
    }
  }
  return sorted;
}
