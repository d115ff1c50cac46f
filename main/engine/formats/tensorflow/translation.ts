/**
 * The neutral graph while it is being written. TensorFlow keeps channels last, the neutral graph first: a feature map is
 * held transposed from where it enters, and brought back only where an operator mixes its axes.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Attribute, Info, Input, Name, Node } from '../../graph/graph.ts';
import { constantInfo, inferNode } from '../../graph/shapes.ts';
import { float32, int64, numbers, sizeOf, type Tensor } from '../../graph/tensor.ts';
import { damaged, unsupported, type Operation } from './operation.ts';
import { transposed } from './transpose.ts';

/** A tensor of TensorFlow's graph and the one that stands for it. */
export interface Value {
  readonly name: Name;
  /** Whether it is stored with the axes [0, 3, 1, 2] of TensorFlow's: NHWC as NCHW. Such a tensor has four axes. */
  readonly channelsFirst: boolean;
}

/** The outputs of a node; null for one in a branch that is never taken. */
export type Outputs = readonly (Value | null)[];

/** Writes what a node means. `inputs` are its inputs. */
export type Translate = (operation: Operation, inputs: readonly Value[], t: Translation) => Outputs;

/** A file may not call for more outputs of one node than this. */
export const MOST_OUTPUTS = 4096;

const FIRST = [0, 3, 1, 2];
const LAST = [0, 2, 3, 1];

/** Where an axis of TensorFlow's order is in a tensor that is held channels first. */
export function axisOfMap(axis: number): number {
  return FIRST.indexOf(axis < 0 ? axis + 4 : axis);
}

/** A list with an entry per axis of TensorFlow's order, in the order of a tensor that is held channels first. */
export function permuted<T>(list: readonly T[]): T[] {
  return FIRST.flatMap((axis) => {
    const entry = list[axis];
    return entry === undefined ? [] : [entry];
  });
}

/** A value that is stored as TensorFlow has it. */
export function plain(name: Name): Value {
  return { name, channelsFirst: false };
}

/** A feature map that is stored as NCHW. */
export function featureMap(name: Name): Value {
  return { name, channelsFirst: true };
}

/** An input that an operator cannot do without. */
export function given(operation: Operation, value: Value | undefined): Value {
  if (value === undefined) throw damaged(operation, 'lacks an input');
  return value;
}

export class Translation {
  readonly inputs: Input[] = [];
  readonly nodes: Node[] = [];
  readonly constants = new Map<Name, Tensor>();
  readonly #infos = new Map<Name, Info>();
  readonly #taken: Set<string>;
  readonly #cache = new Map<string, Name>();

  /** @param taken Names of the nodes of the file, which only they may use. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Adds an input of the network; free dimensions are taken as those of `nominal` while ranks are found out. */
  input(input: Input, nominal: readonly number[]): void {
    this.inputs.push(input);
    this.#infos.set(input.name, { type: input.type, dims: nominal });
  }

