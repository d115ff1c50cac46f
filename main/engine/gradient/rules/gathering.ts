/** Reading and writing at given indices: the gradient of one is the other. */
import type { Builder } from '../../graph/builder.ts';
import type { Name, Node } from '../../graph/graph.ts';
import { int, text } from '../../graph/graph.ts';
import { float32, numbers, sizeOf } from '../../graph/tensor.ts';
import { refuse, input, type Rule, type Rules } from '../rule.ts';

const zerosLike = (g: Builder, x: Name): Name => g.expand(g.scalar(0), g.dims(x));

/** Adds the gradient of every picked slice into its place; an index picked twice receives both. */
const gather: Rule = (g, node, dy) => {
  const x = input(node, 0);
  const dims = g.dims(x);
  const axis = (int(node, 'axis', 0) + dims.length) % dims.length;
  const size = dims[axis] ?? 1;
  const indices = input(node, 1);
  const value =
    g.info(indices).value ??
    g.constantOf(indices) ??
    refuse(node, 'picks by indices that are computed from the image');
  // A constant 0/1 matrix does the scattering as a matrix product: exact, and every provider runs it.
  const picked = numbers(value).map((i) => (i < 0 ? i + size : i));
  const selection = new Float32Array(size * picked.length);
  picked.forEach((row, column) => (selection[row * picked.length + column] = 1));
  const matrix = g.constant(float32(selection, [size, picked.length]));
  const flat = g.reshape(dy, [sizeOf(dims.slice(0, axis)), picked.length, sizeOf(dims.slice(axis + 1))]);
  return [g.reshape(g.op('MatMul', [matrix, flat]), dims)];
};

const gatherElements: Rule = (g, node, dy) => {
  const [x, indices] = [input(node, 0), input(node, 1)];
  const attributes = { axis: int(node, 'axis', 0), reduction: 'add' };
  return [g.op('ScatterElements', [zerosLike(g, x), indices, dy], attributes)];
};

const gatherND: Rule = (g, node, dy) => {
  if (int(node, 'batch_dims', 0) !== 0) refuse(node, 'has batch_dims, for which there is no gradient');
  const [x, indices] = [input(node, 0), input(node, 1)];
  return [g.op('ScatterND', [zerosLike(g, x), indices, dy], { reduction: 'add' })];
};

/** The reduction of a scatter, where it is one that we differentiate: overwriting (indices are then unique) or adding. */
function adds(node: Node): boolean {
  const reduction = text(node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add')
    refuse(node, `has reduction "${reduction}"; only "none" and "add" have a gradient`);
  return reduction === 'add';
}

/** What was overwritten has no gradient; what was written has that of its place. */
const scatter =
  (scatterOp: string, gatherOp: string): Rule =>
  (g, node, dy, demand) => {
    const [, indices, updates] = [input(node, 0), input(node, 1), input(node, 2)];
    const axis = scatterOp === 'ScatterElements' ? { axis: int(node, 'axis', 0) } : {};
    const kept = adds(node) ? dy : g.op(scatterOp, [dy, indices, zerosLike(g, updates)], axis);
    return [kept, null, demand.wants(2) ? g.op(gatherOp, [dy, indices], axis) : null];
  };

export const gathering: Rules = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatter('ScatterElements', 'GatherElements'),
  ScatterND: scatter('ScatterND', 'GatherND'),
};
