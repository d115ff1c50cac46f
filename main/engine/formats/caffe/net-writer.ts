/** The graph of a network while it is written: its nodes, its constants, and a name of its own for everything. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Attribute, Name, Node } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { readBlob, type Blob } from './blob.ts';

/** Images are [N, C, H, W]. */
const IMAGE_RANK = 4;

/** The most axes that Caffe's tensors have. */
const MOST_AXES = 32;

export class NetWriter {
  readonly nodes: Node[] = [];
  readonly constants = new Map<Name, Tensor>();
  readonly #ranks = new Map<Name, number>();
  readonly #blobs = new Map<Uint8Array, Blob>();
  readonly #tensors: UniqueNames;
  readonly #nodeNames = new UniqueNames([]);

  /** @param reserved names of tensors that are known already, and not given to others. */
  constructor(reserved: Iterable<Name>) {
    this.#tensors = new UniqueNames(reserved);
  }

  /** A name for a tensor that no other has. */
  tensorName(wish: string): Name {
    return this.#tensors.take(wish);
  }

  rank(name: Name): number {
    return this.#ranks.get(name) ?? IMAGE_RANK;
  }

  setRank(name: Name, rank: number): void {
    if (rank > MOST_AXES) {
      const sentence = `Tensor "${name}" of the Caffe network has ${rank} axes; up to ${MOST_AXES} are possible.`;
      throw new ReverieError('model/unreadable', sentence);
    }
    this.#ranks.set(name, rank);
  }

  /** The numbers of a blob, read once however many layers of one name share it. */
  blob(bytes: Uint8Array, label: string): Blob {
    const known = this.#blobs.get(bytes);
    if (known !== undefined) return known;
    const blob = readBlob(bytes, label);
    this.#blobs.set(bytes, blob);
    return blob;
  }

  /** Adds a constant under a name like `wish`. */
  constant(wish: string, tensor: Tensor): Name {
    const name = this.tensorName(wish);
    this.constants.set(name, tensor);
    this.setRank(name, tensor.dims.length);
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
    this.nodes.push({ op, name: this.#nodeNames.take(wish), inputs, outputs, attributes });
    for (const output of outputs) this.setRank(output, rank);
  }
}

/** Gives every wish a name of its own: `relu`, `relu_2`, `relu_3`. */
class UniqueNames {
  /** How often each name was wished for. */
  readonly #taken: Map<string, number>;

  constructor(reserved: Iterable<string>) {
    this.#taken = new Map(Array.from(reserved, (name) => [name, 1]));
  }

  take(wish: string): string {
    let name = wish;
    while (this.#taken.has(name)) {
      const count = (this.#taken.get(wish) ?? 1) + 1;
      this.#taken.set(wish, count);
      name = `${wish}_${count}`;
    }
    this.#taken.set(name, 1);
    return name;
  }
}
