/**
 * The input of pictures, as a network's own operators show it: where its channels are and how many, and the same network reading
 * real numbers where it was exported for bytes.
 */
import { int, ints, type Graph, type Input, type Name, type Node } from './graph.ts';
import { numbers, float32, type Tensor } from './tensor.ts';
import { traitsOf } from './traits.ts';

/** Where the channels of [N, C, H, W] or [N, H, W, C] are. */
export interface PictureAxes {
  readonly layout: 'NCHW' | 'NHWC';
  /** How many; null where neither the declaration nor a convolution says. */
  readonly channels: number | null;
}

const few = (size: number | string | undefined): boolean => size === 1 || size === 3 || size === 4;
const known = (size: number | string | undefined): number | null =>
  typeof size === 'number' && size > 0 ? size : null;

/** What a shape of four dimensions looks like, by where a number of colours stands. */
const declaredLayout = (dims: Input['dims']): PictureAxes['layout'] =>
  few(dims[3]) && !few(dims[1]) ? 'NHWC' : 'NCHW';

/**
 * The axes of an input of four dimensions: told from the first convolution that the pictures reach through nothing but permutations
 * and work on single numbers, else from what is declared.
 */
export function pictureAxes(graph: Graph, { name, dims }: Input): PictureAxes {
  const reader = firstConvolution(graph, name);
  const layout =
    reader?.channelAxis === 3 ? 'NHWC' : reader?.channelAxis === 1 ? 'NCHW' : declaredLayout(dims);
  return { layout, channels: known(dims[layout === 'NHWC' ? 3 : 1]) ?? reader?.channels ?? null };
}

interface Reader {
  /** Axis of the graph's input that the convolution takes for its channels. */
  readonly channelAxis: number;
  readonly channels: number | null;
}

function firstConvolution({ nodes, constants }: Graph, input: Name): Reader | null {
  /** For each axis of a tensor, the axis of the input that it is. */
  const axes = new Map<Name, readonly number[]>([[input, [0, 1, 2, 3]]]);
  for (const node of nodes) {
    const source = node.inputs.map((name) => axes.get(name)).find((order) => order !== undefined);
    const [output = ''] = node.outputs;
    if (source === undefined) continue;
    if (node.op === 'Conv') {
      const weights = constants.get(node.inputs[1] ?? '')?.dims[1];
      const channels = weights === undefined ? null : weights * int(node, 'group', 1);
      return { channelAxis: source[1] ?? -1, channels };
    }
    if (node.op === 'Transpose')
      axes.set(
        output,
        ints(node, 'perm', [3, 2, 1, 0]).map((axis) => source[axis] ?? -1),
      );
    else if (traitsOf(node.op)?.place === 'kept' || node.op === 'Pad' || node.op === 'Resize')
      axes.set(output, source);
  }
  return null;
}

const TRUTHS = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'];

type Positions = (position: number) => boolean;
const isFirst: Positions = (position) => position === 0;
const every = (positions: Positions, ...ops: readonly string[]): Record<string, Positions> =>
  Object.fromEntries(ops.map((op) => [op, positions]));

/** Which inputs of an operator are numbers of its kind of element, beside places, sizes and truths. */
const ELEMENTS: Readonly<Record<string, Positions>> = {
  ...every(() => true, ...TRUTHS, 'Add', 'Sub', 'Mul', 'Div', 'Mod', 'Min', 'Max', 'Sum', 'Mean'),
  ...every(() => true, 'Concat', 'Clip', 'Neg', 'Abs', 'Sign'),
  ...every(isFirst, 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity'),
  ...every(isFirst, 'Slice', 'Split', 'Gather', 'Expand', 'Tile', 'Resize'),
  ...every(isFirst, 'DepthToSpace', 'SpaceToDepth', 'MaxPool', 'ReduceMax', 'ReduceMin', 'ReduceSum'),
  Pad: (position) => position === 0 || position === 2,
  Where: (position) => position > 0,
  Pow: isFirst,
};

/**
 * The same network with its pictures as real numbers. Until they are cast to floats, wherever that is, its operators work on bytes or
 * integers, through which no gradient passes; pixels that are optimised are no whole numbers, so the rounding of such casts is left
 * out. A network that takes real numbers already is returned as it is.
 */
export function withRealPictures(graph: Graph): Graph {
  const integers = graph.inputs.filter(({ type, dims }) => type !== 'float32' && dims.length === 4);
  if (integers.length === 0) return graph;
  const constants = new Map(graph.constants);
  /** Tensors that were integers and are real numbers now. */
  const real = new Set(integers.map(({ name }) => name));
  const asReal = (name: Name): Name => {
    const tensor = graph.constants.get(name);
    if (tensor === undefined || tensor.type === 'float32') return name;
    const own = `${name} as floats`;
    constants.set(own, floats(tensor));
    return own;
  };
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (!node.inputs.some((name) => real.has(name))) return [node];
    const [output = ''] = node.outputs;
    if (node.op === 'Cast' && isInteger(int(node, 'to', 0))) {
      real.add(output);
      return [{ ...node, op: 'Identity', attributes: {} }];
    }
    const elements = ELEMENTS[node.op];
    if (elements === undefined) return [node];
    if (!TRUTHS.includes(node.op)) for (const name of node.outputs) if (name !== '') real.add(name);
    return [{ ...node, inputs: node.inputs.map((name, i) => (elements(i) ? asReal(name) : name)) }];
  });
  return {
    ...graph,
    nodes,
    constants,
    inputs: graph.inputs.map((input) => (integers.includes(input) ? { ...input, type: 'float32' } : input)),
  };
}

const floats = (tensor: Tensor): Tensor => float32(numbers(tensor), tensor.dims);

/** Codes of `TensorProto.DataType` for whole numbers. */
const isInteger = (code: number): boolean => [2, 3, 4, 5, 6, 7, 12, 13].includes(code);

/** What the names begin with that are given to tensors and nodes while programs are made; no network may have such names. */
const OURS = '~';

/** The same network under other names where its own are of the kind that programs give their own tensors. */
export function withoutOurNames(graph: Graph): Graph {
  const names = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ];
  if (!names.some((name) => name.startsWith(OURS))) return graph;
  const taken = new Set(names);
  const given = new Map<Name, Name>();
  for (const name of taken) {
    if (!name.startsWith(OURS)) continue;
    let own = `network${name}`;
    while (taken.has(own)) own = `network ${own}`;
    taken.add(own);
    given.set(name, own);
  }
  const renamed = (name: Name): Name => given.get(name) ?? name;
  return {
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, name: renamed(input.name) })),
    outputs: graph.outputs.map(renamed),
    constants: new Map([...graph.constants].map(([name, tensor]) => [renamed(name), tensor])),
    nodes: graph.nodes.map((node) => ({
      ...node,
      name: renamed(node.name),
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
  };
}

/**
 * The graph with batch, height and width of every image input free, whatever size it was exported for. An input with its
 * channels last is left alone.
 */
export function freeInput(graph: Graph): Graph {
  return { ...graph, inputs: graph.inputs.map((input) => (isImage(input) ? free(input) : input)) };
}

const isImage = ({ type, dims }: Input): boolean =>
  type === 'float32' && dims.length === 4 && declaredLayout(dims) === 'NCHW';

function free(input: Input): Input {
  const [, channels = -1] = input.dims;
  return { ...input, dims: ['N', channels, 'H', 'W'] };
}
