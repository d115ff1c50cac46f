/** Operators whose attributes became inputs in a later operator set. */
import { int } from '../graph.ts';
import { float32, int64, numbers } from '../tensor.ts';
import { change, listInput, trimmed, without, type Rewrite } from './rewrite.ts';

/** Attribute `axes` → second input, from the operator set `since`. */
const axes =
  (since: number): Rewrite =>
  (node, at) => {
    if (at.opset >= since) return [node];
    return change(node, {
      inputs: trimmed([node.inputs[0], listInput(node, 'axes', at)]),
      attributes: without(node, 'axes'),
    });
  };

const clip: Rewrite = (node, at) => {
  if (at.opset >= 11) return [node];
  const bound = (key: 'min' | 'max') => {
    const value = node.attributes[key];
    return typeof value === 'number' ? at.constant(float32([value], []), `${node.name}/${key}`) : '';
  };
  return change(node, {
    inputs: trimmed([node.inputs[0], bound('min'), bound('max')]),
    attributes: without(node, 'min', 'max'),
  });
};

const slice: Rewrite = (node, at) => {
  if (at.opset >= 10) return [node];
  const list = (key: string) => listInput(node, key, at);
  return change(node, {
    inputs: trimmed([node.inputs[0], list('starts'), list('ends'), list('axes')]),
    attributes: without(node, 'starts', 'ends', 'axes'),
  });
};

const split: Rewrite = (node, at) => {
  const sizes = at.opset >= 13 ? node.inputs[1] : listInput(node, 'split', at);
  const equal = sizes === undefined || sizes === '';
  return change(node, {
    inputs: trimmed([node.inputs[0], sizes]),
    attributes: { ...without(node, 'split'), ...(equal ? { num_outputs: node.outputs.length } : {}) },
  });
};

const pad: Rewrite = (node, at) => {
  if (at.opset >= 11) return [node];
  const { value } = node.attributes;
  const fill =
    typeof value === 'number' && value !== 0 ? at.constant(float32([value], []), `${node.name}/value`) : '';
  return change(node, {
    inputs: trimmed([node.inputs[0], listInput(node, 'pads', at), fill]),
    attributes: without(node, 'pads', 'value'),
  });
};

const topK: Rewrite = (node, at) => {
  if (at.opset >= 10) return [node];
  const k = at.constant(int64([int(node, 'k', 1)]), `${node.name}/k`);
  return change(node, { inputs: [...node.inputs.slice(0, 1), k], attributes: without(node, 'k') });
};

/**
 * Upsample and the first Resize scale without offsets. Where the first Resize shrinks, ONNX Runtime rounds up to the
 * nearest pixel (`upsamplebase.h`, its "simple" mode); where it enlarges, down.
 */
const resize: Rewrite = (node, at) => {
  const given = (name: string | undefined) => (at.value(name)?.data.length === 0 ? '' : name);
  if (at.opset > 10) {
    const [x, roi, scales, sizes] = node.inputs;
    return change(node, { inputs: trimmed([x, given(roi), given(scales), given(sizes)]) });
  }
  const { scales: listed } = node.attributes;
  const factors = Array.isArray(listed) ? listed.filter((item) => typeof item === 'number') : null;
  const scales = factors === null ? node.inputs[1] : at.constant(float32(factors), `${node.name}/scales`);
  const known = scales === undefined ? undefined : at.value(scales);
  const shrinks = known !== undefined && numbers(known).some((factor) => factor < 1);
  return change(node, {
    op: 'Resize',
    inputs: trimmed([node.inputs[0], '', scales]),
    attributes: {
      ...without(node, 'scales'),
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: shrinks ? 'ceil' : 'floor',
    },
  });
};

export const inputRewrites: Readonly<Record<string, Rewrite>> = {
  Clip: clip,
  Pad: pad,
  Resize: resize,
  Slice: slice,
  Split: split,
  Squeeze: axes(13),
  TopK: topK,
  Unsqueeze: axes(13),
  Upsample: resize,
  ReduceSum: axes(13),
  ...Object.fromEntries(
    ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map((kind) => [
      `Reduce${kind}`,
      axes(18),
    ]),
  ),
};
