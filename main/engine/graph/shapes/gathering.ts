/** Shapes of operators that read or write at given indices. */
import { int, type Info } from '../graph.ts';
import {
  axisOf,
  refuse,
  requireRank,
  required,
  requiredValues,
  show,
  sizeAt,
  type Inputs,
  type ShapeRule,
} from './rule.ts';

export const gathering: Readonly<Record<string, ShapeRule>> = {
  Gather(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const axis = axisOf(int(node, 'axis', 0), dims.length);
    return [{ type, dims: [...dims.slice(0, axis), ...required(inputs, 1).dims, ...dims.slice(axis + 1)] }];
  },

  GatherElements(node, inputs) {
    const data = required(inputs, 0);
    const indices = required(inputs, 1);
    requireWithin(data, indices, axisOf(int(node, 'axis', 0), data.dims.length));
    return [{ type: data.type, dims: indices.dims }];
  },

  GatherND(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const indices = required(inputs, 1);
    requireRank(indices, 1);
    const batch = int(node, 'batch_dims', 0);
    const depth = sizeAt(indices.dims, indices.dims.length - 1);
    if (batch + depth > dims.length || show(dims.slice(0, batch)) !== show(indices.dims.slice(0, batch))) {
      refuse(
        'model/unreadable',
        `reads indices ${show(indices.dims)} in ${show(dims)} (batch_dims ${batch})`,
      );
    }
    return [{ type, dims: [...indices.dims.slice(0, -1), ...dims.slice(batch + depth)] }];
  },

  ScatterElements(node, inputs) {
    const data = required(inputs, 0);
    const indices = required(inputs, 1);
    requireWithin(data, indices, axisOf(int(node, 'axis', 0), data.dims.length));
    requireShape(inputs, 2, indices.dims);
    return [{ type: data.type, dims: data.dims }];
  },

  ScatterND(_, inputs) {
    const { type, dims } = required(inputs, 0);
    const indices = required(inputs, 1);
    requireRank(indices, 1);
    const depth = sizeAt(indices.dims, indices.dims.length - 1);
    if (depth > dims.length) refuse('model/unreadable', `has indices of depth ${depth} for ${show(dims)}`);
    requireShape(inputs, 2, [...indices.dims.slice(0, -1), ...dims.slice(depth)]);
    return [{ type, dims }];
  },

  OneHot(node, inputs) {
    const indices = required(inputs, 0);
    const [depth = 0] = requiredValues(inputs, 1, 'depth');
    const axis = axisOf(int(node, 'axis', -1), indices.dims.length + 1);
    return [{ type: required(inputs, 2).type, dims: indices.dims.toSpliced(axis, 0, depth) }];
  },
};

/** Indices may be fewer than the data along the axes that they do not choose along. */
function requireWithin(data: Info, indices: Info, axis: number): void {
  const { dims } = indices;
  if (dims.length === data.dims.length && dims.every((size, i) => i === axis || size <= sizeAt(data.dims, i)))
    return;
  refuse('model/unreadable', `has indices of shape ${show(dims)} for ${show(data.dims)} along axis ${axis}`);
}

function requireShape(inputs: Inputs, index: number, dims: readonly number[]): void {
  const actual = required(inputs, index).dims;
  if (show(actual) === show(dims)) return;
  refuse('model/unreadable', `has updates of shape ${show(actual)} where ${show(dims)} is needed`);
}
