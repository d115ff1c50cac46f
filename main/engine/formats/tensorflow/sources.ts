/** Where a network begins: its constants, and the placeholders that pictures are fed into. */
import { bool, numbers } from '../../graph/tensor.ts';
import { integerOf } from '../protobuf.ts';
import { byNameOf, constantAt } from './lookup.ts';
import { attribute, damaged, shapeOf, textOf, typeOf, unsupported, type Operation } from './operation.ts';
import { fileAllowance, readTensor, widen, type Allowance } from './tensor.ts';
import { featureMap, permuted, plain, type Translation, type Value } from './translation.ts';

/** A size that windows fit into and that no power of two divides, where a graph leaves the picture's open. */
const NOMINAL = 299;

/** A file may not declare more inputs than this. */
const MOST_INPUTS = 16;

/** Operators that say by their `data_format` which axis of a picture is its channels. */
const SPATIAL = new Set([
  'Conv2D',
  'DepthwiseConv2dNative',
  'MaxPool',
  'AvgPool',
  'BiasAdd',
  'FusedBatchNorm',
  'FusedBatchNormV2',
  'FusedBatchNormV3',
]);

/** The tensor of a `Const` node. */
export function readConstant(operation: Operation, allowance: Allowance, t: Translation): Value {
  const proto = attribute(operation, 'value')?.tensor;
  if (!proto) throw damaged(operation, 'has no value');
  return t.define(operation.name, readTensor(proto, `Tensor "${operation.name}"`, allowance));
}

/**
 * An input of the network. Four axes, or a shape that is not told, are pictures: they become NCHW.
 * A truth value is a switch between training and use, and is false.
 */
export function readPlaceholder(operation: Operation, all: readonly Operation[], t: Translation): Value {
  const { name } = operation;
  const type = widen(typeOf(operation, 'dtype'));
  if (type === null)
    throw unsupported(
      operation,
      'is fed with something else than numbers; only inputs of numbers are supported',
    );
  if (type === 'bool') return t.define(name, bool([false], []));
  if (t.inputs.length >= MOST_INPUTS)
    throw unsupported(
      operation,
      `is one input too many: a network has one for pictures, not more than ${MOST_INPUTS}`,
    );
  const declared = shapeOf(operation, 'shape') ?? [];
  if (declared.length !== 4 && declared.length !== 0) {
    const dims = declared.map((size, i) => (size > 0 ? size : i === 0 ? 'N' : -1));
    t.input(
      { name, type, dims },
      declared.map((size) => (size > 0 ? size : 1)),
    );
    return plain(name);
  }
  const { channelsLast, channels } = pictureFormat(name, declared, all);
  const [batch = -1, , height = -1, width = -1] = channelsLast ? permuted(declared) : declared;
  const free = (size: number, letter: string) => (size > 0 ? size : letter);
  const dims = [free(batch, 'N'), channels, free(height, 'H'), free(width, 'W')];
  const nominal = [1, channels, height > 0 ? height : NOMINAL, width > 0 ? width : NOMINAL];
  // Bytes are fed as floats, like everything else: the cast that follows then has nothing to do.
  t.input({ name, type: 'float32', dims }, nominal);
  return channelsLast ? featureMap(name) : plain(name);
}

interface PictureFormat {
  readonly channelsLast: boolean;
  readonly channels: number;
}

/** What a placeholder's declaration says of its channels, and where it is silent, the first operators that read it. */
function pictureFormat(name: string, declared: readonly number[], all: readonly Operation[]): PictureFormat {
  const reader = firstSpatial(name, all);
  const few = (size = -1) => size === 1 || size === 3 || size === 4;
  const channelsLast = reader?.channelsLast ?? (few(declared[3]) || !few(declared[1]));
  const given = declared[channelsLast ? 3 : 1] ?? -1;
  return { channelsLast, channels: given > 0 ? given : (reader?.channels ?? 3) };
}

/** The layout and the channels of what the nearest convolution or the like after a placeholder expects. */
function firstSpatial(
  name: string,
  all: readonly Operation[],
): { channelsLast: boolean; channels: number | undefined } | undefined {
  const operations = byNameOf(all);
  const reached = new Set([name]);
  // The nodes come in an order in which each follows those it reads.
  for (const operation of all) {
    if (!operation.inputs.some(({ node }) => reached.has(node))) continue;
    reached.add(operation.name);
    if (operation.op === 'Transpose') {
      const proto = constantAt(operation, 1, operations);
      const perm =
        proto === undefined ? '' : numbers(readTensor(proto, 'An order of axes', fileAllowance())).join();
      if (perm === '0,3,1,2') return { channelsLast: true, channels: undefined };
      if (perm === '0,2,3,1') return { channelsLast: false, channels: undefined };
    }
    if (!SPATIAL.has(operation.op)) continue;
    const channelsLast = textOf(operation, 'data_format', 'NHWC') === 'NHWC';
    const filter = operation.op.includes('Conv') ? constantAt(operation, 1, operations) : undefined;
    const channels = filter?.tensorShape?.dim?.[2]?.size;
    return { channelsLast, channels: channels === undefined ? undefined : integerOf(channels) };
  }
  return undefined;
}
