/** Convolutions: filters go from height, width, input, output to output, input, height, width. */
import type { Attribute } from '../../../graph/graph.ts';
import { damaged, unsupported, type Operation } from '../operation.ts';
import { mapOf, padding, spatialOf, type FeatureMap } from '../image.ts';
import { given, type Translate } from '../translation.ts';

export const convolution: Readonly<Record<string, Translate>> = {
  Conv2D(operation, [x, filter], t) {
    const map = mapOf(operation, x, t);
    const w = t.transpose(t.asStored(given(operation, filter)), [3, 2, 0, 1], 'filters-first');
    const channels = t.info(map.name)?.dims[1];
    const perGroup = t.info(w)?.dims[1];
    // TensorFlow does not say how many groups there are: it is seen from the filters.
    const group = channels !== undefined && perGroup ? channels / perGroup : 1;
    if (!Number.isInteger(group))
      throw damaged(operation, `has filters for ${perGroup} channels, but gets ${channels}`);
    const attributes = { ...slide(operation, map), ...(group > 1 ? { group } : {}) };
    return [map.result(t.emit(operation, 'Conv', [map.name, w], attributes))];
  },

  /** Filter [height, width, channel, multiple]; output channel `multiple` of `channel` comes at their product. */
  DepthwiseConv2dNative(operation, [x, filter], t) {
    const map = mapOf(operation, x, t);
    const stored = t.asStored(given(operation, filter));
    const [height, width, channels, multiple] = t.info(stored)?.dims ?? [];
    if (height === undefined || width === undefined || channels === undefined || multiple === undefined)
      throw unsupported(operation, 'has filters of a shape that cannot be told');
    const separate = t.transpose(stored, [2, 3, 0, 1], 'channels-first');
    const w = t.reshape(separate, [channels * multiple, 1, height, width], 'depthwise');
    const attributes = { ...slide(operation, map), group: channels };
    return [map.result(t.emit(operation, 'Conv', [map.name, w], attributes))];
  },

  /**
   * The transposed convolution. It names the size of its result, for the pictures that it was exported with; at any size,
   * the result is here as many times larger as the stride says, and beyond that as far as the filters reach.
   */
  Conv2DBackpropInput(operation, [, filter, y], t) {
    const map = mapOf(operation, y, t);
    const w = t.transpose(t.asStored(given(operation, filter)), [3, 2, 0, 1], 'filters-first');
    const attributes = slide(operation, map);
    const kernel = t.info(w)?.dims.slice(2) ?? [];
    const reach = kernel.map((size, i) => (size - 1) * (attributes.dilations[i] ?? 1) + 1);
    // Strides that step over more than the filters cover leave zeros, at the end too.
    const gaps = attributes.strides.map((stride, i) => Math.max(0, stride - (reach[i] ?? stride)));
    const all = gaps.some((gap) => gap > 0) ? { ...attributes, output_padding: gaps } : attributes;
    return [map.result(t.emit(operation, 'ConvTranspose', [map.name, w], all))];
  },
};

/** How far apart the windows of a convolution lie, and its pads. */
function slide(operation: Operation, map: FeatureMap): Slide {
  const strides = spatialOf(operation, map, 'strides');
  return { strides, dilations: spatialOf(operation, map, 'dilations'), ...padding(operation) };
}

type Slide = Record<string, Attribute> & Record<'strides' | 'dilations', readonly number[]>;
