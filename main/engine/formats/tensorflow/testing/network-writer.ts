/**
 * Networks of ours as TensorFlow would have frozen them: channels last, filters height × width × input × output, biases as
 * nodes of their own. Layers keep their names. Only for what the networks of the tests consist of.
 */
import { float, int, ints, type Graph, type Name, type Node } from '../../../graph/graph.ts';
import { float32, int64, type FloatTensor, type Tensor } from '../../../graph/tensor.ts';
import { ElementType } from '../schema.ts';
import { transposed } from '../transpose.ts';
import {
  attr,
  constant,
  FLOAT,
  graphDef,
  node,
  placeholder,
  repeated,
  tensorProto,
  type Encoding,
} from './graph-def.ts';
import { integer, packed, type Bytes } from './wire.ts';

/** The habits of who froze the graph. */
export interface Style {
  /** How a classifier's feature maps become vectors. */
  readonly flatten: 'reshape' | 'squeeze' | 'shape chain';
  /** How channels are shifted. */
  readonly bias: 'BiasAdd' | 'Add' | 'FusedBatchNormV3';
  readonly concat: 'Concat' | 'ConcatV2';
}

/** The bytes of a GraphDef that computes what a graph of ours does. */
export function writeTensorflow(graph: Graph, style: Style): Bytes {
  const writer = new Writer(graph, style);
  for (const one of graph.nodes) writer.write(one);
  return graphDef(...writer.nodes);
}

class Writer {
  readonly nodes: Bytes[];
  readonly #graph: Graph;
  readonly #style: Style;

  constructor(graph: Graph, style: Style) {
    this.#graph = graph;
    this.#style = style;
    this.nodes = graph.inputs.map(({ name }) => placeholder(name));
  }

