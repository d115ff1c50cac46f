/**
 * Extends a graph of static shapes, one verb per operator. Every appended node is shape-checked at once, so that a
 * gradient rule can ask for any tensor's dimensions and a mistake is reported where it is made.
 */
import type { Axes } from './axes/axis.ts';
import type { Attribute, Graph, Info, Input, Name, Node } from './graph.ts';
import { pruneNodes } from './graph.ts';
import { inferNode } from './shapes.ts';
import type { DataType, Tensor } from './tensor.ts';
import { bool, float32, int64, sizeOf } from './tensor.ts';

export type Attributes = Readonly<Record<string, Attribute>>;

export class Builder {
  readonly #inputs: Input[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<Name, Tensor>();
  readonly #infos = new Map<Name, Info>();
  readonly #axes = new Map<Name, Axes>();
  readonly #cache = new Map<string, Name>();
  #serial = 0;

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Type, shape and, when known, value of a tensor. */
  info(name: Name): Info {
    const info = this.#infos.get(name);
    if (info === undefined) throw new Error(`No tensor is called "${name}" in this graph.`);
    return info;
  }

  has(name: Name): boolean {
    return this.#infos.has(name);
  }

  dims(name: Name): readonly number[] {
    return this.info(name).dims;
  }

  /** A dimension by position; negative positions count from the end. */
  dim(name: Name, axis: number): number {
    const d = this.dims(name).at(axis);
    if (d === undefined) throw new Error(`"${name}" has no axis ${axis}.`);
    return d;
  }

  /** What the dimensions of an inlined tensor mean, where that is known and it depends on the picture. */
  axes(name: Name): Axes | undefined {
    return this.#axes.get(name);
  }

  /** The constant of that name, when the tensor is one. */
  constantOf(name: Name): Tensor | undefined {
    return this.#constants.get(name);
  }

