/** What the translation of one layer sees of its network, and how it writes the nodes that stand for the layer. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Attribute, Name } from '../../graph/graph.ts';
import { float32, int64, sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Blob } from './blob.ts';
import type { LayerParameter } from './messages.ts';
import type { NetWriter } from './net-writer.ts';

/** Writes the nodes of a layer. */
export type Translation = (at: LayerScope) => void;

type Attributes = Readonly<Record<string, Attribute>>;

export class LayerScope {
  readonly layer: LayerParameter;
  /** The tensors that the layer reads. */
  readonly bottoms: readonly Name[];
  /** What its tops will be called. */
  readonly tops: readonly Name[];
  readonly #net: NetWriter;

  constructor(net: NetWriter, layer: LayerParameter, bottoms: readonly Name[], tops: readonly Name[]) {
    this.#net = net;
    this.layer = layer;
    this.bottoms = bottoms;
    this.tops = tops;
  }

  /** The first bottom. */
  get x(): Name {
    return this.bottoms[0] ?? this.unreadable('reads nothing');
  }

  /** The only bottom of a layer that takes no more. */
  get onlyBottom(): Name {
    if (this.bottoms.length > 1 || this.tops.length > 1)
      this.unsupported(
        `has ${this.bottoms.length} bottoms and ${this.tops.length} tops; one each is possible`,
      );
    return this.x;
  }

  /** Number of axes of a tensor. */
  rank(name: Name): number {
    return this.#net.rank(name);
  }

  /** A possibly negative axis of a tensor as an index. */
  axis(axis: number, name: Name = this.x): number {
    const rank = this.rank(name);
    const index = axis < 0 ? axis + rank : axis;
    return index >= 0 && index < rank
      ? index
      : this.unreadable(`has axis ${axis} for an input of ${rank} axes`);
  }

  /** Appends a node that only this layer reads; `part` says what it gives. */
  step(part: string, op: string, inputs: readonly Name[], attributes: Attributes = {}, rank?: number): Name {
    return this.#net.step(`${this.layer.name ?? ''}/${part}`, op, inputs, attributes, rank);
  }

  /** Appends the node that gives a top. */
  top(op: string, inputs: readonly Name[], attributes: Attributes = {}, rank?: number, index = 0): void {
    const output = this.tops[index] ?? this.unreadable('gives nothing');
    this.#net.append(this.layer.name ?? '', op, inputs, [output], attributes, rank);
  }

  /** Appends one node that gives all tops. */
  allTops(op: string, inputs: readonly Name[], attributes: Attributes): void {
    this.#net.append(this.layer.name ?? '', op, inputs, this.tops, attributes);
  }

  /** Adds a constant; `part` says what it is. */
  constant(part: string, tensor: Tensor): Name {
    return this.#net.constant(`${this.layer.name ?? ''}/${part}`, tensor);
  }

  scalar(part: string, value: number): Name {
    return this.constant(part, float32([value], []));
  }

  ints(part: string, values: readonly number[]): Name {
    return this.constant(part, int64(values));
  }

  /** A blob as it is stored. */
  blob(index: number): Blob {
    const { name = '', blobs = [] } = this.layer;
    const bytes = blobs[index];
    if (bytes !== undefined) return this.#net.blob(bytes, `Blob ${index + 1} of layer "${name}"`);
    const found = `${blobs.length} of its weights`;
    return this.unreadable(
      `finds ${found} in the .caffemodel and needs ${index + 1}; does it belong to this network?`,
    );
  }

  /**
   * The numbers of a blob, whose shape must be `dims` but for ones before it: old files fill shapes up to four axes. One
   * size may be -1, and follows from the others.
   */
  weights(index: number, dims: readonly number[]): { dims: readonly number[]; data: Float32Array } {
    const blob = this.blob(index);
    const known = sizeOf(dims.filter((d) => d !== -1));
    const wanted = dims.map((d) => (d === -1 ? blob.data.length / known : d));
    if (significant(wanted) !== significant(blob.dims)) {
      const sizes = dims.map((d) => (d === -1 ? 'any' : d)).join(', ');
      this.unreadable(`has a blob of the shape [${blob.dims.join(', ')}] where [${sizes}] is needed`);
    }
    return { dims: wanted, data: blob.data };
  }

  /** Refuses a layer that contradicts itself; `what` completes a sentence that begins with its name. */
  unreadable(what: string): never {
    throw new ReverieError('model/unreadable', `${this.#title} ${what}.`);
  }

  /** Refuses a layer that does what is not supported. */
  unsupported(what: string): never {
    throw new ReverieError('model/unsupported', `${this.#title} ${what}.`);
  }

  get #title(): string {
    return `Layer "${this.layer.name ?? ''}" (${this.layer.type ?? ''})`;
  }
}

/** A shape without the ones that it begins with. */
function significant(dims: readonly number[]): string {
  const first = dims.findIndex((d) => d !== 1);
  return dims.slice(first < 0 ? dims.length : first).join();
}
