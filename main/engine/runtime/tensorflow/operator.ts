/** What an operator of the TensorFlow runtime is. The table of them is `operators.ts`. */
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Info, Node } from '../../graph/graph.ts';
import { numbers, type Tensor } from '../../graph/tensor.ts';
import type { TensorFlow, Value } from './value.ts';

/** Computes a node's outputs from its inputs, which are read by position. Temporary tensors are cleared away behind it. */
export type Kernel = (read: (input: number) => Value) => Value | readonly Value[];

/** Prepares a node of known shapes, once: what does not depend on the picture is done here. */
export type Operator = (at: Place) => Kernel;

export type Operators = Readonly<Record<string, Operator>>;

/** A node where it stands in a graph. */
export class Place {
  readonly tf: TensorFlow;
  readonly node: Node;
  /** Of the inputs; undefined for one that is omitted. */
  readonly inputs: readonly (Info | undefined)[];
  readonly outputs: readonly Info[];
  readonly #constants: readonly (Tensor | undefined)[];
  readonly #kept: TfTensor[];

  /**
   * @param constants the inputs that are constants of the graph
   * @param kept collects what lives as long as the program
   */
  constructor(
    tf: TensorFlow,
    node: Node,
    inputs: readonly (Info | undefined)[],
    outputs: readonly Info[],
    constants: readonly (Tensor | undefined)[],
    kept: TfTensor[],
  ) {
    this.tf = tf;
    this.node = node;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#constants = constants;
    this.#kept = kept;
  }

  has(input: number): boolean {
    return this.inputs[input] !== undefined;
  }

  /** Shape of an input. */
  dims(input: number): readonly number[] {
    return this.inputs[input]?.dims ?? this.refuse(`lacks input ${input}`);
  }

  /** Shape of an output. */
  outputDims(output = 0): readonly number[] {
    return this.outputs[output]?.dims ?? this.refuse(`lacks output ${output}`);
  }

  /** An input that is a constant of the graph. */
  constant(input: number): Tensor | undefined {
    return this.#constants[input];
  }

  /** The elements of a small input that is known beforehand; undefined for one that is omitted. */
  numbers(input: number): number[] | undefined {
    const value = this.#constants[input] ?? this.inputs[input]?.value;
    if (value !== undefined) return numbers(value);
    return this.has(input) ? this.refuse(`computes its input ${input} from the picture`) : undefined;
  }

  /** A tensor that lives as long as the program. */
  keep<T extends TfTensor>(make: () => T): T {
    const tensor = this.tf.keep(this.tf.tidy(make));
    this.#kept.push(tensor);
    return tensor;
  }

  /** @throws ReverieError `device/unusable`; `problem` completes the sentence */
  refuse(problem: string): never {
    const { op, name } = this.node;
    throw new ReverieError(
      'device/unusable',
      `The TensorFlow runtime cannot run node "${name}" (${op}), which ${problem}; use the device "cpu".`,
    );
  }
}
