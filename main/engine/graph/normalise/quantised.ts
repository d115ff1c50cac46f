/**
 * Small integers with a scale, for everything or for each channel. Weights become the floats that they stand for; values that
 * are computed stay floats that are rounded and cut as integers would be, whose gradient passes straight through.
 */
import { int, type Name, type Node } from '../graph.ts';
import { float32, numbers, sizeOf, type Tensor } from '../tensor.ts';
import { change, unsupported, type Rewrite, type Rewriter } from './rewrite.ts';

/** The range of each ONNX element type that values are quantised to. */
const RANGES: Readonly<Record<number, readonly [number, number]>> = {
  2: [0, 255],
  3: [-128, 127],
  4: [0, 65535],
  5: [-32768, 32767],
  21: [0, 15],
  22: [-8, 7],
};

/**
 * round(x / scale) + zero point, cut to the range of the type. Cut first, which gives the same: the ends are integers. The gradient
 * passes where nothing was cut, as in training that is aware of quantisation (Jacob et al. 2018).
 */
const quantizeLinear: Rewrite = (node, at) => {
  const [x = '', scale, zero] = node.inputs;
  const range = RANGES[int(node, 'output_dtype', 2)];
  if (range === undefined || int(node, 'block_size', 0) !== 0)
    throw unsupported(node, 'quantises to blocks or to small floats; give the network as it was before that');
  const zeros = zero ? numbersOf(zero, node, at) : [0];
  const divided = at.fresh(`${node.name}/divided`);
  const cut = at.fresh(`${node.name}/cut`);
  const nodes: Node[] = [
    binary('Div', x, stretched(numbersOf(scale, node, at), node, at, 'scale'), divided),
    ...clipped(divided, cut, range, zeros, node, at),
  ];
  const rounded = zeros.every((value) => value === 0)
    ? (node.outputs[0] ?? '')
    : at.fresh(`${node.name}/rounded`);
  nodes.push({
    ...{ op: 'Round', name: rounded, inputs: [cut], outputs: [rounded], attributes: {} },
    straightThrough: true,
  });
  if (rounded !== node.outputs[0])
    nodes.push(binary('Add', rounded, stretched(zeros, node, at, 'zero'), node.outputs[0] ?? ''));
  return nodes;
};

/** Cuts x / scale where the zero point takes it out of the range. */
function clipped(
  x: Name,
  output: Name,
  [low, high]: readonly [number, number],
  zeros: readonly number[],
  node: Node,
  at: Rewriter,
): Node[] {
  const [zero = 0] = zeros;
  if (zeros.some((value) => value !== zero))
    throw unsupported(
      node,
      'has a zero point for each channel; give the network as it was before quantisation',
    );
  const bound = (value: number, what: string): Name =>
    at.constant(float32([value], []), `${node.name}/${what}`);
  const inputs = [x, bound(low - zero, 'low'), bound(high - zero, 'high')];
  return [{ op: 'Clip', name: output, inputs, outputs: [output], attributes: {} }];
}

/** (x − zero point) · scale of something that is computed. */
function computed(node: Node, at: Rewriter): readonly Node[] {
  const [given = '', scale, zero] = node.inputs;
  const zeros = zero ? numbersOf(zero, node, at) : [0];
  const factor = stretched(numbersOf(scale, node, at), node, at, 'scale');
  const output = node.outputs[0] ?? '';
  // What was quantised here is floats already.
  const isFloat = at.info(given)?.type === 'float32';
  const x = isFloat ? given : at.fresh(`${node.name}/float`);
  const floats: Node[] = isFloat
    ? []
    : [{ op: 'Cast', name: x, inputs: [given], outputs: [x], attributes: { to: 1 } }];
  if (zeros.every((value) => value === 0)) return [...floats, binary('Mul', x, factor, output)];
  const centred = at.fresh(`${node.name}/centred`);
  return [
    ...floats,
    binary('Sub', x, stretched(zeros, node, at, 'zero'), centred),
    binary('Mul', centred, factor, output),
  ];
}

function numbersOf(name: Name | undefined, node: Node, at: Rewriter): number[] {
  const value = at.value(name);
  if (value === undefined)
    throw unsupported(
      node,
      'computes its scale from the picture; give the network as it was before quantisation',
    );
  return numbers(value);
}

/** One number, or one for each index along the node's axis. */
function stretched(values: readonly number[], node: Node, at: Rewriter, what: string): Name {
  const wish = `${node.name}/${what}`;
  if (values.length === 1) return at.constant(float32(values, []), wish);
  const rank = at.info(node.inputs[0])?.dims.length;
  if (rank === undefined) throw unsupported(node, 'scales the channels of a tensor of unknown rank');
  const axis = int(node, 'axis', 1);
  const dims = new Array<number>(rank).fill(1);
  dims[axis < 0 ? axis + rank : axis] = values.length;
  return at.constant(float32(values, dims), wish);
}

function binary(op: string, a: Name, b: Name, output: Name): Node {
  return { op, name: output, inputs: [a, b], outputs: [output], attributes: {} };
}

/** (x − zero point) · scale, one scale for everything or one for each index along `axis`. */
const dequantizeLinear: Rewrite = (node, at) => {
  const [x, scale, zero] = node.inputs.map((name) => at.value(name));
  if (x === undefined) return computed(node, at);
  if (scale === undefined || (node.inputs[2] && zero === undefined)) return [node];
  if (int(node, 'block_size', 0) !== 0)
    throw unsupported(node, 'scales blocks of weights; one scale for each channel is supported');
  const constant = at.constant(dequantised(node, x, scale, zero), `${node.name}/dequantised`);
  return change(node, { op: 'Identity', inputs: [constant], attributes: {} });
};

function dequantised(node: Node, x: Tensor, scale: Tensor, zero: Tensor | undefined): Tensor {
  const factors = numbers(scale);
  const zeros = zero === undefined ? factors.map(() => 0) : numbers(zero);
  const one = factors.length === 1;
  const axis = int(node, 'axis', 1);
  const along = axis < 0 ? axis + x.dims.length : axis;
  if (zeros.length !== factors.length || !(one || factors.length === x.dims[along]))
    throw unsupported(node, `has ${factors.length} scales for weights of shape [${x.dims.join(', ')}]`);
  // Runs of weights with one scale; whole networks pass here at every start, so nothing is looked up for each weight.
  const run = one ? sizeOf(x.dims) : sizeOf(x.dims.slice(along + 1));
  const integers = x.data instanceof BigInt64Array ? numbers(x) : x.data;
  const data = new Float32Array(integers.length);
  for (let begin = 0; begin < data.length; begin += run) {
    const channel = (begin / run) % factors.length;
    const [factor = 0, zeroPoint = 0] = [factors[channel], zeros[channel]];
    for (let i = begin; i < begin + run; i++) data[i] = ((integers[i] ?? 0) - zeroPoint) * factor;
  }
  return float32(data, x.dims);
}

export const quantisedRewrites: Readonly<Record<string, Rewrite>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
};
