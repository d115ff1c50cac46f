/** Which channels of the layer before feed a unit most, read off the convolution between them. */
import type { Connection } from '../../../../shared/contract/examples.ts';
import type { Name, Node } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';

/** So many are told. */
const MOST = 8;

/** Operators that keep channels apart: the convolution is looked for beyond them. */
const APART = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Clip',
  'Elu',
  'Selu',
  'Sigmoid',
  'HardSwish',
  'HardSigmoid',
  'BatchNormalization',
  'Add',
  'Mul',
  'MaxPool',
  'AveragePool',
  'Identity',
  'Dropout',
  'LRN',
  'Cast',
]);

/**
 * The strongest connections into a channel: the norm of the weights from each channel of the layer before, signed by their
 * sum. Through a Concat, the part that holds the channel is followed. None where anything else lies in between.
 */
export function strongestInputs(
  model: Model,
  layers: readonly Layer[],
  tensor: Name,
  channel: number,
): Connection[] {
  const makers = new Map<Name, Node>(model.graph.nodes.flatMap((node) => node.outputs.map((o) => [o, node])));
  const found = convolutionBefore(model, layers, makers, tensor, channel);
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

function convolutionBefore(
  model: Model,
  layers: readonly Layer[],
  makers: ReadonlyMap<Name, Node>,
  tensor: Name,
  channel: number,
): { node: Node; output: number } | undefined {
  const node = makers.get(tensor);
  if (node === undefined) return undefined;
  if (node.op === 'Conv') return { node, output: channel };
  if (node.op === 'Concat') {
    let rest = channel;
    for (const part of node.inputs) {
      const width = layers.find((layer) => layer.tensor === part)?.channels;
      if (width === undefined) return undefined;
      if (rest < width) return convolutionBefore(model, layers, makers, part, rest);
      rest -= width;
    }
  }
  if (!APART.has(node.op)) return undefined;
  const computed = node.inputs.filter((input) => makers.has(input));
  const [only] = computed;
  // A sum of two branches has no one convolution before it.
  if (only === undefined || computed.length > 1) return undefined;
  return convolutionBefore(model, layers, makers, only, channel);
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
