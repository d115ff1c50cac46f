/** Shapes of normalisations and of functions along an axis: all keep the shape of their input. */
import { int, type Node } from '../graph.ts';
import { axisOf, refuse, requireRank, required, show, sizeAt, type Inputs, type ShapeRule } from './rule.ts';

export const normalisation: Readonly<Record<string, ShapeRule>> = {
  BatchNormalization(node, inputs) {
    if (int(node, 'training_mode', 0) !== 0)
      refuse('model/unsupported', 'is in training mode; export the network for inference');
    for (let i = 1; i < 5; i++) perChannel(inputs, i);
    return keep(inputs);
  },
  InstanceNormalization(_, inputs) {
    requireRank(required(inputs, 0), 3);
    for (let i = 1; i < 3; i++) perChannel(inputs, i);
    return keep(inputs);
  },
  GroupNormalization: (_, inputs) => keep(inputs),
  LRN(node, inputs) {
    const size = int(node, 'size', 0);
    if (size % 2 !== 1) refuse('model/unsupported', `has size ${size}, which must be odd`);
    return keep(inputs);
  },
  MeanVarianceNormalization: (_, inputs) => keep(inputs),
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Hardmax: alongAxis,
  LpNormalization: alongAxis,

  /** Besides the result, the mean and the inverse deviation of every normalised part, where the node names them. */
  LayerNormalization(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const axis = axisOf(int(node, 'axis', -1), dims.length);
    const statistics = { type, dims: dims.map((size, i) => (i < axis ? size : 1)) };
    return [{ type, dims }, statistics, statistics].slice(0, node.outputs.length);
  },
};

function keep(inputs: Inputs): ReturnType<ShapeRule> {
  const { type, dims } = required(inputs, 0);
  return [{ type, dims }];
}

function alongAxis(node: Node, inputs: Inputs): ReturnType<ShapeRule> {
  axisOf(int(node, 'axis', -1), required(inputs, 0).dims.length);
  return keep(inputs);
}

function perChannel(inputs: Inputs, index: number): void {
  const { dims } = required(inputs, 0);
  const channels = dims.length > 1 ? sizeAt(dims, 1) : 1;
  const parameter = required(inputs, index).dims;
  if (parameter.length === 1 && parameter[0] === channels) return;
  refuse('model/unreadable', `has a parameter of shape ${show(parameter)} for ${channels} channels`);
}
