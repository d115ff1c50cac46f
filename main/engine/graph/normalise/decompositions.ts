/** Operators that are written with simpler ones, because their meaning changed or because two inputs are enough. */
import { int, type Name, type Node } from '../graph.ts';
import { float32 } from '../tensor.ts';
import { Composer } from './composer.ts';
import { change, unsupported, without, type Rewrite, type Rewriter } from './rewrite.ts';

/** `Sum` and the like of any number of inputs as a chain of `op` with two. */
const chain =
  (op: string): Rewrite =>
  (node, at) => {
    const [first, ...rest] = node.inputs;
    if (rest.length === 0) return change(node, { op: 'Identity' });
    const nodes: Node[] = [];
    let left = first ?? '';
    rest.forEach((right, i) => {
      const last = i === rest.length - 1;
      const name = last ? node.name : at.fresh(`${node.name}/${i + 1}`);
      const outputs = last ? node.outputs : [name];
      nodes.push({ op, name, inputs: [left, right], outputs, attributes: node.attributes });
      left = name;
    });
    return nodes;
  };

const mean: Rewrite = (node, at) => {
  const sum = at.fresh(`${node.name}/sum`);
  const factor = at.constant(float32([1 / node.inputs.length], []), `${node.name}/factor`);
  return [
    ...chain('Add')({ ...node, name: sum, outputs: [sum] }, at),
    { ...node, op: 'Mul', inputs: [sum, factor] },
  ];
};

/**
 * Before operator set 13 these worked on a matrix: the axes from `axis` (default 1) on were one. That is the same as
 * today along the last axis; elsewhere the tensor is flattened around the operator.
 */
const flattened: Rewrite = (node, at) => {
  if (at.opset >= 13) return [node];
  const [x = ''] = node.inputs;
  const axis = int(node, 'axis', 1);
  const rank = at.info(x)?.dims.length;
  if (axis === -1 || (rank !== undefined && axis === rank - 1))
    return change(node, { attributes: { axis: -1 } });
  const matrix = at.fresh(`${node.name}/matrix`);
  const result = at.fresh(`${node.name}/result`);
  const shape = at.fresh(`${node.name}/shape`);
  return [
    { op: 'Flatten', name: matrix, inputs: [x], outputs: [matrix], attributes: { axis } },
    { op: node.op, name: result, inputs: [matrix], outputs: [result], attributes: { axis: -1 } },
    shapeOf(x, shape),
    { ...node, op: 'Reshape', inputs: [result, shape], attributes: {} },
  ];
};

const batchNormalization: Rewrite = (node, at) => {
  if (int(node, 'spatial', 1) === 0)
    throw unsupported(node, 'normalises every pixel by itself; only per channel is supported');
  if (at.opset >= 14 && int(node, 'training_mode', 0) !== 0)
    throw unsupported(
      node,
      'normalises by the statistics of the batch that it is given (training_mode = 1); export the network for inference, after model.eval()',
    );
  requireUnused(node, at);
  return change(node, {
    outputs: node.outputs.slice(0, 1),
    attributes: without(node, 'spatial', 'momentum', 'training_mode', 'is_test'),
  });
};

/**
 * Groups of channels are the channels of an instance normalisation of a reshaped tensor. Scale and bias belonged to a
 * group before operator set 21, and belong to a channel since.
 */
const groupNormalization: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const [x, scale, bias] = [c.input(0), c.input(1), c.input(2)];
  const groups = int(node, 'num_groups', 1);
  const perChannel = at.opset >= 21;
  const channels = at.info(scale)?.dims[0];
  if (channels === undefined || !(groups > 0) || (perChannel && channels % groups !== 0))
    throw unsupported(node, `divides ${channels ?? 'an unknown number of'} channels into ${groups} groups`);
  const fill = (value: number, part: string): Name =>
    at.constant(float32(new Float32Array(groups).fill(value)), `${node.name}/${part}`);
  const epsilon = node.attributes['epsilon'] ?? 1e-5;
  const grouped = c.reshape(x, [0, groups, -1], 'groups');
  const affine = perChannel ? [fill(1, 'one'), fill(0, 'zero')] : [scale, bias];
  const normal = c.op('InstanceNormalization', [grouped, ...affine], 'normal', { epsilon });
  if (!perChannel) return c.last('Reshape', [normal, c.op('Shape', [x], 'shape')]);
  const rows = c.reshape(normal, [0, channels, -1], 'channels');
  const column = c.ints([1], 'column');
  const scales = c.op('Unsqueeze', [scale, column], 'scale');
  const biases = c.op('Unsqueeze', [bias, column], 'bias');
  const shifted = c.op('Add', [c.op('Mul', [rows, scales], 'scaled'), biases], 'shifted');
  return c.last('Reshape', [shifted, c.op('Shape', [x], 'shape')]);
};

function shapeOf(x: string, name: string): Node {
  return { op: 'Shape', name, inputs: [x], outputs: [name], attributes: {} };
}

/** Refuses a node whose further outputs exist in training only, where something reads them. */
export function requireUnused(node: Node, at: Rewriter): void {
  const output = node.outputs.slice(1).find((name) => at.used(name));
  if (output !== undefined)
    throw unsupported(
      node,
      `gives "${output}", which exists in training only; export the network for inference`,
    );
}

export const decompositions: Readonly<Record<string, Rewrite>> = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  Hardmax: flattened,
  LogSoftmax: flattened,
  Max: chain('Max'),
  Mean: mean,
  Min: chain('Min'),
  Softmax: flattened,
  Sum: chain('Add'),
};
