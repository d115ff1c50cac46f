/** Operators that slide over the pixels of a feature map: which axes those are, and how far they reach beyond the edge. */
import type { Attribute, Name } from '../../graph/graph.ts';
import { damaged, intsOf, textOf, unsupported, type Operation } from './operation.ts';
import { featureMap, plain, type Translation, type Value } from './translation.ts';

export interface FeatureMap {
  /** The map as NCHW. */
  readonly name: Name;
  /** What an NCHW tensor is in the layout that the operator works in. */
  readonly result: (name: Name) => Value;
  /** The entries for height and width of a list with one for each axis; refuses it where others are not 1. */
  readonly spatial: (list: readonly number[], what: string) => readonly number[];
}

/** The input of an operator with a `data_format`. */
export function mapOf(operation: Operation, x: Value | undefined, t: Translation): FeatureMap {
  if (x === undefined) throw damaged(operation, 'lacks its input');
  const format = textOf(operation, 'data_format', 'NHWC');
  if (format !== 'NHWC' && format !== 'NCHW')
    throw unsupported(operation, `has data_format "${format}"; NHWC and NCHW are supported`);
  const last = format === 'NHWC';
  const spatial = (list: readonly number[], what: string): readonly number[] => {
    const [batch, a = 1, b = 1, c = 1] = list;
    if (list.length !== 4) throw damaged(operation, `has ${list.length} ${what} where 4 are needed`);
    if (batch !== 1 || (last ? c : a) !== 1)
      throw unsupported(operation, `has ${what} [${list.join(', ')}], which reach beyond the pixels`);
    return last ? [a, b] : [b, c];
  };
  return last
    ? { name: t.channelsFirst(x), result: featureMap, spatial }
    : { name: t.asStored(x), result: plain, spatial };
}

/** A list attribute of `mapOf`'s kind; 1 everywhere where it is absent. */
export function spatialOf(operation: Operation, map: FeatureMap, key: string): readonly number[] {
  const list = intsOf(operation, key);
  return list.length === 0 ? [1, 1] : map.spatial(list, key);
}

/**
 * The attributes that pad a window. `SAME` is left to the size of the picture: ONNX's `SAME_UPPER` is TensorFlow's rule,
 * as many positions as a stride steps through the input, an odd row of padding going below and to the right.
 */
export function padding(operation: Operation): Record<string, Attribute> {
  const mode = textOf(operation, 'padding', '');
  if (mode === 'SAME') return { auto_pad: 'SAME_UPPER' };
  if (mode === 'VALID') return {};
  if (mode !== 'EXPLICIT')
    throw damaged(operation, `has padding "${mode}"; SAME, VALID and EXPLICIT are possible`);
  const pairs = intsOf(operation, 'explicit_paddings');
  const channelsLast = textOf(operation, 'data_format', 'NHWC') === 'NHWC';
  const [top, bottom, left, right] = channelsLast ? pairs.slice(2, 6) : pairs.slice(4, 8);
  if (pairs.length !== 8 || top === undefined || left === undefined)
    throw damaged(operation, `has ${pairs.length} explicit paddings where 8 are needed`);
  return { pads: [top, left, bottom ?? 0, right ?? 0] };
}