  /** A free name of a node or tensor, made from `wish`. */
  fresh(wish: string): Name {
    let name = wish;
    for (let i = 2; this.#taken.has(name); i++) name = `${wish}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** Adds a constant by the name of a node of the file. */
  define(name: Name, tensor: Tensor): Value {
    this.constants.set(name, tensor);
    this.#infos.set(name, constantInfo(tensor));
    return plain(name);
  }

  /** Adds a constant under a free name. */
  constant(tensor: Tensor, wish: string): Name {
    return this.define(this.fresh(wish), tensor).name;
  }

  /** A constant without axes. */
  scalar(value: number): Name {
    return this.#once(`scalar ${value}`, () => this.constant(float32([value], []), 'scalar'));
  }

  /** A list of axes, sizes or the like. */
  integers(values: readonly number[]): Name {
    return this.#once(`integers ${values.join()}`, () => this.constant(int64(values), 'integers'));
  }

  /** The constant that a value is, as TensorFlow has it. */
  constantOf(value: Value): Tensor | undefined {
    return value.channelsFirst ? undefined : this.constants.get(value.name);
  }

  /** The numbers in an input that must be a constant, `what` in the sentence that refuses another. */
  numbersOf(operation: Operation, value: Value | undefined, what: string): number[] {
    if (value === undefined) throw damaged(operation, `lacks its ${what}`);
    const tensor = this.constantOf(value);
    if (tensor === undefined)
      throw unsupported(operation, `computes its ${what}; only a constant is supported`);
    return numbers(tensor);
  }

  /** Type and shape of a tensor, where they can be told; dimensions that are free are those of one arbitrary size. */
  info(name: Name): Info | undefined {
    return this.#infos.get(name);
  }

  /** How many axes a value has, where that can be told. */
  rank(value: Value): number | undefined {
    return value.channelsFirst ? 4 : this.info(value.name)?.dims.length;
  }

  /** Appends the node that gives `operation` its name. */
  emit(
    operation: Operation,
    op: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Name {
    return this.#append(op, operation.name, inputs, [operation.name], attributes);
  }

  /** As {@link emit}, for `count` outputs: `name`, `name:1`, … */
  emitAll(
    operation: Operation,
    op: string,
    inputs: readonly Name[],
    count: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Name[] {
    const { name } = operation;
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : this.fresh(`${name}:${i}`)));
    this.#append(op, name, inputs, outputs, attributes);
    return outputs;
  }

  /** Appends a node on the way to one that TensorFlow has; `part` is its name below `operation`'s. */
  step(
    operation: Operation,
    part: string,
    op: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Name {
    const name = this.fresh(`${operation.name}/${part}`);
    return this.#append(op, name, inputs, [name], attributes);
  }

  /** The tensor with its channels, TensorFlow's last of four axes, first. */
  channelsFirst(value: Value): Name {
    return value.channelsFirst ? value.name : this.transpose(value.name, FIRST, 'channels-first');
  }

  /** The tensor as TensorFlow has it. */
  asStored(value: Value): Name {
    return value.channelsFirst ? this.transpose(value.name, LAST, 'channels-last') : value.name;
  }

  /** A tensor with its axes in another order, once for all who ask; a constant is rearranged right away. */
  transpose(x: Name, perm: readonly number[], part: string): Name {
    return this.#once(`transpose ${perm.join()} ${x}`, () => {
      const tensor = this.constants.get(x);
      const wish = `${x}/${part}`;
      if (tensor?.dims.length === perm.length) return this.constant(transposed(tensor, perm), wish);
      const name = this.fresh(wish);
      return this.#append('Transpose', name, [x], [name], { perm });
    });
  }

  /** A tensor in another shape with the same elements; see {@link transpose}. */
  reshape(x: Name, dims: readonly number[], part: string): Name {
    return this.#once(`reshape ${dims.join()} ${x}`, () => {
      const tensor = this.constants.get(x);
      const wish = `${x}/${part}`;
      if (tensor !== undefined && sizeOf(tensor.dims) === sizeOf(dims))
        return this.constant({ ...tensor, dims }, wish);
      const name = this.fresh(wish);
      return this.#append('Reshape', name, [x, this.integers(dims)], [name], {});
    });
  }

  /** A tensor with new axes of size 1; see {@link transpose}. */
  unsqueeze(x: Name, axes: readonly number[], part: string): Name {
    return this.#once(`unsqueeze ${axes.join()} ${x}`, () => {
      const name = this.fresh(`${x}/${part}`);
      return this.#append('Unsqueeze', name, [x, this.integers(axes)], [name], {});
    });
  }

  #append(
    op: string,
    name: string,
    inputs: readonly Name[],
    outputs: readonly Name[],
    attributes: Readonly<Record<string, Attribute>>,
  ): Name {
    const node: Node = { op, name, inputs, outputs, attributes };
    this.nodes.push(node);
    this.#infer(node);
    return outputs[0] ?? '';
  }

  /** Remembers what is known of a node's outputs, which may be nothing: whoever runs the network is told why. */
  #infer(node: Node): void {
    try {
      const inputs = node.inputs.map((name) => (name === '' ? undefined : this.#infos.get(name)));
      if (node.inputs.some((name, i) => name !== '' && inputs[i] === undefined)) return;
      inferNode(node, inputs).forEach((info, i) => {
        const output = node.outputs[i];
        if (output !== undefined) this.#infos.set(output, info);
      });
    } catch (error) {
      if (!(error instanceof ReverieError)) throw error;
    }
  }

  #once(key: string, make: () => Name): Name {
    let name = this.#cache.get(key);
    if (name === undefined) this.#cache.set(key, (name = make()));
    return name;
  }
}
