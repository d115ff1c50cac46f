/** Writes the nodes that stand in for one node, one verb a step. What they compute is called after the node. */
import type { Attribute, Name, Node } from '../graph.ts';
import { float32, int64 } from '../tensor.ts';
import { unsupported, type Rewriter } from './rewrite.ts';

type Attributes = Readonly<Record<string, Attribute>>;

export class Composer {
  readonly node: Node;
  readonly at: Rewriter;
  readonly #nodes: Node[] = [];

  constructor(node: Node, at: Rewriter) {
    this.node = node;
    this.at = at;
  }

  /** An input of the node, which it cannot do without. */
  input(i: number): Name {
    return this.optional(i) || this.refuse(`lacks its input ${i + 1}`);
  }

  /** An input of the node, the empty name where it is omitted. */
  optional(i: number): Name {
    return this.node.inputs[i] ?? '';
  }

  /** The shape of an input. Its batch, and what follows the size of the picture, are those of an arbitrary one. */
  dims(name: Name): readonly number[] {
    return this.at.info(name)?.dims ?? this.refuse('reads a tensor of unknown shape');
  }

  /** Appends a node. @param part what its output is called within the node */
  op(op: string, inputs: readonly Name[], part: string, attributes: Attributes = {}): Name {
    const [name = ''] = this.ops(op, inputs, [part], attributes);
    return name;
  }

  /** Appends a node of several outputs. */
  ops(op: string, inputs: readonly Name[], parts: readonly string[], attributes: Attributes = {}): Name[] {
    const outputs = parts.map((part) => this.at.fresh(`${this.node.name}/${part}`));
    this.#nodes.push({ op, name: outputs[0] ?? '', inputs, outputs, attributes });
    return outputs;
  }

  ints(values: readonly number[], part: string): Name {
    if (!values.every(Number.isSafeInteger)) this.refuse(`divides its features into ${values.join('×')}`);
    return this.at.constant(int64(values), `${this.node.name}/${part}`);
  }

  /** An integer without axes. */
  index(value: number, part: string): Name {
    return this.at.constant(int64([value], []), `${this.node.name}/${part}`);
  }

  number(value: number, part: string): Name {
    return this.at.constant(float32([value], []), `${this.node.name}/${part}`);
  }

  reshape(x: Name, dims: readonly number[], part: string): Name {
    return this.op('Reshape', [x, this.ints(dims, `${part}-shape`)], part);
  }

  transpose(x: Name, perm: readonly number[], part: string): Name {
    return this.op('Transpose', [x], part, { perm });
  }

  /** x·k; nothing is appended for k = 1. */
  scale(x: Name, k: number, part: string): Name {
    return k === 1 ? x : this.op('Mul', [x, this.number(k, `${part}-factor`)], part);
  }

  /** Sum of those that there are; the empty name where there are none. */
  sum(terms: readonly Name[], part: string): Name {
    const add = (a: Name, b: Name): Name => (a === '' || b === '' ? a || b : this.op('Add', [a, b], part));
    return terms.reduce(add, '');
  }

  /** Gives another output of the node, where something reads it. */
  also(output: number, value: () => Name): void {
    const name = this.node.outputs[output] ?? '';
    if (name === '' || !this.at.used(name)) return;
    this.#nodes.push({ op: 'Identity', name, inputs: [value()], outputs: [name], attributes: {} });
  }

  /** All nodes, with the last one, which gives the node's first output and has its name. */
  last(op: string, inputs: readonly Name[], attributes: Attributes = {}): readonly Node[] {
    const { name, outputs } = this.node;
    return [...this.#nodes, { op, name, inputs, outputs: outputs.slice(0, 1), attributes }];
  }

  /** All nodes, where one of them gives the node's first output. */
  done(value: Name): readonly Node[] {
    return this.last('Identity', [value]);
  }

  refuse(reason: string): never {
    throw unsupported(this.node, reason);
  }
}
