/** Convolutions: filters go from height, width, input, output to output, input, height, width. */
import { damaged, unsupported, type Operation } from '../operation.ts';
import { mapOf, padding, spatialOf } from '../image.ts';
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

  /** The transposed convolution; it takes the size of its result as its first input. */
  Conv2DBackpropInput(operation, [size, filter, y], t) {
    const map = mapOf(operation, y, t);
    const w = t.transpose(t.asStored(given(operation, filter)), [3, 2, 0, 1], 'filters-first');
    const { auto_pad: same, ...pads } = padding(operation);
    if (size === undefined) throw damaged(operation, 'lacks the size of its result');
    // With SAME, the result is taken to be as many times larger as the stride says, whatever size the file was made for.
    const attributes = {
      strides: spatialOf(operation, map, 'strides'),
      dilations: spatialOf(operation, map, 'dilations'),
      ...(same === undefined ? pads : { auto_pad: same }),
    };
    return [map.result(t.emit(operation, 'ConvTranspose', [map.name, w], attributes))];
  },
};

function slide(
  operation: Operation,
  map: ReturnType<typeof mapOf>,
): Record<string, readonly number[] | string> {
  const pads: Record<string, unknown> = padding(operation);
  return {
    strides: spatialOf(operation, map, 'strides'),
    dilations: spatialOf(operation, map, 'dilations'),
    ...pads,
  };
}
