/** What a gradient rule is. The table of them is `rules.ts`; `backward.ts` walks a graph with it. */
import { ReverieError } from '../../../shared/errors.ts';
import type { Builder } from '../graph/builder.ts';
import type { Name, Node } from '../graph/graph.ts';
import type { Phases } from './phases.ts';

export interface Demand {
  /** Gradients of all outputs, null for an output that the objective does not depend on. */
  readonly dys: readonly (Name | null)[];
  /** Whether somebody asks for the gradient of input `i`: dear gradients, those of weights, are only built on demand. */
  wants(i: number): boolean;
  /** The table that the walk uses. */
  readonly rules: Rules;
  /** By tensor, gradients that are known to be zero wherever the tensor is zero. */
  readonly closed: Map<Name, Name>;
  /** By gradient, its phases where it was found in phases: whoever can go on with these need not have it woven. */
  readonly phases: Map<Name, Phases>;
}

/**
 * Writes the gradient of one node as ordinary operators.
 *
 * `dy` is the gradient of the objective with respect to the node's first output, of that output's shape. The rule gives one
 * gradient per input; null or nothing for an input that nobody wants. A gradient may have the broadcast shape of the output instead of the
 * input's: the walker sums it down.
 */
export type Rule = (g: Builder, node: Node, dy: Name, demand: Demand) => (Name | null)[];

/** An operator whose gradient is zero wherever it exists, or whose output is no float. */
export const FLAT = 'flat';

export type Rules = Readonly<Record<string, Rule | typeof FLAT>>;

/** Refuses a node whose operator has a rule that does not cover its attributes; `problem` completes the sentence. */
export function refuse(node: Node, problem: string): never {
  throw new ReverieError('gradient/no-rule', `Node "${node.name}" (${node.op}) ${problem}.`, {
    operators: { [node.op]: [node.name] },
  });
}

/** Input `i` of a node, which its operator requires. */
export function input(node: Node, i: number): Name {
  const name = node.inputs[i];
  if (name === undefined || name === '') throw new Error(`${node.op} "${node.name}" lacks input ${i}.`);
  return name;
}

/** The node's first output. */
export function output(node: Node): Name {
  const name = node.outputs[0];
  if (name === undefined) throw new Error(`${node.op} "${node.name}" has no output.`);
  return name;
}
