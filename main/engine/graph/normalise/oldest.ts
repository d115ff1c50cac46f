/**
 * Operators of the sets 1 to 6, from before 2018, in the forms of set 7: broadcasting was asked for by an attribute, shapes
 * were attributes, and operators said which of their inputs they overwrote.
 */
import { int, ints, type Name, type Node } from '../graph.ts';
import { int64, numbers } from '../tensor.ts';
import { change, unsupported, without, type Rewrite, type Rewriter } from './rewrite.ts';

/** The set whose forms these become. */
const SEVEN = 7;

/**
 * The second operand where NumPy's rule, which aligns shapes at their ends, finds it: its axes are those from `axis` on, so
 * axes of one come behind them.
 */
function aligned(node: Node, axis: number, at: Rewriter): { before: readonly Node[]; name: Name } {
  const [a, b = ''] = node.inputs;
  const [rank, own] = [at.info(a)?.dims.length, at.info(b)?.dims.length];
  if (rank === undefined || own === undefined)
    throw unsupported(node, 'stretches a tensor of unknown rank along an axis');
  const begin = axis < 0 ? axis + rank : axis;
  const behind = rank - begin - own;
  if (begin < 0 || behind < 0)
    throw unsupported(node, `stretches ${own} axes from axis ${axis} over an input of ${rank}`);
  if (behind === 0) return { before: [], name: b };
  const name = at.fresh(`${node.name}/aligned`);
  const axes = Array.from({ length: behind }, (_, i) => own + i);
  return { before: [{ op: 'Unsqueeze', name, inputs: [b], outputs: [name], attributes: { axes } }], name };
}

const arithmetic: Rewrite = (node, at) => {
  const plain = { ...node, attributes: without(node, 'broadcast', 'axis') };
  if (int(node, 'broadcast', 0) === 0 || node.attributes['axis'] === undefined) return [plain];
  const { before, name } = aligned(node, int(node, 'axis', 0), at);
  return [...before, { ...plain, inputs: [...node.inputs.slice(0, 1), name] }];
};

/** A slope per channel stood alone; now it is stretched like any operand. */
const prelu: Rewrite = (node, at) => {
  const slope = at.info(node.inputs[1])?.dims;
  if (slope?.length !== 1 || slope[0] === 1) return [node];
  const { before, name } = aligned(node, 1, at);
  return [...before, { ...node, inputs: [...node.inputs.slice(0, 1), name] }];
};

const reshape: Rewrite = (node, at) => {
  if (at.opset >= 5) return [node];
  const shape = at.constant(int64(ints(node, 'shape', [])), `${node.name}/shape`);
  return change(node, { inputs: [...node.inputs.slice(0, 1), shape], attributes: without(node, 'shape') });
};

const concat: Rewrite = (node) => change(node, { attributes: { axis: 1, ...node.attributes } });

const pad: Rewrite = (node) => {
  const { paddings, ...rest } = node.attributes;
  return paddings === undefined ? [node] : change(node, { attributes: { ...rest, pads: paddings } });
};

/** Set 1 has a factor for each of two axes, sets from 7 on one for every axis. */
const upsample: Rewrite = (node) => {
  const { height_scale: height, width_scale: width, ...rest } = node.attributes;
  if (typeof height !== 'number' || typeof width !== 'number') return [node];
  return change(node, { attributes: { ...rest, scales: [1, 1, height, width] } });
};

/** Names of element types, in the order of `TensorProto.DataType`. */
const TYPES =
  'UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64'.split(' ');

const cast: Rewrite = (node) => {
  const { to } = node.attributes;
  if (typeof to !== 'string') return [node];
  const code = TYPES.indexOf(to.toUpperCase());
  if (code < 1) throw unsupported(node, `casts to "${to}"`);
  return change(node, { attributes: { to: code } });
};

/** Set 1 repeated along one axis. */
const tile: Rewrite = (node, at) => {
  const [x, tiles, axis] = node.inputs;
  if (at.opset >= 6 || axis === undefined) return [node];
  const [count, along] = [at.value(tiles), at.value(axis)].map((tensor) => tensor && numbers(tensor)[0]);
  const rank = at.info(x)?.dims.length;
  if (count === undefined || along === undefined || rank === undefined)
    throw unsupported(node, 'repeats a tensor as often as something computed says');
  const repeats = Array.from({ length: rank }, (_, i) => (i === along ? count : 1));
  return change(node, { inputs: [x ?? '', at.constant(int64(repeats), `${node.name}/repeats`)] });
};

const COMBINING = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less'];

export const oldestForms: Readonly<Record<string, Rewrite>> = {
  ...Object.fromEntries(COMBINING.map((op) => [op, arithmetic])),
  Cast: cast,
  Concat: concat,
  Gemm: (node) => change(node, { attributes: without(node, 'broadcast') }),
  PRelu: prelu,
  Pad: pad,
  Reshape: reshape,
  Tile: tile,
  Upsample: upsample,
};

/** A node of any set in the forms of set 7 or later. */
export const fromOldest: Rewrite = (node, at) => {
  if (at.opset >= SEVEN) return [node];
  const plain = { ...node, attributes: without(node, 'consumed_inputs') };
  const rewrite = Object.hasOwn(oldestForms, node.op) ? oldestForms[node.op] : undefined;
  return rewrite?.(plain, at) ?? [plain];
};
