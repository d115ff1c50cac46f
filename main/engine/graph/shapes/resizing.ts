/**
 * Shape of Resize: target sizes, or scales applied in single precision and rounded down. Like ONNX Runtime, and unlike
 * the specification, a cropped region (`tf_crop_and_resize`) does not shorten the axes that scales apply to.
 */
import { ints, text, type Node } from '../graph.ts';
import {
  axesOf,
  refuse,
  refuseSize,
  required,
  show,
  sizeAt,
  valuesOf,
  type Inputs,
  type ShapeRule,
} from './rule.ts';

export const resizing: Readonly<Record<string, ShapeRule>> = {
  Resize(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const axes = axesOf(ints(node, 'axes', [...dims.keys()]), dims.length);
    const scales = given(inputs, 2, 'scales', axes);
    const sizes = given(inputs, 3, 'sizes', axes);
    if ((scales === undefined) === (sizes === undefined))
      refuse('model/unreadable', 'needs either scales or sizes');
    const result = [...dims];
    if (scales !== undefined) {
      axes.forEach(
        (axis, i) => (result[axis] = Math.floor(Math.fround(sizeAt(dims, axis) * sizeAt(scales, i)))),
      );
    } else if (sizes !== undefined) {
      const targets = keepAspect(
        node,
        axes.map((axis) => sizeAt(dims, axis)),
        sizes,
      );
      axes.forEach((axis, i) => (result[axis] = sizeAt(targets, i)));
    }
    if (result.some((size, axis) => size < 1 && sizeAt(dims, axis) > 0)) {
      refuseSize(
        dims,
        dims.map((size, axis) => (sizeAt(result, axis) < 1 ? size + 1 : size)),
      );
    }
    return [{ type, dims: result }];
  },
};

/** An input that older exporters leave empty instead of omitting it. */
function given(inputs: Inputs, index: number, what: string, axes: readonly number[]): number[] | undefined {
  if (inputs[index]?.dims[0] === 0) return undefined;
  const values = valuesOf(inputs, index, what);
  if (values === undefined || (values.length === axes.length && values.every((v) => v > 0))) return values;
  return refuse('model/unreadable', `has ${what} ${show(values)} for ${axes.length} axes`);
}

function keepAspect(node: Node, from: readonly number[], sizes: readonly number[]): readonly number[] {
  const policy = text(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return sizes;
  const ratios = sizes.map((size, i) => Math.fround(size / sizeAt(from, i)));
  if (policy !== 'not_larger' && policy !== 'not_smaller')
    refuse('model/unreadable', `has the unknown policy "${policy}"`);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return from.map((size) => Math.round(Math.fround(scale * size)));
}
