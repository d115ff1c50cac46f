/** Maps that are put together: of windows, of the maxima of a pooling, of their middle or of zeros around them. */
import { ints } from '../../graph/graph.ts';
import { float32, sizeOf } from '../../graph/tensor.ts';
import { knownInput } from '../known.ts';
import { input, type Rule, type Rules } from '../rule.ts';
import { windowOf } from '../../graph/shapes/window.ts';

/** Every window takes its part of the map's gradient: a convolution with one filter for each of its places. */
const col2Im: Rule = (g, node, dy) => {
  const block = knownInput(g, node, 2) ?? [];
  const [n = 1, c = 1, ...image] = g.dims(dy);
  const { strides, dilations, pads } = windowOf(node, image, block);
  const k = sizeOf(block);
  const picks = float32(
    Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0)),
    [k, 1, ...block],
  );
  const maps = g.reshape(dy, [n * c, 1, ...image]);
  const windows = g.op('Conv', [maps, g.constant(picks)], { strides, dilations, pads });
  return [g.reshape(windows, g.dims(input(node, 0))), null, null];
};

/** Places count through all maps. */
const maxUnpool: Rule = (g, node, dy) => {
  const places = input(node, 1);
  const flat = g.reshape(dy, [sizeOf(g.dims(dy))]);
  return [g.op('Gather', [flat, places], { axis: 0 }), null, null];
};

/** What was cut off gets zeros, and what was added is cut off. */
const centerCropPad: Rule = (g, node, dy) => {
  const from = g.dims(input(node, 0));
  const to = g.dims(dy);
  const axes = ints(node, 'axes', [...from.keys()]).map((axis) => (axis < 0 ? axis + from.length : axis));
  const before = from.map(() => 0);
  const after = from.map(() => 0);
  for (const axis of axes) {
    const missing = (from[axis] ?? 0) - (to[axis] ?? 0);
    // The smaller half comes first, of what is cut off as of what is added.
    before[axis] = Math.trunc(missing / 2);
    after[axis] = missing - Math.trunc(missing / 2);
  }
  return [g.pad(dy, [...before, ...after]), null];
};

export const assembly: Rules = { Col2Im: col2Im, MaxUnpool: maxUnpool, CenterCropPad: centerCropPad };
