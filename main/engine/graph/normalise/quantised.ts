/** Weights stored as small integers with a scale for each channel: they become the floats that they stand for. */
import { int, type Node } from '../graph.ts';
import { float32, numbers, sizeOf, type Tensor } from '../tensor.ts';
import { change, unsupported, type Rewrite } from './rewrite.ts';

/** (x − zero point) · scale, one scale for everything or one for each index along `axis`. Values that are computed stay as they are. */
const dequantizeLinear: Rewrite = (node, at) => {
  const [x, scale, zero] = node.inputs.map((name) => at.value(name));
  if (x === undefined || scale === undefined || (node.inputs[2] && zero === undefined)) return [node];
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

export const quantisedRewrites: Readonly<Record<string, Rewrite>> = { DequantizeLinear: dequantizeLinear };
