/** What a network's files say about its input: its name and shape, and how pictures were prepared in training. */
import { int, type Input, type Name, type Node } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { isSource } from './test-phase.ts';
import type { BlobShape, LayerParameter, NetParameter } from './messages.ts';

/** What training did to pictures, as far as the files tell. Caffe's pictures are BGR, of 0…255. */
export interface CaffeHints {
  /** Side of the square picture that the network was made for, in pixels; the shorter one where it was not square. */
  readonly size?: number;
  /** Width and height of the pictures in pixels, where they were not square. */
  readonly shape?: { readonly width: number; readonly height: number };
  /** Subtracted from the pixels: one for each channel, or one for all, in the network's own order of channels. */
  readonly mean?: readonly number[];
  /** Multiplied to the pixels after that. */
  readonly scale?: number;
}

/** The shapes of tensors that come from outside, empty where nothing is said about one. */
export type Declared = ReadonlyMap<Name, readonly number[]>;

/** Everything that a network may be given: inputs by any of the ways to declare them, labels among them. */
export function declaredInputs(net: NetParameter, layers: readonly LayerParameter[]): Declared {
  const { input = [], inputShape = [], inputDim = [] } = net;
  const declared = new Map<Name, readonly number[]>();
  input.forEach((name, i) => {
    declared.set(name, inputShape[i]?.dim ?? inputDim.slice(4 * i, 4 * i + 4));
  });
  for (const layer of layers.filter(isSource)) {
    (layer.top ?? []).forEach((name, i) => declared.set(name, sourceShape(layer, i)));
  }
  return declared;
}

function sourceShape(
  { inputParam, dummyDataParam, memoryDataParam }: LayerParameter,
  i: number,
): readonly number[] {
  const only = (list: readonly BlobShape[] = []) => list[i]?.dim ?? list[0]?.dim;
  const shape = only(inputParam?.shape) ?? only(dummyDataParam?.shape);
  if (shape !== undefined) return shape;
  if (memoryDataParam !== undefined && i === 0) {
    const { channels = 0, height = 0, width = 0 } = memoryDataParam;
    return [0, channels, height, width];
  }
  if (dummyDataParam === undefined) return [];
  const { num, channels, height, width } = dummyDataParam;
  return [num, channels, height, width].map((list = []) => list[i] ?? list[0] ?? 0);
}

/**
 * The inputs that layers read: those that are declared, and blobs that no layer gives. The size of an image is free,
 * whatever was declared; a channel count that is not known is -1.
 */
export function inputsOf(layers: readonly LayerParameter[], declared: Declared): Input[] {
  const given = new Set<Name>();
  for (const { bottom = [], top = [] } of layers) {
    const read = new Set(bottom);
    for (const name of top) if (!read.has(name)) given.add(name);
  }
  const outside = layers
    .flatMap(({ bottom = [] }) => bottom)
    .filter((name) => declared.has(name) || !given.has(name));
  return [...new Set(outside)].map((name) => {
    const dims = declared.get(name) ?? [];
    const isImage = dims.length === 0 || dims.length === 4;
    const [, channels = 0] = dims;
    return {
      name,
      type: 'float32',
      dims: isImage
        ? ['N', channels > 0 ? channels : -1, 'H', 'W']
        : ['N', ...dims.slice(1).map((size) => (size > 0 ? size : -1))],
    };
  });
}

/** The input with as many channels as the first convolution reads, where nothing else says how many. */
export function withChannels(
  input: Input,
  nodes: readonly Node[],
  constants: ReadonlyMap<Name, Tensor>,
): Input {
  if (input.dims[1] !== -1) return input;
  const first = nodes.find(({ op }) => op === 'Conv');
  const perGroup = constants.get(first?.inputs[1] ?? '')?.dims[1];
  if (first === undefined || perGroup === undefined) return input;
  return { ...input, dims: input.dims.with(1, perGroup * int(first, 'group', 1)) };
}

/** What the declared shape of the image, and the layers that brought it in training, say about it. */
export function hintsOf(dims: readonly number[], layers: readonly LayerParameter[]): CaffeHints {
  const [, , height = 0, width = 0] = dims;
  const told = layers.flatMap(({ transformParam }) => (transformParam === undefined ? [] : [transformParam]));
  const size = Math.min(height, width) || told.find(({ cropSize = 0 }) => cropSize > 0)?.cropSize;
  const mean = told.find(({ meanValue = [] }) => meanValue.length > 0)?.meanValue;
  const scale = told.find(({ scale = 1 }) => scale !== 1 && scale > 0)?.scale;
  return {
    ...(size === undefined ? {} : { size }),
    ...(height > 0 && width > 0 && height !== width ? { shape: { width, height } } : {}),
    ...(mean === undefined ? {} : { mean }),
    ...(scale === undefined ? {} : { scale }),
  };
}
