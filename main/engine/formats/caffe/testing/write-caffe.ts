/** Caffe files of every version, written to the letter of caffe.proto. */
import type { Tensor } from '../../../graph/tensor.ts';
import { all, float, message, packed, packedVarints, text, varint, type Fields } from './wire.ts';

/** A layer as every version can say it. */
export interface WrittenLayer {
  readonly name: string;
  /** Type in the present format. */
  readonly type: string;
  readonly bottom: readonly string[];
  readonly top: readonly string[];
  readonly blobs?: readonly Tensor[];
  readonly settings?: Settings;
  /** Further fields of a version 2 layer. */
  readonly more?: Fields;
}

/** Settings by the names they have in version 2; lists are repeated fields. */
export type Settings = Readonly<Record<string, number | readonly number[]>>;

/** Field numbers of the layer's own message in versions 2 and 1, of its settings, and what version 0 calls them. */
interface Numbers {
  readonly v2: number;
  readonly v1: number;
  readonly fields: Readonly<Record<string, number>>;
  readonly floats?: readonly string[];
  readonly v0: Readonly<Record<string, number>>;
}

const NUMBERS: Readonly<Record<string, Numbers>> = {
  Convolution: {
    v2: 106,
    v1: 10,
    fields: { num_output: 1, bias_term: 2, pad: 3, kernel_size: 4, group: 5, stride: 6 },
    v0: { num_output: 3, bias_term: 4, pad: 7, kernel_size: 8, group: 9, stride: 10 },
  },
  InnerProduct: {
    v2: 117,
    v1: 17,
    fields: { num_output: 1, bias_term: 2 },
    v0: { num_output: 3, bias_term: 4 },
  },
  Pooling: {
    v2: 121,
    v1: 19,
    fields: { pool: 1, kernel_size: 2, stride: 3, pad: 4, global_pooling: 12 },
    v0: { pool: 11, kernel_size: 8, stride: 10, pad: 7 },
  },
  LRN: {
    v2: 118,
    v1: 18,
    fields: { local_size: 1, alpha: 2, beta: 3 },
    floats: ['alpha', 'beta'],
    v0: { local_size: 13, alpha: 14, beta: 15 },
  },
  Concat: { v2: 104, v1: 9, fields: { concat_dim: 1 }, v0: { concat_dim: 65 } },
};

const V1_TYPES: Readonly<Record<string, number>> = {
  Concat: 3,
  Convolution: 4,
  Dropout: 6,
  Flatten: 8,
  InnerProduct: 14,
  LRN: 15,
  Pooling: 17,
  ReLU: 18,
  Softmax: 20,
  SoftmaxWithLoss: 21,
  Split: 22, // prettier-ignore
};

const V0_TYPES: Readonly<Record<string, string>> = {
  Concat: 'concat',
  Convolution: 'conv',
  Dropout: 'dropout',
  Flatten: 'flatten',
  InnerProduct: 'innerproduct',
  LRN: 'lrn',
  Pooling: 'pool',
  ReLU: 'relu',
  Softmax: 'softmax',
  Split: 'split', // prettier-ignore
};

/** A whole network: its layers in a version's form behind `head`, the fields of the network itself. */
export function writeCaffe(
  version: 0 | 1 | 2,
  layers: readonly WrittenLayer[],
  head: Fields = all(),
): Uint8Array {
  const write = { 0: version0, 1: version1, 2: version2 }[version];
  return all(text(1, 'written'), head, ...layers.map(write));
}

function version2(layer: WrittenLayer): Fields {
  const { name, type, bottom, top, blobs = [], more = all() } = layer;
  return message(
    100,
    text(1, name),
    text(2, type),
    ...bottom.map((blob) => text(3, blob)),
    ...top.map((blob) => text(4, blob)),
    ...blobs.map((blob) => message(7, message(7, packedVarints(1, blob.dims)), data(blob))),
    parameters(layer, 'v2'),
    more,
  );
}

/** With `blobs_lr` and `weight_decay`, as files of that time have them, and blobs of four dimensions. */
function version1(layer: WrittenLayer): Fields {
  const { name, type, bottom, top, blobs = [] } = layer;
  return message(
    2,
    ...bottom.map((blob) => text(2, blob)),
    ...top.map((blob) => text(3, blob)),
    text(4, name),
    varint(5, V1_TYPES[type] ?? NaN),
    ...blobs.map((blob) => message(6, legacyBlob(blob))),
    ...blobs.flatMap((_, i) => [float(7, i + 1), float(8, 1 - i)]),
    parameters(layer, 'v1'),
  );
}

function version0({ name, type, bottom, top, blobs = [], settings = {} }: WrittenLayer): Fields {
  const numbers = NUMBERS[type];
  return message(
    2,
    message(
      1,
      text(1, name),
      text(2, V0_TYPES[type] ?? type),
      ...fieldsOf(settings, numbers?.v0 ?? {}, numbers?.floats),
      ...blobs.map((blob) => message(50, legacyBlob(blob))),
    ),
    ...bottom.map((blob) => text(2, blob)),
    ...top.map((blob) => text(3, blob)),
  );
}

function parameters({ type, settings = {} }: WrittenLayer, version: 'v1' | 'v2'): Fields {
  const numbers = NUMBERS[type];
  if (numbers === undefined || Object.keys(settings).length === 0) return all();
  return message(numbers[version], ...fieldsOf(settings, numbers.fields, numbers.floats));
}

function fieldsOf(
  settings: Settings,
  ids: Readonly<Record<string, number>>,
  floats: readonly string[] = [],
): Fields[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`The writer has no number for "${name}".`);
    const list = typeof value === 'number' ? [value] : value;
    return list.map((item) => (floats.includes(name) ? float(id, item) : varint(id, item)));
  });
}

/** num, channels, height and width, with ones in front of fewer. */
function legacyBlob(blob: Tensor): Fields {
  const dims = [...new Array<number>(Math.max(0, 4 - blob.dims.length)).fill(1), ...blob.dims];
  return all(...dims.map((size, i) => varint(i + 1, size)), data(blob));
}

function data(blob: Tensor): Fields {
  if (blob.type !== 'float32') throw new Error('Weights are floats.');
  return packed(5, blob.data);
}
