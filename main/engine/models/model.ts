/** A network ready to use: its graph, its card, and programs that take pictures instead of its own input. */
import { ReverieError } from '../../../shared/errors.ts';
import type { FormatName } from '../formats/network.ts';
import type { Axes } from '../graph/axes/axis.ts';
import { inferAxes } from '../graph/axes/infer.ts';
import { layoutOf } from '../graph/axes/layout.ts';
import { restated, sizedNodes, type Sized } from '../graph/axes/restate.ts';
import { Builder } from '../graph/builder.ts';
import { pruneNodes, type Graph, type Info, type Input, type Name, type Node } from '../graph/graph.ts';
import { optimise } from '../graph/optimise.ts';
import { pictureAxes } from '../graph/picture-input.ts';
import { inferShapes, smallestInput, specialise } from '../graph/shapes.ts';
import { float32, int64 } from '../graph/tensor.ts';
import { usablePart, type UsablePart } from '../graph/usable.ts';
import { pictureShape, type Card, type PictureShape } from './card.ts';
import { answerOf, answersOf, classesIn, shapesAt, type Answer } from './scores.ts';
import { listLayers, type Layer } from './layers.ts';
import { preprocess } from './preprocess.ts';
import { regionSeen, type Region } from './receptive-field.ts';

/** The picture that every program takes: [N, 3, H, W], sRGB in [0, 1]. */
export const IMAGE: Name = '~image';

/** How many pictures of which size a program is made for. */
export interface PictureSize extends PictureShape {
  readonly batch?: number;
}

/** Sizes for which a network is kept as it was restated: its weights are the same for all of them. */
const MOST_SIZES = 16;

/** The sizes of pictures that a network takes, in pixels. */
export interface TakenSizes {
  /** Sides in between show it no more. */
  readonly step: number;
  /** The only one, of a network that takes no other. */
  readonly only: PictureShape | null;
}

export class Model {
  readonly name: string;
  readonly sha256: string;
  /** The part of the network that can be used. */
  readonly graph: Graph;
  /** Operators that end it, each with its nodes: what lies behind them does not exist here. */
  readonly unsupported: UsablePart['unsupported'];
  readonly card: Card;
  readonly format: FormatName;
  /** The network with what cannot be used. */
  readonly #whole: Graph;
  readonly #input: Input;
  /** What is known at the size it was made for; `undefined` before it was asked for. */
  #native: (Sized & { readonly sized: ReadonlySet<Node> }) | null | undefined;
  readonly #restated = new Map<string, Graph>();
  /** What was found of targets before: each takes shapes of the whole network. */
  readonly #takenSizes = new Map<string, TakenSizes>();
  readonly #smallest = new Map<string, number>();
  #answer: Answer | undefined;

  /** @throws ReverieError `model/unsupported` where nothing can be used, or it takes something else than pictures */
  constructor(name: string, sha256: string, graph: Graph, card: Card, format: FormatName = 'onnx') {
    this.name = name;
    this.sha256 = sha256;
    const usable = usablePart(graph);
    this.#whole = graph;
    this.graph = usable.graph;
    this.unsupported = usable.unsupported;
    this.card = card;
    this.format = format;
    this.#input = pictureInput(graph, name);
    requireColours(this.channels, name);
    if (card.output !== undefined && !this.graph.outputs.includes(card.output))
      throw this.#noOutput(card.output);
  }

  get inputName(): Name {
    return this.#input.name;
  }