  /** Adds a graph input, by a name that nothing has yet. */
  input(name: Name, dims: readonly number[], type: DataType = 'float32'): Name {
    if (this.#infos.has(name)) throw new Error(`There are two tensors called "${name}".`);
    this.#inputs.push({ name, type, dims });
    this.#infos.set(name, { type, dims });
    return name;
  }

  /**
   * Appends a graph of static shapes (see `specialise`), with its inputs bound to tensors of this one. Its tensors keep
   * their names.
   *
   * @param axes what the dimensions of its tensors mean
   */
  inline(
    graph: Graph,
    infos: ReadonlyMap<Name, Info>,
    bindings: Readonly<Record<Name, Name>>,
    axes: ReadonlyMap<Name, Axes> = new Map(),
  ): void {
    const bound = (name: Name): Name => bindings[name] ?? name;
    for (const [name, tensor] of graph.constants) this.#constants.set(name, tensor);
    for (const [name, info] of infos) if (bindings[name] === undefined) this.#infos.set(name, info);
    for (const [name, meaning] of axes) this.#axes.set(name, meaning);
    for (const node of graph.nodes) this.#nodes.push({ ...node, inputs: node.inputs.map(bound) });
  }

  /** Adds a constant under a fresh name, or returns the name it was given before under the same `key`. */
  constant(tensor: Tensor, key?: string): Name {
    const name = key ?? this.#fresh('constant');
    if (!this.#constants.has(name)) {
      this.#constants.set(name, tensor);
      this.#infos.set(name, {
        type: tensor.type,
        dims: tensor.dims,
        ...(tensor.data.length <= 64 ? { value: tensor } : {}),
      });
    }
    return name;
  }

  /** A float scalar (rank 0, so that it broadcasts against anything). */
  scalar(value: number): Name {
    return this.#memo(`f:${value}`, () => float32([value], []));
  }

  /** A one-dimensional int64 constant, such as axes or pads. */
  ints(values: readonly number[]): Name {
    return this.#memo(`i:${values.join()}`, () => int64(values));
  }

  truth(value: boolean): Name {
    return this.#memo(`b:${value}`, () => bool([value], []));
  }

  /** Appends a node with `outputs` fresh outputs. */
  node(op: string, inputs: readonly Name[], attributes: Attributes = {}, outputs = 1): Name[] {
    const name = this.#fresh(op);
    return this.#append({
      op,
      name,
      inputs,
      outputs: Array.from({ length: outputs }, (_, i) => (i === 0 ? name : `${name}:${i}`)),
      attributes,
    });
  }

  /** Appends a node with one output. */
  op(op: string, inputs: readonly Name[], attributes: Attributes = {}): Name {
    const [output] = this.node(op, inputs, attributes);
    if (output === undefined) throw new Error(`${op} has no output.`);
    return output;
  }

  /** The `index`-th output of an existing node, requested now if the network did not use it (the Indices of a MaxPool). */
  requestOutput(node: Node, index: number): Name {
    const at = this.#nodes.findIndex((n) => n.name === node.name);
    const current = this.#nodes[at];
    if (current === undefined) throw new Error(`No node is called "${node.name}".`);
    const existing = current.outputs[index];
    if (existing !== undefined && existing !== '') return existing;
    const outputs = Array.from(
      { length: Math.max(index + 1, current.outputs.length) },
      (_, i) => current.outputs[i] ?? '',
    );
    const name = this.#fresh(`${node.op}:${index}`);
    outputs[index] = name;
    const extended: Node = { ...current, outputs };
    this.#nodes[at] = extended;
    const info = inferNode(extended, this.#inputInfos(extended))[index];
    if (info === undefined) throw new Error(`${node.op} has no output ${index}.`);
    this.#infos.set(name, info);
    return name;
  }

  /** The graph that computes `outputs`, without anything they do not need. */
  finish(outputs: readonly Name[]): Graph {
    const nodes = pruneNodes(this.#nodes, outputs);
    const read = new Set<Name>(outputs);
    for (const node of nodes) for (const input of node.inputs) read.add(input);
    return {
      name: 'program',
      inputs: this.#inputs.filter((input) => read.has(input.name)),
      outputs,
      nodes,
      constants: new Map([...this.#constants].filter(([name]) => read.has(name))),
    };
  }

  /**
   * Roughly what running a finished graph needs, in bytes: its weights and half of all its tensors, because a runtime uses
   * the memory of one that is not read any more for the next (measured on gradients of GoogLeNet).
   */
  footprint(graph: Graph): number {
    let weights = 0;
    for (const { data } of graph.constants.values()) weights += data.byteLength;
    let elements = 0;
    for (const { outputs } of graph.nodes)
      for (const name of outputs) if (name !== '') elements += sizeOf(this.dims(name));
    return weights + 2 * elements;
  }

  // Arithmetic, with numpy broadcasting.

  add(a: Name, b: Name): Name {
    return this.op('Add', [a, b]);
  }
  sub(a: Name, b: Name): Name {
    return this.op('Sub', [a, b]);
  }
  mul(a: Name, b: Name): Name {
    return this.op('Mul', [a, b]);
  }
  div(a: Name, b: Name): Name {
    return this.op('Div', [a, b]);
  }
  /** a / b, and 0 where b is 0: a network that passes over such places by `Where` asks for their gradient all the same. */
  quotient(a: Name, b: Name): Name {
    const value = this.constantOf(b);
    if (value !== undefined && value.data.every((x) => Number(x) !== 0)) return this.div(a, b);
    return this.where(this.compare('Equal', b, this.scalar(0)), this.scalar(0), this.div(a, b));
  }
  /** x·k for a number k; nothing is appended for k = 1. */
  scale(x: Name, k: number): Name {
    return k === 1 ? x : this.mul(x, this.scalar(k));
  }
  unary(op: string, x: Name): Name {
    return this.op(op, [x]);
  }
  neg(x: Name): Name {
    return this.unary('Neg', x);
  }
  relu(x: Name): Name {
    return this.unary('Relu', x);
  }
  square(x: Name): Name {
    return this.mul(x, x);
  }
  where(condition: Name, a: Name, b: Name): Name {
    return this.op('Where', [condition, a, b]);
  }
  /** A boolean tensor: `Greater`, `Less`, `Equal`, `GreaterOrEqual`, `LessOrEqual`. */
  compare(op: 'Greater' | 'Less' | 'Equal' | 'GreaterOrEqual' | 'LessOrEqual', a: Name, b: Name): Name {
    return this.op(op, [a, b]);
  }
  /** `x` where the condition holds, 0 elsewhere. */
  mask(x: Name, condition: Name): Name {
    return this.where(condition, x, this.scalar(0));
  }
  /** Booleans as 0 and 1. */
  asFloat(condition: Name): Name {
    return this.op('Cast', [condition], { to: 1 });
  }

  // Shape.

  reshape(x: Name, dims: readonly number[]): Name {
    return this.op('Reshape', [x, this.ints(dims)]);
  }
  transpose(x: Name, perm: readonly number[]): Name {
    return this.op('Transpose', [x], { perm });
  }
  concat(xs: readonly Name[], axis: number): Name {
    return this.op('Concat', xs, { axis });
  }
  /** x[start:end:step] along each of `axes`. */
  slice(
    x: Name,
    axes: readonly number[],
    starts: readonly number[],
    ends: readonly number[],
    steps?: readonly number[],
  ): Name {
    const spec = [this.ints(starts), this.ints(ends), this.ints(axes)];
    return this.op('Slice', steps === undefined ? [x, ...spec] : [x, ...spec, this.ints(steps)]);
  }
  /** Zero padding; `pads` lists the beginnings of every axis, then the ends, and may be negative to crop. */
  pad(x: Name, pads: readonly number[]): Name {
    return pads.every((p) => p === 0) ? x : this.op('Pad', [x, this.ints(pads)]);
  }
  expand(x: Name, dims: readonly number[]): Name {
    return this.op('Expand', [x, this.ints(dims)]);
  }
  reduce(
    op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd',
    x: Name,
    axes: readonly number[],
    keepdims: boolean,
  ): Name {
    return this.op(op, [x, this.ints(axes)], { keepdims: keepdims ? 1 : 0 });
  }
  /** Sum of all elements, of shape []. */
  total(x: Name): Name {
    return this.op('ReduceSum', [x], { keepdims: 0 });
  }

  #memo(key: string, make: () => Tensor): Name {
    let name = this.#cache.get(key);
    if (name === undefined) this.#cache.set(key, (name = this.constant(make())));
    return name;
  }

  #fresh(stem: string): Name {
    let name: Name;
    do name = `~${stem}.${this.#serial++}`;
    while (this.#infos.has(name));
    return name;
  }

  #inputInfos(node: Node): (Info | undefined)[] {
    return node.inputs.map((input) => (input === '' ? undefined : this.info(input)));
  }

  #append(node: Node): Name[] {
    const infos = inferNode(node, this.#inputInfos(node));
    this.#nodes.push(node);
    node.outputs.forEach((output, i) => {
      const info = infos[i];
      if (info !== undefined && output !== '') this.#infos.set(output, info);
    });
    return [...node.outputs];
  }
}
