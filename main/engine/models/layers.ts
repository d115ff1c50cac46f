/** The tensors of a network that a person would call its layers, and finding one by what somebody typed. */
import type { LayerRole } from '../../../shared/contract/models.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { Axes } from '../graph/axes/axis.ts';
import { describeAxes, layoutOf, type Layout } from '../graph/axes/layout.ts';
import { dependents, type Graph, type Info, type Name, type Node } from '../graph/graph.ts';
import { sizeOf } from '../graph/tensor.ts';
import { traitsOf } from '../graph/traits.ts';

/** A layer at one input size. */
export interface Layer extends Layout {
  /** What its dimensions are, for people. */
  readonly axes: readonly string[];
  /** Name that people use; unique in the network. */
  readonly name: string;
  /** The tensor it stands for. */
  readonly tensor: Name;
  readonly op: string;
  readonly role: LayerRole;
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

type Extent = Pick<Layer, keyof Layout | 'axes'>;

/**
 * A tensor as a layer, or nothing if it is none's output.
 *
 * @param known of tensors before: most have the axes of another
 */
function extentOf(
  { type, dims }: Info,
  axes: Axes | undefined,
  known: Map<Axes, Extent>,
): Extent | undefined {
  if (type !== 'float32' || dims.length < 2 || axes === undefined) return undefined;
  const extent = known.get(axes) ?? { ...layoutOf(axes), axes: describeAxes(axes, dims) };
  known.set(axes, extent);
  return extent;
}

/**
 * The layers of a network in the order they are computed.
 *
 * @param axes what the dimensions of its tensors mean
 * @param aliases other names of layers, with the layers' own
 */
export function listLayers(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  axes: ReadonlyMap<Name, Axes>,
  aliases: Readonly<Record<string, string>> = {},
): Layer[] {
  const others = new Map<string, string[]>();
  for (const [alias, name] of Object.entries(aliases)) others.set(name, [...(others.get(name) ?? []), alias]);
  const taken = new Set<string>();
  const seeing = dependents(
    graph.nodes,
    graph.inputs.map(({ name }) => name),
  );
  const extents = new Map<Axes, Extent>();
  return graph.nodes.flatMap((node) => {
    const tensor = node.outputs[0];
    const info = tensor === undefined ? undefined : infos.get(tensor);
    const size = info === undefined ? undefined : extentOf(info, axes.get(tensor ?? ''), extents);
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
 * A layer with channels, by its name.
 *
 * @throws ReverieError as {@link findLayer}, and `layer/unusable` for the weights of an attention
 */
export function findUnits<L extends Pick<Layer, 'name' | 'tensor' | 'aliases' | 'channels'>>(
  layers: readonly L[],
  wanted: string,
): L {
  const layer = findLayer(layers, wanted);
  if (layer.channels > 0) return layer;
  throw new ReverieError(
    'layer/unusable',
    `Layer "${layer.name}" says how much the places of an attention look at each other, so it has no channels; name another layer.`,
  );
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
