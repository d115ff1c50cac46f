/**
 * Caffe's layers → the neutral graph. Layers run in the order of the file and write to blobs by name; one that runs in
 * place writes to a blob that is there already. What people call `conv1` is the blob in its last state, after the ReLU:
 * that tensor keeps the name. Earlier states are called after the layer that gave them and its type,
 * `conv1/convolution`. Layers that pass a blob on, as Split and Dropout, leave no trace.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Graph, Input, Name, Node } from '../../graph/graph.ts';
import { inputsOf, withChannels, type Declared } from './inputs.ts';
import { LayerScope, type Translation } from './layer-scope.ts';
import { arrangements } from './layers/arrangements.ts';
import { functions } from './layers/functions.ts';
import { normalisations } from './layers/normalisations.ts';
import { windows } from './layers/windows.ts';
import type { LayerParameter } from './messages.ts';
import { NetWriter } from './net-writer.ts';
import { isMeasure, isPassing, isSource } from './test-phase.ts';

/** How each type of layer is written; others are kept as operators that nobody knows, `caffe.Python`. */
export const translations: Readonly<Record<string, Translation>> = {
  ...arrangements,
  ...functions,
  ...normalisations,
  ...windows,
};

const keep: Translation = (at) => at.allTops(`caffe.${at.layer.type ?? ''}`, at.bottoms, {});

/**
 * The graph of the layers of the test phase.
 * @param declared what may come from outside; a blob that no layer gives does, too.
 * @throws `model/unreadable` for layers that contradict each other or their weights, `model/unsupported` for what layers
 *   of a known type do beyond the usual.
 */
export function buildGraph(name: string, layers: readonly LayerParameter[], declared: Declared): Graph {
  const working = layers.filter((layer) => !isSource(layer) && !isMeasure(layer));
  const inputs = inputsOf(working, declared);
  const net = new NetWriter([
    ...inputs.map((input) => input.name),
    ...working.flatMap(({ top = [] }) => top),
  ]);
  const blobs = new Map<Name, Name>(inputs.map((input) => [input.name, input.name]));
  for (const input of inputs) net.setRank(input.name, input.dims.length);
  const last = lastWriters(working, inputs);
  const auxiliary = new Set<Name>();
  for (const layer of working) {
    const bottoms = (layer.bottom ?? []).map((bottom) => blobs.get(bottom) ?? missing(layer, bottom));
    requireNames(layer, blobs, bottoms);
    if (isPassing(layer)) {
      for (const top of layer.top ?? []) blobs.set(top, bottoms[0] ?? '');
      continue;
    }
    const { type = '', top = [] } = layer;
    const tops = top.map((blob) =>
      last.get(blob) === layer ? blob : net.tensorName(`${layer.name ?? ''}/${type.toLowerCase()}`),
    );
    const translation = Object.hasOwn(translations, type) ? translations[type] : undefined;
    (translation ?? keep)(new LayerScope(net, layer, bottoms, tops));
    top.forEach((blob, i) => blobs.set(blob, tops[i] ?? ''));
    if ((layer.lossWeight?.[0] ?? 1) < 1) for (const tensor of tops) auxiliary.add(tensor);
  }
  const { nodes, constants } = net;
  if (nodes.length === 0) throw unreadable('The Caffe network holds no layer that computes anything.');
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return {
    name,
    inputs: inputs
      .filter((input) => read.has(input.name))
      .map((input) => withChannels(input, nodes, constants)),
    outputs: outputsOf(nodes, read, auxiliary),
    nodes,
    constants,
  };
}

/** What nobody reads; of several losses, those of weight 1. The last one is the network's answer. */
function outputsOf(nodes: readonly Node[], read: ReadonlySet<Name>, auxiliary: ReadonlySet<Name>): Name[] {
  const ends = nodes.flatMap(({ outputs }) => outputs).filter((tensor) => !read.has(tensor));
  const main = ends.filter((tensor) => !auxiliary.has(tensor));
  return main.length > 0 ? main : ends;
}

/** The last layer that writes to each blob, and gives its tensor the name; an input has its name already. */
function lastWriters(layers: readonly LayerParameter[], inputs: readonly Input[]): Map<Name, LayerParameter> {
  const last = new Map<Name, LayerParameter>();
  for (const layer of layers) if (!isPassing(layer)) for (const top of layer.top ?? []) last.set(top, layer);
  for (const { name } of inputs) last.delete(name);
  return last;
}

/** A blob has a name. It is written once, and then only in place. */
function requireNames(
  { name = '', bottom = [], top = [] }: LayerParameter,
  blobs: ReadonlyMap<Name, Name>,
  bottoms: readonly Name[],
): void {
  const [read, tensors] = [new Set(bottom), new Set(bottoms)];
  const problem = (what: string): never => {
    throw unreadable(`The Caffe network is damaged: layer "${name}" ${what}.`);
  };
  if (read.has('') || top.includes('')) problem('reads or writes a blob without a name');
  if (new Set(top).size < top.length) problem('writes to a blob twice');
  for (const blob of top) {
    const tensor = blobs.get(blob);
    if (tensor !== undefined && !read.has(blob) && !tensors.has(tensor))
      problem(`writes to "${blob}", which is given already`);
  }
}

function missing({ name = '' }: LayerParameter, bottom: string): never {
  throw unreadable(
    `The Caffe network is damaged: layer "${name}" reads "${bottom}" before a layer gives it.`,
  );
}

function unreadable(sentence: string): ReverieError {
  return new ReverieError('model/unreadable', sentence);
}
