/**
 * A network that was exported for one size, or one batch, for another: shapes that were written into it follow its axes, and
 * tables over the picture, such as learnt positions, are resampled on their grid. What holds in no other size, such as tables of
 * relative positions, is left as it is, and refused by whoever infers its shapes. Windows that attend within themselves are
 * refused here: their shifts and masks were decided for one size, and would fit others by chance alone.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { kernels } from '../evaluate.ts';
import type { KnownInfo } from '../evaluate/kernel.ts';
import { inferNode } from '../shapes.ts';
import { int64, numbers, type Tensor } from '../tensor.ts';
import { int, producers, type Graph, type Info, type Name, type Node } from '../graph.ts';
import { traitsOf } from '../traits.ts';
import { isPlaced, sizeOfGroup, type Axes, type Axis, type Group, type PlainKind } from './axis.ts';
import { layoutOf } from './layout.ts';
import { axesAfter, inputAxes, type PictureLayout } from './infer.ts';
import { tableAt } from './tables.ts';

/** What is known of a graph at a size at which it works. */
export interface Sized {
  readonly infos: ReadonlyMap<Name, Info>;
  readonly axes: ReadonlyMap<Name, Axes>;
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** Whether an axis was split, into windows and the places within them. */
const isSplit = (axes: Axes): boolean =>
  (['rows', 'columns'] as const).some((kind) => axes.flat().filter((axis) => axis.kind === kind).length > 1);

const isWindowed = (axes: Axes): boolean => isSplit(axes) && axes.flat().some(({ kind }) => kind === 'keys');

/**
 * @param dims shape of the graph's input, by its name
 * @throws ReverieError `model/unreadable` for a network whose attention works in windows that were laid out for one size
 */
export function restated(
  graph: Graph,
  native: Sized,
  dims: Readonly<Record<Name, readonly number[]>>,
  layout: PictureLayout,
): Graph {
  const windows = graph.nodes.find(({ outputs }) => isWindowed(native.axes.get(outputs[0] ?? '') ?? []));
  if (windows !== undefined && showsAnother(native, dims)) throw madeForOneSize(windows);
  const writer = new Restating(graph, native, dims, layout);
  const nodes = graph.nodes.flatMap((node) => writer.follow(node));
  return { ...graph, nodes, constants: writer.constants };
}

/** Nodes that may hold a size or a batch in what was written into the network: without any of them, none needs to be restated. */
export function sizedNodes(graph: Graph, { infos, axes }: Sized): ReadonlySet<Node> {
  const isSized = (node: Node): boolean => {
    const read = node.inputs.map((name) => axes.get(name)).filter((own) => own !== undefined);
    if (!read.some((own) => own.some(isPlaced))) return false;
    if (node.op === 'Reshape') return true;
    if (['Slice', 'Split', 'Concat'].includes(node.op)) return !read.every((own) => layoutOf(own).plain);
    if (traitsOf(node.op)?.channels !== 'kept') return false;
    const to = axes.get(node.outputs[0] ?? '') ?? [];
    return node.inputs.some((name) => {
      const dims = axes.has(name) ? [] : (infos.get(name)?.dims ?? []);
      return dims.some((size, i) => size > 1 && isPlaced(to[i + to.length - dims.length] ?? []));
    });
  };
  return new Set(graph.nodes.filter(isSized));
}

class Restating {
  readonly constants: Map<Name, Tensor>;
  readonly #made: ReadonlyMap<Name, Node>;
  readonly #native: Sized;
  readonly #infos = new Map<Name, Info>();
  readonly #axes = new Map<Name, Axes>();

  constructor(
    graph: Graph,
    native: Sized,
    dims: Readonly<Record<Name, readonly number[]>>,
    layout: PictureLayout,
  ) {
    this.constants = new Map(graph.constants);
    this.#made = producers(graph.nodes);
    this.#native = native;
    for (const name of graph.constants.keys()) {
      const info = native.infos.get(name);
      if (info !== undefined) this.#infos.set(name, info);
    }
    for (const { name, type } of graph.inputs) {
      const own = dims[name] ?? [];
      this.#infos.set(name, { type, dims: own });
      this.#axes.set(name, inputAxes(own, layout));
    }
  }

