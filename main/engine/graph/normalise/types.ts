/** Casts, once readers have widened every element type to one of four; and operators that were renamed. */
import { int } from '../graph.ts';
import type { DataType } from '../tensor.ts';
import { requireUnused } from './decompositions.ts';
import { change, type Rewrite } from './rewrite.ts';

/** Codes of `TensorProto.DataType` by what they are widened to: the first of each list is the type itself. */
const CODES: Readonly<Record<DataType, readonly number[]>> = {
  float32: [1, 10, 11, 16],
  int32: [6, 2, 3, 4, 5],
  int64: [7, 12, 13],
  bool: [9],
};

/** A cast to another element type of the same four; one that changes nothing becomes an `Identity`. */
const cast: Rewrite = (node, at) => {
  const code = int(node, 'to', 0);
  const target = Object.values(CODES).find((codes) => codes.includes(code));
  const type = at.info(node.inputs[0])?.type;
  if (type !== undefined && CODES[type] === target) return change(node, { op: 'Identity', attributes: {} });
  return change(node, { attributes: { to: target?.[0] ?? code } });
};

const castLike: Rewrite = (node, at) => {
  const type = at.info(node.inputs[1])?.type;
  if (type === undefined) return [node];
  return cast(
    { ...node, op: 'Cast', inputs: node.inputs.slice(0, 1), attributes: { to: CODES[type][0] ?? 0 } },
    at,
  );
};

/** Networks are only ever run, never trained: nothing is dropped. */
const dropout: Rewrite = (node, at) => {
  requireUnused(node, at);
  return change(node, {
    op: 'Identity',
    inputs: node.inputs.slice(0, 1),
    outputs: node.outputs.slice(0, 1),
    attributes: {},
  });
};

const SAMPLING: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

const gridSample: Rewrite = (node, at) => {
  const { mode } = node.attributes;
  if (at.opset >= 20 || typeof mode !== 'string') return [node];
  return change(node, { attributes: { ...node.attributes, mode: SAMPLING[mode] ?? mode } });
};

export const typeRewrites: Readonly<Record<string, Rewrite>> = {
  Cast: cast,
  CastLike: castLike,
  Dropout: dropout,
  GridSample: gridSample,
  Scatter: (node) => change(node, { op: 'ScatterElements' }),
};
