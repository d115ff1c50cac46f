/** The graph of a network while it is written: its nodes, its constants, and a name of its own for everything. */
import type { Attribute, Name, Node } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** Images are [N, C, H, W]. */
const IMAGE_RANK = 4;

export class NetWriter {
  readonly nodes: Node[] = [];
  readonly constants = new Map<Name, Tensor>();
  readonly #ranks = new Map<Name, number>();
  readonly #tensors: Set<Name>;
  readonly #nodeNames = new Set<string>();

  /** @param reserved names of tensors that are known already, and not given to others. */
  constructor(reserved: Iterable<Name>) {
    this.#tensors = new Set(reserved);
  }

  /** A name for a tensor that no other has. */
  tensorName(wish: string): Name {
    return unused(wish, this.#tensors);
  }

  rank(name: Name): number {
    return this.#ranks.get(name) ?? IMAGE_RANK;
  }

  setRank(name: Name, rank: number): void {
    this.#ranks.set(name, rank);
  }

  /** Adds a constant under a name like `wish`. */
  constant(wish: string, tensor: Tensor): Name {
    const name = this.tensorName(wish);
    this.constants.set(name, tensor);
    this.#ranks.set(name, tensor.dims.length);
    return name;
  }

  /** Appends a node whose output is called like `wish`. */
  step(
    wish: string,
    op: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, Attribute>>,
    rank?: number,
  ): Name {
    const name = this.tensorName(wish);
    this.append(name, op, inputs, [name], attributes, rank);
    return name;
  }

  /** Appends a node. Its outputs have as many axes as its first input, unless `rank` says otherwise. */
  append(
    wish: string,
    op: string,
    inputs: readonly Name[],
    outputs: readonly Name[],
    attributes: Readonly<Record<string, Attribute>>,
    rank = this.rank(inputs[0] ?? ''),
  ): void {
    this.nodes.push({ op, name: unused(wish, this.#nodeNames), inputs, outputs, attributes });
    for (const output of outputs) this.#ranks.set(output, rank);
  }
}

/** `wish`, or the first of `wish_2`, `wish_3`… that is not taken; it is taken from now on. */
function unused(wish: string, taken: Set<string>): string {
  let name = wish;
  for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
  taken.add(name);
  return name;
}
