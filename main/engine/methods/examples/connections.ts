/** Which channels of the layer before feed a unit most, read off the convolution between them. */
import type { Connection } from '../../../../shared/methods/examples.ts';
import { isAll, type Axes } from '../../graph/axes/axis.ts';
import { dependents, int, producers, type Name, type Node } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { traitsOf } from '../../graph/traits.ts';
import type { Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';

/** Connections that are told. */
const MOST = 8;

/**
 * The strongest connections into a channel: the norm of the weights from each channel of the layer before,
 * signed by their sum. Through a Concat, the part that holds the channel is followed. None where anything
 * else lies in between.
 */
export function strongestInputs(
  model: Model,
  layers: readonly Layer[],
  tensor: Name,
  channel: number,
): Connection[] {
  const { nodes, inputs } = model.graph;
  const makers = producers(nodes);
  const seeing = dependents(
    nodes,
    inputs.map(({ name }) => name),
  );
  const widths = new Map(layers.map((layer) => [layer.tensor, layer.channels]));
  const found = convolutionBefore(
    { makers, seeing, widths, axes: model.axes(), known: new Map() },
    tensor,
    channel,
  );
  if (found === undefined) return [];
  const { node, output } = found;
  const weights = weightsOf(model, makers, node.inputs[1] ?? '');
  const source = layerBefore(layers, makers, node.inputs[0] ?? '');
  if (weights?.type !== 'float32' || source === undefined) return [];
  const [outputs = 1, perGroup = 1, ...window] = weights.dims;
  const size = window.reduce((a, b) => a * b, 1);
  const groups = Math.max(1, Math.round(source.channels / perGroup));
  const first = Math.floor(output / (outputs / groups)) * perGroup;
  return Array.from({ length: perGroup }, (_, i) => {
    const start = (output * perGroup + i) * size;
    const taps = weights.data.subarray(start, start + size);
    const norm = Math.hypot(...taps);
    const sum = taps.reduce((a, b) => a + b, 0);
    return { layer: source.name, channel: first + i, weight: sum < 0 ? -norm : norm };
  })
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST);
}

/** A constant, also one that is only cast on its way. */
function weightsOf(model: Model, makers: ReadonlyMap<Name, Node>, name: Name): Tensor | undefined {
  const maker = makers.get(name);
  return maker?.op === 'Cast'
    ? weightsOf(model, makers, maker.inputs[0] ?? '')
    : model.graph.constants.get(name);
}

/** One of a convolution's channels. */
interface Source {
  readonly node: Node;
  readonly output: number;
}

interface Network {
  readonly makers: ReadonlyMap<Name, Node>;
  /** The tensors that depend on the picture. */
  readonly seeing: ReadonlySet<Name>;
  /** Channels of the layers. */
  readonly widths: ReadonlyMap<Name, number>;
  readonly axes: ReadonlyMap<Name, Axes>;
  /** What was found behind each channel of each tensor: a network of many forks is walked through once. */
  readonly known: Map<string, Source | undefined>;
}

/**
 * The convolution that a channel comes from, through operators that keep channels apart, as long as there is
 * only one.
 */
function convolutionBefore(network: Network, tensor: Name, channel: number): Source | undefined {
  const { makers, seeing, widths, known } = network;
  const node = makers.get(tensor);
  if (node === undefined) return undefined;
  if (node.op === 'Conv') return { node, output: channel };
  const key = `${channel} ${tensor}`;
  if (known.has(key)) return known.get(key);
  const branches = node.inputs.filter((input) => seeing.has(input));
  // Not so where padding adds channels.
  const isAsWide = (input: Name): boolean =>
    (widths.get(input) ?? widths.get(tensor)) === (widths.get(tensor) ?? widths.get(input));
  let found: Source | undefined;
  if (node.op === 'Concat') {
    const along = network.axes.get(tensor)?.at(int(node, 'axis', 1)) ?? [];
    const part = isAll(along, 'features') ? partOf(node.inputs, widths, channel) : undefined;
    found = part ? convolutionBefore(network, part.tensor, part.channel) : undefined;
  } else if (traitsOf(node.op)?.channels === 'kept' && branches.every(isAsWide)) {
    // Branches such as those of x·sigmoid(x) come from one channel; a sum of two convolutions has no one
    // before it.
    const sources = branches.map((input) => convolutionBefore(network, input, channel));
    const [first] = sources;
    found = sources.every((source) => source?.node === first?.node && source?.output === first?.output)
      ? first
      : undefined;
  }
  known.set(key, found);
  return found;
}

/** The part of a concatenation that holds a channel, and which of the part's channels that is. */
function partOf(
  parts: readonly Name[],
  widths: ReadonlyMap<Name, number>,
  channel: number,
): { tensor: Name; channel: number } | undefined {
  let rest = channel;
  for (const tensor of parts) {
    const width = widths.get(tensor);
    if (width === undefined) return undefined;
    if (rest < width) return { tensor, channel: rest };
    rest -= width;
  }
  return undefined;
}

/** The layer that a tensor is, or that is carried to it by operators that are no layers. */
function layerBefore(
  layers: readonly Layer[],
  makers: ReadonlyMap<Name, Node>,
  tensor: Name,
): Layer | undefined {
  return (
    layers.find((layer) => layer.tensor === tensor) ??
    (makers.has(tensor) ? layerBefore(layers, makers, makers.get(tensor)?.inputs[0] ?? '') : undefined)
  );
}
