/** Shapes of operators that rearrange or repeat whole axes. */
import { int, ints, text, type Node } from '../graph.ts';
import { sizeOf } from '../tensor.ts';
import {
  axesOf,
  axisOf,
  broadcast,
  refuse,
  requireRank,
  required,
  requiredValues,
  show,
  sizeAt,
  valuesOf,
  type ShapeRule,
} from './rule.ts';

export const layout: Readonly<Record<string, ShapeRule>> = {
  Reshape(node, inputs) {
    const { type, dims } = required(inputs, 0);
    return [
      { type, dims: reshaped(dims, requiredValues(inputs, 1, 'shape'), int(node, 'allowzero', 0) !== 0) },
    ];
  },

  Flatten(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const axis = int(node, 'axis', 1);
    // Unlike other axes this one is a border between axes, so the rank itself is allowed.
    const border = axis === dims.length ? axis : axisOf(axis, dims.length);
    return [{ type, dims: [sizeOf(dims.slice(0, border)), sizeOf(dims.slice(border))] }];
  },

  Squeeze(_, inputs) {
    const { type, dims } = required(inputs, 0);
    const given = valuesOf(inputs, 1, 'axes');
    if (given === undefined) return [{ type, dims: dims.filter((size) => size !== 1) }];
    const axes = given.map((axis) => axisOf(axis, dims.length));
    const wide = axes.find((axis) => dims[axis] !== 1);
    if (wide !== undefined)
      refuse('model/unreadable', `cannot remove axis ${wide} of ${show(dims)}, which is not 1`);
    return [{ type, dims: dims.filter((_, axis) => !axes.includes(axis)) }];
  },

  Unsqueeze(_, inputs) {
    const { type, dims } = required(inputs, 0);
    const given = requiredValues(inputs, 1, 'axes');
    const rank = dims.length + given.length;
    const axes = axesOf(given, rank);
    const rest = dims.values();
    const result = Array.from({ length: rank }, (_, axis) =>
      axes.includes(axis) ? 1 : (rest.next().value ?? 1),
    );
    return [{ type, dims: result }];
  },

  Transpose(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const order = permutationOf(node, dims.length);
    return [{ type, dims: order.map((axis) => sizeAt(dims, axis)) }];
  },

  Expand(_, inputs) {
    const { type, dims } = required(inputs, 0);
    return [{ type, dims: broadcast(dims, requiredValues(inputs, 1, 'shape')) }];
  },

  Tile(_, inputs) {
    const { type, dims } = required(inputs, 0);
    const repeats = requiredValues(inputs, 1, 'repeats');
    if (repeats.length !== dims.length)
      refuse('model/unreadable', `repeats ${show(dims)} by ${show(repeats)}`);
    return [{ type, dims: dims.map((size, axis) => size * sizeAt(repeats, axis)) }];
  },

  DepthToSpace(node, inputs) {
    const { type, dims } = required(inputs, 0);
    requireRank(required(inputs, 0), 4, 4);
    const block = blockOf(node);
    const [n = 0, c = 0, h = 0, w = 0] = dims;
    if (c % (block * block) !== 0)
      refuse('model/unreadable', `cannot spread ${c} channels over blocks of ${block}×${block}`);
    const mode = text(node, 'mode', 'DCR');
    if (mode !== 'DCR' && mode !== 'CRD')
      refuse('model/unreadable', `has the unknown mode "${mode}"; DCR or CRD is possible`);
    return [{ type, dims: [n, c / (block * block), h * block, w * block] }];
  },

  SpaceToDepth(node, inputs) {
    const { type, dims } = required(inputs, 0);
    requireRank(required(inputs, 0), 4, 4);
    const block = blockOf(node);
    const [n = 0, c = 0, h = 0, w = 0] = dims;
    if (h % block !== 0 || w % block !== 0) {
      refuse(
        'model/unsupported',
        `needs sizes that are multiples of ${block}, but gets ${h}×${w}; choose another image size`,
      );
    }
    return [{ type, dims: [n, c * block * block, h / block, w / block] }];
  },
};

/** The order of axes that a Transpose reads; reversed where the node does not say. */
export function permutationOf(node: Node, rank: number): readonly number[] {
  const reversed = Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const order = ints(node, 'perm', reversed);
  if (order.length === rank && reversed.every((axis) => order.includes(axis))) return order;
  return refuse('model/unreadable', `has perm ${show(order)}, which does not order ${rank} axes`);
}

/** ONNX Reshape: 0 copies a size (unless `allowZero`), one -1 takes what is left. */
function reshaped(dims: readonly number[], shape: readonly number[], allowZero: boolean): number[] {
  const total = sizeOf(dims);
  const result = shape.map((size, axis) => (size === 0 && !allowZero ? sizeAt(dims, axis) : size));
  const free = result.indexOf(-1);
  if (free >= 0) {
    const rest = result.reduce((product, size, axis) => (axis === free ? product : product * size), 1);
    // Nothing left to divide: ONNX Runtime refuses -1 beside a zero too.
    if (rest > 0 && total % rest === 0) result[free] = total / rest;
  }
  if (result.some((size) => size < 0) || sizeOf(result) !== total) {
    refuse('model/unreadable', `cannot give ${show(dims)} the shape ${show(shape)}`);
  }
  return result;
}

function blockOf(node: Node): number {
  const block = int(node, 'blocksize', 0);
  return block >= 1 ? block : refuse('model/unreadable', `has blocksize ${block}, which must be at least 1`);
}