  /** A node as it is to be, after those that it needs; behind one that cannot be followed, nodes stay as they are. */
  follow(node: Node): readonly Node[] {
    if (node.inputs.some((name) => name !== '' && !this.#infos.has(name))) return [node];
    const edited = this.#perPicture(this.#edited(node));
    try {
      for (const each of edited) this.#learn(each);
      return edited;
    } catch (error) {
      if (error instanceof ReverieError) return [node];
      throw error;
    }
  }

  #learn(node: Node): void {
    const outputs = inferNode(
      node,
      node.inputs.map((name) => this.#infos.get(name)),
    );
    node.outputs.forEach((name, i) => {
      const info = outputs[i];
      if (name !== '' && info !== undefined) this.#infos.set(name, info);
    });
    axesAfter(node, this.#infos, this.#axes);
  }

  #edited(node: Node): Node {
    if (!node.inputs.some((name) => this.#axes.has(name))) return node;
    if (node.op === 'Reshape') return this.#reshape(node);
    if (node.op === 'Slice') return this.#slice(node);
    if (node.op === 'Split') return this.#split(node);
    return traitsOf(node.op)?.channels === 'kept' ? this.#combine(node) : node;
  }

  /** The numbers of an input that were written into the network, not computed from the size of its picture. */
  #written(name: Name | undefined): number[] | undefined {
    const [now, before] = [this.#infos, this.#native.infos].map((infos) => infos.get(name ?? '')?.value);
    if (now === undefined || before === undefined) return undefined;
    const values = numbers(now);
    return same(values, numbers(before)) ? values : undefined;
  }

  #withInput(node: Node, i: number, tensor: Tensor): Node {
    const name = `${node.name}~${i}`;
    this.constants.set(name, tensor);
    this.#infos.set(name, {
      type: tensor.type,
      dims: tensor.dims,
      ...(tensor.data.length <= 64 ? { value: tensor } : {}),
    });
    return { ...node, inputs: node.inputs.with(i, name) };
  }

  #reshape(node: Node): Node {
    const [x = ''] = node.inputs;
    const own = this.#axes.get(x);
    const to = this.#native.axes.get(node.outputs[0] ?? '');
    if (own === undefined || to === undefined || this.#written(node.inputs[1]) === undefined) return node;
    const dims = to.map((group) => sizeNow(group, to, own));
    if (!dims.every((size) => size !== undefined)) return node;
    const before = this.#native.axes.get(x) ?? [];
    return this.#withInput(node, 1, int64(withBatch(dims, to, own.flat(), before.flat())));
  }

  /** Where the end of a dimension was written down, it is the end still. */
  #slice(node: Node): Node {
    const [x = '', , ends, axes] = node.inputs;
    const from = this.#native.infos.get(x)?.dims ?? [];
    const to = this.#infos.get(x)?.dims ?? [];
    const written = this.#written(ends);
    if (written === undefined) return node;
    const along = this.#written(axes) ?? written.map((_, i) => i);
    const moved = written.map((end, i) => {
      const axis = ((along[i] ?? 0) + from.length) % from.length;
      return end === from[axis] ? (to[axis] ?? end) : end;
    });
    return same(moved, written) ? node : this.#withInput(node, 2, int64(moved));
  }