  /** Writes what a node computes, under the name of its output. */
  write(one: Node): Name {
    const [x = '', second = ''] = one.inputs;
    const [y = ''] = one.outputs;
    switch (one.op) {
      case 'Conv':
        return this.#convolution(one, x, y);
      case 'MaxPool':
      case 'AveragePool':
        return this.#pool(one, x, y);
      case 'Relu':
      case 'Softmax':
        return this.#add(y, one.op, [x]);
      case 'Clip':
        return this.#add(y, 'Relu6', [x]);
      case 'Add':
        return this.#add(y, 'AddV2', [x, second]);
      case 'Concat':
        return this.#concat(one, y);
      case 'LRN':
        return this.#add(y, 'LRN', [x], {
          depth_radius: attr.int((int(one, 'size', 1) - 1) / 2),
          alpha: attr.float(float(one, 'alpha', 1) / int(one, 'size', 1)),
          beta: attr.float(float(one, 'beta', 0.75)),
          bias: attr.float(float(one, 'bias', 1)),
        });
      case 'GlobalAveragePool':
        return this.#add(y, 'Mean', [x, this.#constant(`${y}/axes`, int64([1, 2]))], {
          keep_dims: attr.flag(true),
        });
      case 'Flatten':
        return this.#flatten(x, y);
      case 'Gemm':
        return this.#gemm(one, x, y);
      default:
        throw new Error(`${one.op} is not written.`);
    }
  }

  #convolution(one: Node, x: Name, y: Name): Name {
    const [, weight = '', bias = ''] = one.inputs;
    const stored = this.#weight(weight);
    const [, , height = 1, width = 1] = stored.dims;
    const depthwise = int(one, 'group', 1) > 1;
    const filter = transposed(stored, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);
    const { input, padding } = this.#framed(one, x, y, [height, width]);
    const w = this.#constant(weight, filter);
    // TensorFlow puts an Identity between each weight and who reads it.
    this.#add(`${weight}/read`, 'Identity', [w]);
    this.#add(`${y}/Conv2D`, depthwise ? 'DepthwiseConv2dNative' : 'Conv2D', [input, `${weight}/read`], {
      strides: attr.ints([1, ...ints(one, 'strides', [1, 1]), 1]),
      padding: attr.text(padding),
      data_format: attr.text('NHWC'),
      ...(depthwise ? {} : { use_cudnn_on_gpu: attr.flag(true), dilations: attr.ints([1, 1, 1, 1]) }),
    });
    return this.#shift(`${y}/Conv2D`, bias, y);
  }

  /** Adds a bias to every channel. */
  #shift(x: Name, bias: Name, y: Name): Name {
    const values = this.#weight(bias);
    if (this.#style.bias !== 'FusedBatchNormV3')
      return this.#add(y, this.#style.bias, [x, this.#constant(bias, values, 'unpacked')]);
    // A normalisation by a deviation of 1 that only takes the mean away. Ones are stored as a half, zeros not at all.
    const [channels = 0] = values.dims;
    const epsilon = 2 ** -10;
    const gamma = tensorProto(ElementType.HALF, [channels], packed(13, [0x3c00], integer));
    this.#raw(`${y}/gamma`, ElementType.HALF, gamma);
    this.#add(`${y}/scale`, 'Cast', [`${y}/gamma`], {
      SrcT: attr.type(ElementType.HALF),
      DstT: attr.type(FLOAT),
    });
    this.#raw(`${y}/beta`, FLOAT, tensorProto(FLOAT, [channels], new Uint8Array()));
    const mean = this.#constant(bias, float32(values.data.map((v) => -v)), 'packed');
    this.#raw(`${y}/variance`, FLOAT, repeated(FLOAT, [channels], 1 - epsilon));
    return this.#add(y, 'FusedBatchNormV3', [x, `${y}/scale`, `${y}/beta`, mean, `${y}/variance`], {
      epsilon: attr.float(epsilon),
      is_training: attr.flag(false),
    });
  }

  #pool(one: Node, x: Name, y: Name): Name {
    const kernel = ints(one, 'kernel_shape', []);
    const { input, padding } = this.#framed(one, x, y, kernel);
    return this.#add(y, one.op === 'MaxPool' ? 'MaxPool' : 'AvgPool', [input], {
      ksize: attr.ints([1, ...kernel, 1]),
      strides: attr.unpackedInts([1, ...ints(one, 'strides', [1, 1]), 1]),
      padding: attr.text(padding),
    });
  }

  /** Padding is SAME where that means the same at every size, else a node of its own. */
  #framed(one: Node, x: Name, y: Name, kernel: readonly number[]): { input: Name; padding: string } {
    const pads = [...ints(one, 'pads', [0, 0, 0, 0])];
    const strides = ints(one, 'strides', [1, 1]);
    // A last, incomplete window of size 3 and stride 2 reaches one step beyond.
    if (int(one, 'ceil_mode', 0) === 1) pads.splice(2, 2, 1, 1);
    if (pads.every((pad) => pad === 0)) return { input: x, padding: 'VALID' };
    const half = kernel.map((size) => (size - 1) / 2);
    if (strides.every((stride) => stride === 1) && pads.join() === [...half, ...half].join())
      return { input: x, padding: 'SAME' };
    const [top = 0, left = 0, bottom = 0, right = 0] = pads;
    const frame = int64([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    const inputs = [x, this.#constant(`${y}/paddings`, frame)];
    if (one.op === 'MaxPool') {
      this.#raw(`${y}/lowest`, FLOAT, repeated(FLOAT, [], -3e38));
      this.#add(`${y}/PadV2`, 'PadV2', [...inputs, `${y}/lowest`]);
      return { input: `${y}/PadV2`, padding: 'VALID' };
    }
    this.#add(`${y}/Pad`, 'Pad', inputs);
    return { input: `${y}/Pad`, padding: 'VALID' };
  }

  #concat({ inputs }: Node, y: Name): Name {
    const axis = this.#constant(`${y}/axis`, int64([3], []), 'packed');
    const old = this.#style.concat === 'Concat';
    return this.#add(y, this.#style.concat, old ? [axis, ...inputs] : [...inputs, axis], {
      N: attr.int(inputs.length),
    });
  }

  #flatten(x: Name, y: Name): Name {
    if (this.#style.flatten === 'squeeze')
      return this.#add(y, 'Squeeze', [x], { squeeze_dims: attr.ints([1, 2]) });
    if (this.#style.flatten === 'reshape') {
      const features = this.#graph.nodes.find(({ op }) => op === 'Gemm')?.inputs[1] ?? '';
      const [, width = -1] = this.#weight(features).dims;
      return this.#add(y, 'Reshape', [x, this.#constant(`${y}/shape`, int64([-1, width]))]);
    }
    // As Keras does: the batch is read from the shape.
    const bound = (name: string, value: number) => this.#constant(`${y}/${name}`, int64([value]));
    this.#add(`${y}/Shape`, 'Shape', [x], { out_type: attr.type(ElementType.INT32) });
    this.#add(
      `${y}/strided_slice`,
      'StridedSlice',
      [`${y}/Shape`, bound('begin', 0), bound('end', 1), bound('strides', 1)],
      { shrink_axis_mask: attr.int(1) },
    );
    const rest = this.#constant(`${y}/rest`, int64([-1], []));
    this.#add(`${y}/packed`, 'Pack', [`${y}/strided_slice`, rest], { N: attr.int(2), axis: attr.int(0) });
    return this.#add(y, 'Reshape', [x, `${y}/packed`]);
  }

  #gemm(one: Node, x: Name, y: Name): Name {
    const [, weight = '', bias = ''] = one.inputs;
    const stored = this.#weight(weight);
    const turned = this.#style.flatten === 'shape chain';
    const w = this.#constant(weight, turned ? stored : transposed(stored, [1, 0]));
    this.#add(`${y}/MatMul`, 'MatMul', [x, w], {
      transpose_b: attr.flag(turned),
      transpose_a: attr.flag(false),
    });
    return this.#add(y, 'BiasAdd', [`${y}/MatMul`, this.#constant(bias, this.#weight(bias))]);
  }

  #weight(name: Name): FloatTensor {
    const tensor = this.#graph.constants.get(name);
    if (tensor?.type !== 'float32') throw new Error(`"${name}" is not a weight.`);
    return tensor;
  }

  #constant(name: Name, value: Tensor, encoding: Encoding = 'content'): Name {
    this.nodes.push(constant(name, value, encoding));
    return name;
  }

  #raw(name: Name, dtype: number, value: Bytes): Name {
    this.nodes.push(node(name, 'Const', [], { dtype: attr.type(dtype), value: attr.tensor(value) }));
    return name;
  }

  #add(
    name: Name,
    op: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, Bytes>> = {},
  ): Name {
    this.nodes.push(node(name, op, inputs, { T: attr.type(FLOAT), ...attributes }));
    return name;
  }
}