  /** What it answers with. */
  get answer(): Answer {
    return (this.#answer ??= answerOf(this.graph, this.#ownDims(), this.card));
  }

  /** What each of its outputs would answer. */
  get answers(): readonly Answer[] {
    return answersOf(this.graph, this.#ownDims()).map((each) =>
      each.output === this.answer.output ? this.answer : each,
    );
  }

  /** Shape of an output at its own size; empty where it cannot work on that. */
  outputShape(output: Name): readonly number[] {
    return shapesAt(this.graph, this.#ownDims())?.get(output)?.dims ?? [];
  }

  /** How many classes it tells apart; null for a network that gives features. */
  get classes(): number | null {
    return classesIn(this.answer);
  }

  /**
   * The same network answering with another of its outputs; names of classes stay where there are as many.
   *
   * @throws ReverieError `usage/option` for what is no output
   */
  withOutput(output: Name): Model {
    const { labels, labelsName, answers: _answers, ...rest } = this.card;
    const other = this.withCard({ ...rest, labelsName: null, output });
    if (labels === undefined || other.classes !== this.classes) return other;
    return this.withCard({ ...other.card, labels, labelsName });
  }

  /**
   * The same network about one of the things that it tells by sigmoids, as two classes: 0 that it is not in the picture, 1 that it is.
   *
   * @param names of both
   */
  about(index: number, names: readonly [string, string]): Model {
    const { scores } = this.answer;
    const own = (what: string): Name => `${scores} ${what} ${index}`;
    const op = (name: string, inputs: readonly Name[], output: Name, axis?: number): Node => {
      const attributes = axis === undefined ? {} : { axis };
      return { op: name, name: output, inputs, outputs: [output], attributes };
    };
    const graph: Graph = {
      ...this.graph,
      outputs: [own('or not')],
      constants: new Map([
        ...this.graph.constants,
        [own('place'), int64([index])],
        [own('half'), float32([0.5], [])],
      ]),
      nodes: [
        ...this.graph.nodes,
        op('Gather', [scores, own('place')], own('alone'), 1),
        // σ(z) is the second of the softmax of −z/2 and z/2, both of which have a gradient however sure it is.
        op('Mul', [own('alone'), own('half')], own('for')),
        op('Neg', [own('for')], own('against')),
        op('Concat', [own('against'), own('for')], own('or not'), 1),
      ],
    };
    const { output: _output, logits: _logits, ...card } = this.card;
    return new Model(
      this.name,
      this.sha256,
      graph,
      { ...card, answers: 'softmax', labels: names },
      this.format,
    );
  }

  /** As recipes name it: with the output that was chosen of several, so that it is chosen again. */
  get identity(): { name: string; sha256: string; output?: string } {
    const { name, sha256 } = this;
    return this.card.output === undefined ? { name, sha256 } : { name, sha256, output: this.card.output };
  }

  withCard(card: Card): Model {
    return new Model(this.name, this.sha256, this.#whole, card, this.format);
  }

  /** How pictures are prepared for it, as a key: programs hold the preparation, which a person may correct. */
  get preparation(): string {
    return JSON.stringify(this.card.preprocessing);
  }

  /** Width and height of the pictures that it was trained on. */
  get shape(): PictureShape {
    return pictureShape(this.card.preprocessing);
  }

  /** Whether it answers for pictures of other sizes, too. */
  get free(): boolean {
    return this.sizes(this.graph.outputs).only === null;
  }

  /** The sizes of pictures for which `targets` can be computed: of patches, whole ones. */
  sizes(targets: readonly Name[]): TakenSizes {
    return once(this.#takenSizes, targets, () => this.#sizesFor(targets));
  }

  #sizesFor(targets: readonly Name[]): TakenSizes {
    const { width, height } = this.shape;
    const dims = this.inputDims({ width: 2 * width, height: 2 * height });
    const free = orNull(() => {
      const graph = this.#graphAt(dims, targets);
      return inferShapes({ ...graph, nodes: pruneNodes(graph.nodes, targets) }, dims);
    });
    if (free === null) return { step: 1, only: { width, height } };
    const native = this.axes();
    const steps = targets.map((name) => patchOf(native.get(name) ?? [], this.shape));
    return { step: Math.max(1, ...steps), only: null };
  }

  /** Colour channels of the input. */
  get channels(): number {
    const declared = this.#input.dims[this.card.preprocessing.layout === 'NHWC' ? 3 : 1];
    if (typeof declared === 'number' && declared > 0) return declared;
    return pictureAxes(this.graph, this.#input).channels ?? 3;
  }

  /** Weights and biases of the whole network. */
  get parameters(): number {
    let count = 0;
    for (const tensor of this.graph.constants.values())
      if (tensor.type === 'float32') count += tensor.data.length;
    return count;
  }

  /** The layers at an input size. */
  layers({ width, height }: PictureSize = this.shape): Layer[] {
    const infos = this.infos({ width, height });
    return listLayers(this.graph, infos, this.#axes(this.graph, infos), this.card.aliases);
  }

  /** What the dimensions of every tensor that depends on the picture mean, at an input size. */
  axes(size: PictureSize = this.shape): Map<Name, Axes> {
    return this.#axes(this.graph, this.infos(size));
  }

  /** Type and shape of every tensor at an input size. */
  infos({ width, height }: PictureSize): Map<Name, Info> {
    const dims = this.inputDims({ width, height });
    return this.#takingSize(dims, () => inferShapes(this.#graphAt(dims), dims));
  }

  /** What outputs need at an input size, with what does not depend on the picture computed. */
  specialised({ width, height }: PictureSize): { graph: Graph; infos: ReadonlyMap<Name, Info> } {
    const dims = this.inputDims({ width, height });
    return this.#takingSize(dims, () => specialise(this.#graphAt(dims), dims));
  }

  /** What the value of a tensor at a position of its grid sees of a picture, which it may exceed. */
  seen(tensor: Name, { x, y }: { readonly x: number; readonly y: number }, size: PictureSize): Region {
    return regionSeen(this.graph, this.infos(size), this.card.preprocessing.layout, { tensor, x, y }, size);
  }

  /** Shorter side of the smallest picture of its own proportions from which `targets` can be computed. */
  smallest(targets: readonly Name[]): number {
    return once(this.#smallest, targets, () => this.#smallestFor(targets));
  }

  #smallestFor(targets: readonly Name[]): number {
    const { width, height } = this.shape;
    const dimsAt = (size: number): readonly number[] => {
      const scaled = (side: number): number => Math.round((side * size) / Math.min(width, height));
      return this.inputDims({ width: scaled(width), height: scaled(height) })[this.#input.name] ?? [];
    };
    const graphAt = (dims: readonly number[]): Graph => this.#graphAt({ [this.#input.name]: dims }, targets);
    return smallestInput(this.graph, this.#input.name, { targets, dimsAt, graphAt });
  }

  /**
   * A builder holding the way from `image` [N, 3, H, W] to some tensors of the network.
   *
   * @throws ReverieError `model/too-small-input` where the picture is smaller than a window of the network
   */
  build(size: PictureSize, targets: readonly Name[]): Builder {
    const dims = this.inputDims(size);
    const special = this.#takingSize(dims, () => specialise(this.#graphAt(dims, targets), dims, targets));
    const graph = optimise(special.graph, special.infos);
    const g = new Builder();
    const image = g.input(IMAGE, [size.batch ?? 1, 3, size.height, size.width]);
    const prepared = preprocess(g, image, this.channels, this.card.preprocessing);
    const axes = this.#axes(special.graph, special.infos);
    g.inline(graph, inferShapes(graph, dims), { [this.#input.name]: prepared }, axes);
    return g;
  }

  /** @throws ReverieError `image/size` where shapes do not fit together at another size than the network's own */
  #takingSize<T>(dims: Readonly<Record<Name, readonly number[]>>, infer: () => T): T {
    try {
      return infer();
    } catch (cause) {
      const native = String(this.inputDims(this.shape)[this.#input.name]);
      const other = String(dims[this.#input.name]) !== native;
      if (!other || !(cause instanceof ReverieError) || cause.code !== 'model/unreadable') throw cause;
      if (orNull(() => inferShapes(this.graph, this.inputDims(this.shape))) === null) throw cause;
      const { width, height } = this.shape;
      throw new ReverieError(
        'image/size',
        `"${this.name}" takes one picture of ${width}×${height} pixels at a time, and no other size: ${whyFixed(cause)}.`,
        cause.details,
        { cause },
      );
    }
  }

  /** The network for pictures of a shape, where sizes are written into it. */
  #graphAt(dims: Readonly<Record<Name, readonly number[]>>, targets?: readonly Name[]): Graph {
    const native = this.inputDims(this.shape);
    const key = String(dims[this.#input.name]);
    if (key === String(native[this.#input.name])) return this.graph;
    if (this.#native === undefined) {
      const infos = orNull(() => inferShapes(this.graph, native));
      const known = infos === null ? null : { infos, axes: this.#axes(this.graph, infos) };
      this.#native = known && { ...known, sized: sizedNodes(this.graph, known) };
    }
    const { graph } = this;
    if (this.#native === null) return graph;
    const { sized } = this.#native;
    const needed = targets === undefined ? graph.nodes : pruneNodes(graph.nodes, targets);
    // Ordinary networks of maps are the same at every size.
    if (!needed.some((node) => sized.has(node))) return graph;
    const before = this.#restated.get(key);
    if (before !== undefined) return before;
    const made = restated(graph, this.#native, dims, this.card.preprocessing.layout);
    if (this.#restated.size >= MOST_SIZES) this.#restated.clear();
    this.#restated.set(key, made);
    return made;
  }

  #axes(graph: Graph, infos: ReadonlyMap<Name, Info>): Map<Name, Axes> {
    return inferAxes(graph, infos, this.card.preprocessing.layout);
  }

  #ownDims(): readonly number[] {
    return this.inputDims(this.shape)[this.#input.name] ?? [];
  }

  #noOutput(wanted: string): ReverieError {
    const all = answersOf(this.graph, this.#ownDims()).map(
      ({ output, dims }) => `"${output}" [${dims.join(', ')}]`,
    );
    return new ReverieError(
      'usage/option',
      `"${this.name}" has no output "${wanted}"; it has ${all.join(' and ')}.`,
    );
  }

  /** Shape of its input for pictures of a size. */
  inputDims({ batch = 1, width, height }: PictureSize): Record<Name, number[]> {
    const nhwc = this.card.preprocessing.layout === 'NHWC';
    const dims = nhwc ? [batch, height, width, this.channels] : [batch, this.channels, height, width];
    return { [this.#input.name]: dims };
  }
}

/** The value for some tensors, found when first asked for. */
function once<T>(known: Map<string, T>, targets: readonly Name[], find: () => T): T {
  const key = JSON.stringify(targets);
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

const whyFixed = ({ message }: ReverieError): string => {
  const [, node = ''] = /"([^"]*)"/.exec(message) ?? [];
  return `its node "${node}" was made for that size`;
};

/** What is inferred of a size; null where the network does not work at it. */
function orNull<T>(infer: () => T): T | null {
  try {
    return infer();
  } catch (error) {
    if (error instanceof ReverieError) return null;
    throw error;
  }
}

/** Side of the patches that the tokens of a tensor stand for, in pixels; 1 for maps. */
function patchOf(axes: Axes, { width }: PictureShape): number {
  const tokens = axes.some((group) => group.length > 1 || group[0]?.kind === 'tokens');
  const { grid, width: columns } = layoutOf(axes);
  return tokens && grid && width % columns === 0 ? width / columns : 1;
}

/**
 * The one input of a network.
 *
 * @throws ReverieError `model/unsupported` for one that takes something else than a batch of images
 */
export function pictureInput({ inputs }: Graph, name: string): Input {
  const [input] = inputs;
  if (input?.dims.length === 4 && inputs.length === 1) return input;
  const shapes = inputs.map((i) => `"${i.name}" [${i.dims.join(', ')}]`).join(', ') || 'none';
  throw new ReverieError(
    'model/unsupported',
    `A network must have one input, a batch of images; "${name}" has ${shapes}.`,
  );
}

/** @throws ReverieError `model/unsupported` for pictures of neither one nor three channels */
function requireColours(channels: number, name: string): void {
  if (channels === 1 || channels === 3) return;
  throw new ReverieError(
    'model/unsupported',
    `"${name}" takes pictures of ${channels} channels; Reverie gives it 1 (grey) or 3 (colour), so export it with one of these.`,
    { channels },
  );
}