  /** The part that holds the picture's tokens takes what is left. */
  #split(node: Node): Node {
    const [x = ''] = node.inputs;
    const written = this.#written(node.inputs[1]);
    const now = this.#infos.get(x)?.dims ?? [];
    const axis = (int(node, 'axis', 0) + now.length) % now.length;
    if (written === undefined) return node;
    const placed = node.outputs.findIndex((name) => isPlaced(this.#native.axes.get(name)?.[axis] ?? []));
    if (placed < 0) return node;
    const others = written.reduce((sum, size, i) => (i === placed ? sum : sum + size), 0);
    return this.#withInput(node, 1, int64(written.with(placed, (now[axis] ?? 0) - others)));
  }

  /** Learnt tokens are put before those of each picture of a batch. */
  #perPicture(node: Node): Node[] {
    const batch = node.inputs
      .map((name) => this.#axes.get(name)?.[0]?.[0])
      .find((axis) => axis?.kind === 'batch');
    if (node.op !== 'Concat' || batch === undefined || int(node, 'axis', 1) === 0) return [node];
    const repeated = node.inputs.map((name, i): Node | undefined => {
      const { type, dims = [] } = this.#infos.get(name) ?? {};
      if (this.#axes.has(name) || type !== 'float32' || dims[0] !== 1) return undefined;
      const copies = `${node.name}~${i}`;
      const shape = `${copies}~shape`;
      const info = { type: 'int64', dims: [dims.length] } as const;
      const value = int64(dims.with(0, batch.size));
      this.constants.set(shape, value);
      this.#infos.set(shape, { ...info, value });
      return { op: 'Expand', name: copies, inputs: [name, shape], outputs: [copies], attributes: {} };
    });
    const inputs = node.inputs.map((name, i) => repeated[i]?.name ?? name);
    return [...repeated.filter((each) => each !== undefined), { ...node, inputs }];
  }

  /** A constant, or what is computed from constants alone: some look their positions up by their numbers. */
  #table(name: Name): Tensor | undefined {
    const known = this.constants.get(name);
    const node = this.#made.get(name);
    const kernel = kernels.get(node?.op ?? '');
    if (known !== undefined || node === undefined || kernel === undefined) return known;
    const inputs = node.inputs.map((input): KnownInfo | null | undefined => {
      const value = input === '' ? null : this.#table(input);
      return value && { type: value.type, dims: value.dims, value };
    });
    if (inputs.includes(undefined)) return undefined;
    const outputs = node.outputs.flatMap((output) => this.#native.infos.get(output) ?? []);
    const values = kernel({ node, inputs: inputs.map((info) => info ?? undefined), outputs });
    return values?.[node.outputs.indexOf(name)];
  }

  /** Tables that are combined with maps or tokens, value by value, are resampled where these have another size. */
  #combine(node: Node): Node {
    const placed = node.inputs.find((name) => this.#axes.get(name)?.some(isPlaced) === true);
    const [before, now] = [this.#native.axes, this.#axes].map((axes) => axes.get(placed ?? ''));
    if (before === undefined || now === undefined) return node;
    return node.inputs.reduce((edited, name, i) => {
      const table = this.#table(name);
      const resized = table?.type === 'float32' ? tableAt(table, before, now) : undefined;
      return resized === undefined ? edited : this.#withInput(edited, i, resized);
    }, node);
  }
}

/** Whether pictures of a shape are of another size than those that are known of, whatever their number. */
const showsAnother = ({ infos }: Sized, dims: Readonly<Record<Name, readonly number[]>>): boolean =>
  Object.entries(dims).some(([name, own]) => !same(own.slice(1), infos.get(name)?.dims.slice(1) ?? []));

const madeForOneSize = ({ name, op }: Node): ReverieError =>
  new ReverieError('model/unreadable', `Node "${name}" (${op}) lays out windows for one size of pictures.`);

/**
 * Dimensions with those of a batch, which a network for single pictures shows nothing of: it is where as much comes before it
 * as in the input, in a dimension of its own if there is one.
 *
 * @param to axes of the output without a batch
 * @param now, before axes of the input, with and without it
 */
function withBatch(
  dims: readonly number[],
  to: Axes,
  now: readonly Axis[],
  before: readonly Axis[],
): readonly number[] {
  const at = now.findIndex(({ kind }) => kind === 'batch');
  const batch = now[at];
  if (batch === undefined || to.flat().some(({ kind }) => kind === 'batch')) return dims;
  const preceding = sizeOfGroup(before.slice(0, at));
  const starts = to.map((_, i) => sizeOfGroup(to.slice(0, i).flat()));
  const fitting = starts.flatMap((start, i) => (start === preceding ? [i] : []));
  const own = fitting.find((i) => to[i]?.length === 0) ?? fitting[0];
  return own === undefined ? dims : dims.with(own, (dims[own] ?? 1) * batch.size);
}

/** The size of a dimension of a tensor whose values are those of another, at the size of that one. */
function sizeNow(group: Group, all: Axes, now: Axes): number | undefined {
  const sizes = group.map((axis) => axisNow(axis, all, now));
  return sizes.reduce<number | undefined>(
    (product, size) => (product === undefined || size === undefined ? undefined : product * size),
    1,
  );
}

const total = (axes: readonly Axis[], kind: Axis['kind']): number =>
  sizeOfGroup(axes.filter((axis) => axis.kind === kind));

const FOLLOWING: readonly (PlainKind | 'tokens')[] = ['batch', 'rows', 'columns', 'tokens', 'keys'];

function axisNow(axis: Axis, all: Axes, now: Axes): number | undefined {
  if (!FOLLOWING.includes(axis.kind)) return axis.size;
  const size = total(now.flat(), axis.kind);
  const parts = all.flat().filter(({ kind }) => kind === axis.kind);
  if (axis.kind === 'tokens') return size;
  // The inner parts are those of windows, which stay.
  const outer = Math.max(...parts.map((part) => (part.kind === 'tokens' ? 0 : part.step)));
  if (axis.step < outer) return axis.size;
  const inner = sizeOfGroup(parts) / axis.size;
  return size % inner === 0 ? size / inner : undefined;
}
