/** The tensors of a network that a person would call its layers, and finding one by what somebody typed. */
import type { LayerRole } from '../../../shared/contract/models.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { dependents, type Graph, type Info, type Name, type Node } from '../graph/graph.ts';
import { sizeOf } from '../graph/tensor.ts';
import { traitsOf } from '../graph/traits.ts';

/** A layer at one input size. */
export interface Layer {
  /** Name that people use; unique in the network. */
  readonly name: string;
  /** The tensor it stands for. */
  readonly tensor: Name;
  readonly op: string;
  readonly role: LayerRole;
  readonly channels: number;
  /** Spatial size; 1×1 for a vector. */
  readonly width: number;
  readonly height: number;
  /** Weights and biases that its operator reads. */
  readonly parameters: number;
  /** Other names that it is found by. */
  readonly aliases: readonly string[];
}

/**
 * What a node does in its network; undefined for one that only carries values along.
 *
 * @param seeing the tensors that depend on the picture
 */
function roleOf({ op, inputs }: Node, seeing: ReadonlySet<Name>): LayerRole | undefined {
  const { role = 'other', joining } = traitsOf(op) ?? {};
  const branches = new Set(inputs.filter((name) => seeing.has(name))).size;
  if (joining !== undefined && branches > 1) return joining;
  return role === 'plumbing' ? undefined : role;
}

/** What PyTorch 2's exporter calls the outputs of operators, counting through the network. */
const COUNTED = /^(getitem|val|conv[123]d)(_\d+)?$/;

/**
 * What a person calls the output of a node. PyTorch 1 writes `/features/conv0/Conv_output_0`, or bare numbers; then the
 * node's own name says more. PyTorch 2 counts, `getitem_9`; then the name of its weights does, `layer1.0.conv1.weight`.
 */
function displayName(node: Node, tensor: Name): string {
  const [, weights = ''] = node.inputs;
  if (COUNTED.test(tensor) && weights.endsWith('.weight')) return weights.slice(0, -'.weight'.length);
  const readable = /^\d+$/.test(tensor) ? node.name : tensor;
  return readable
    .replace(/^\//, '')
    .replace(/_output_0$/, '')
    .replace(/:0$/, '');
}

/** Channels and spatial size of a tensor, or nothing if it is no layer's output. */
function extent({ type, dims }: Info): { channels: number; width: number; height: number } | undefined {
  if (type !== 'float32') return undefined;
  const [, channels, height, width] = dims;
  if (dims.length === 4 && channels !== undefined && height !== undefined && width !== undefined) {
    return { channels, height, width };
  }
  if (dims.length === 2 && channels !== undefined) return { channels, width: 1, height: 1 };
  // A transformer's tokens, [N, tokens, features].
  const [, tokens, features] = dims;
  if (dims.length === 3 && tokens !== undefined && features !== undefined) {
    return { channels: features, width: tokens, height: 1 };
  }
  return undefined;
}

/**
 * The layers of a network in the order they are computed.
 *
 * @param aliases other names of layers, with the layers' own
 */
export function listLayers(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  aliases: Readonly<Record<string, string>> = {},
): Layer[] {
  const others = new Map<string, string[]>();
  for (const [alias, name] of Object.entries(aliases)) others.set(name, [...(others.get(name) ?? []), alias]);
  const taken = new Set<string>();
  const seeing = dependents(
    graph.nodes,
    graph.inputs.map(({ name }) => name),
  );
  return graph.nodes.flatMap((node) => {
    const tensor = node.outputs[0];
    const info = tensor === undefined ? undefined : infos.get(tensor);
    const size = info === undefined ? undefined : extent(info);
    const role = roleOf(node, seeing);
    if (tensor === undefined || size === undefined || role === undefined) return [];
    let name = displayName(node, tensor);
    if (taken.has(name)) name = tensor;
    taken.add(name);
    const weights = node.inputs.map((input) => graph.constants.get(input)?.dims);
    const parameters = weights.reduce((sum, dims) => sum + (dims === undefined ? 0 : sizeOf(dims)), 0);
    return [{ name, tensor, op: node.op, role, ...size, parameters, aliases: others.get(name) ?? [] }];
  });
}

/**
 * The layer that `wanted` names: its name, tensor or alias, else the only one that ends in it (`4c/output` for
 * `inception_4c/output`).
 *
 * @throws ReverieError `layer/unknown`, suggesting the nearest names
 */
export function findLayer<L extends Pick<Layer, 'name' | 'tensor' | 'aliases'>>(
  layers: readonly L[],
  wanted: string,
): L {
  const exact =
    layers.find(({ name, tensor }) => name === wanted || tensor === wanted) ??
    layers.find(({ aliases }) => aliases.includes(wanted));
  if (exact !== undefined) return exact;
  const needle = wanted.toLowerCase();
  const ending = layers.filter(({ name }) => name.toLowerCase().endsWith(needle));
  const [only] = ending;
  if (needle !== '' && only !== undefined && ending.length === 1) return only;
  const suggestion = didYouMean(
    wanted,
    layers.map(({ name }) => name),
  );
  throw new ReverieError('layer/unknown', `The network has no layer called "${wanted}".${suggestion}`);
}
