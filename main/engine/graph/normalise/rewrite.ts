/** What a rewrite of one operator sees of the network, and how it adds to it. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Attribute, Info, Name, Node } from '../graph.ts';
import { int64, type Tensor } from '../tensor.ts';

export interface Rewriter {
  /** The operator set that the node is written in. */
  readonly opset: number;
  /** A name of a tensor or node that is still free, made from `wish`. */
  fresh(wish: string): Name;
  /** Adds a constant under a free name. */
  constant(tensor: Tensor, wish: string): Name;
  /** The value of a tensor that is a constant. */
  value(name: Name | undefined): Tensor | undefined;
  /** Type and rank of a tensor, where they can be told; its dimensions are those of one arbitrary input size. */
  info(name: Name | undefined): Info | undefined;
  /** Whether a tensor is read by a node or is an output of the network. */
  used(name: Name | undefined): boolean;
}

/** The nodes that stand in for a node; the last one writes its first output, the one that people know. */
export type Rewrite = (node: Node, at: Rewriter) => readonly Node[];

/** A copy of a node with other parts. */
export function change(node: Node, parts: Partial<Node>): readonly Node[] {
  return [{ ...node, ...parts }];
}

/** The attributes without some of them. */
export function without(node: Node, ...keys: readonly string[]): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(node.attributes).filter(([key]) => !keys.includes(key)));
}

/** An attribute that is a list of integers as a constant input, or the empty name where it is absent. */
export function listInput(node: Node, key: string, at: Rewriter): Name {
  const value = node.attributes[key];
  const numbers = Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
  return numbers.length === 0 ? '' : at.constant(int64(numbers), `${node.name}/${key}`);
}

/** Inputs without the omitted ones at the end, and without gaps that are `undefined`. */
export function trimmed(inputs: readonly (Name | undefined)[]): Name[] {
  const names = inputs.map((name) => name ?? '');
  while (names.length > 0 && names[names.length - 1] === '') names.pop();
  return names;
}

export function unsupported(node: Node, reason: string): ReverieError {
  return new ReverieError('model/unsupported', `Node "${node.name}" (${node.op}) ${reason}.`);
}
