/** Shapes of operators that read maps at points between their values, or put windows of them together. */
import { int, ints, type Info } from '../graph.ts';
import { sizeOf } from '../tensor.ts';
import { bendingWindow } from './convolution.ts';
import {
  axesOf,
  refuse,
  requireRank,
  required,
  requiredValues,
  show,
  sizeAt,
  type Inputs,
  type ShapeRule,
} from './rule.ts';
import { positions, positiveList, requireKernel, spatialList, windowOf } from './window.ts';

export const sampling: Readonly<Record<string, ShapeRule>> = {
  /** Samples [batch, channels, …sizes] at the points of [batch, …new sizes, axes]. */
  GridSample(_, inputs) {
    const x = required(inputs, 0);
    const grid = required(inputs, 1);
    const axes = x.dims.length - 2;
    requireRank(x, 4);
    requireRank(grid, axes + 2, axes + 2);
    if (grid.dims[0] !== x.dims[0] || grid.dims.at(-1) !== axes)
      refuse('model/unreadable', `cannot sample ${show(x.dims)} at the points ${show(grid.dims)}`);
    return [{ type: x.type, dims: [...x.dims.slice(0, 2), ...grid.dims.slice(1, -1)] }];
  },

  /** A matrix [axes, axes + 1] for each picture, and the shape of pictures. */
  AffineGrid(_, inputs) {
    const theta = required(inputs, 0);
    const [batch = 0, , ...sizes] = requiredValues(inputs, 1, 'size');
    const axes = sizes.length;
    if (axes < 2 || axes > 3 || show(theta.dims) !== show([batch, axes, axes + 1]))
      refuse('model/unreadable', `has matrices ${show(theta.dims)} for pictures of ${axes} axes`);
    return [{ type: theta.type, dims: [batch, ...sizes, axes] }];
  },

  RoiAlign(node, inputs) {
    const x = required(inputs, 0);
    const rois = required(inputs, 1);
    const batches = required(inputs, 2);
    requireRank(x, 4, 4);
    requireRank(rois, 2, 2);
    const count = sizeAt(rois.dims, 0);
    if (rois.dims[1] !== 4 || show(batches.dims) !== show([count]))
      refuse('model/unreadable', `has regions ${show(rois.dims)} of pictures ${show(batches.dims)}`);
    const bins = [int(node, 'output_height', 1), int(node, 'output_width', 1)];
    if (bins.some((size) => size < 1)) refuse('model/unreadable', `divides regions into ${show(bins)} bins`);
    return [{ type: x.type, dims: [count, sizeAt(x.dims, 1), ...bins] }];
  },

  DeformConv(node, inputs) {
    const { x, spatial, filters, window, batch } = bendingWindow(node, inputs);
    const sizes = positions(window, spatial);
    const bends = int(node, 'offset_group', 1);
    const [points, channels] = [sizeOf(window.kernel), sizeAt(x.dims, 1)];
    if (!(bends >= 1) || channels % bends !== 0)
      refuse('model/unreadable', `bends ${channels} channels in ${bends} groups`);
    requireMap(inputs[2], [batch, bends * points * 2, ...sizes], 'offsets');
    if (inputs[4] !== undefined) requireMap(inputs[4], [batch, bends * points, ...sizes], 'a mask');
    return [{ type: x.type, dims: [batch, filters, ...sizes] }];
  },

  /** Windows [batch, channels·window, number] are added up to a map. */
  Col2Im(node, inputs) {
    const x = required(inputs, 0);
    const image = requiredValues(inputs, 1, 'image_shape');
    const block = requiredValues(inputs, 2, 'block_shape');
    requireRank(x, 3, 3);
    requireKernel(block, image.length);
    const [batch = 0, columns = 0, number = 0] = x.dims;
    const window = windowOf(node, image, block);
    if (columns % sizeOf(block) !== 0 || sizeOf(positions(window, image)) !== number)
      refuse(
        'model/unreadable',
        `cannot put ${show(x.dims)} together to ${show(image)} by windows ${show(block)}`,
      );
    return [{ type: x.type, dims: [batch, columns / sizeOf(block), ...image] }];
  },

  /** The values of a pooling where it found them, and zeros around. */
  MaxUnpool(node, inputs) {
    const x = required(inputs, 0);
    requireRank(x, 3);
    if (show(required(inputs, 1).dims) !== show(x.dims))
      refuse('model/unreadable', `has places of shape ${show(required(inputs, 1).dims)} for ${show(x.dims)}`);
    const spatial = x.dims.slice(2);
    const axes = spatial.length;
    const kernel = ints(node, 'kernel_shape', []);
    requireKernel(kernel, axes);
    const strides = positiveList(node, 'strides', axes);
    const pads = spatialList(node, 'pads', 2 * axes, 0);
    const sizes = spatial.map(
      (size, i) =>
        (size - 1) * sizeAt(strides, i) + sizeAt(kernel, i) - sizeAt(pads, i) - sizeAt(pads, i + axes),
    );
    const dims = [...x.dims.slice(0, 2), ...sizes];
    // ONNX and ONNX Runtime count places in different shapes where this is another one.
    if (inputs[2] !== undefined && show(requiredValues(inputs, 2, 'output_shape')) !== show(dims))
      refuse(
        'model/unsupported',
        `has an output_shape other than ${show(dims)}, to which its windows add up`,
      );
    return [{ type: x.type, dims }];
  },

  CenterCropPad(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const shape = requiredValues(inputs, 1, 'shape');
    const axes = axesOf(ints(node, 'axes', [...dims.keys()]), dims.length);
    if (shape.length !== axes.length)
      refuse('model/unreadable', `has ${shape.length} sizes for ${axes.length} axes`);
    const sizes = [...dims];
    axes.forEach((axis, i) => (sizes[axis] = sizeAt(shape, i)));
    return [{ type, dims: sizes }];
  },
};

function requireMap(info: Inputs[number], dims: readonly number[], what: string): asserts info is Info {
  const own = info?.dims ?? [];
  if (show(own) !== show(dims))
    refuse('model/unreadable', `has ${what} of shape ${show(own)} where ${show(dims)} is needed`);
}
