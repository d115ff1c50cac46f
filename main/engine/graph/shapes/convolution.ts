/** Shapes of convolutions and transposed convolutions over any number of spatial axes. */
import { int, ints, type Info, type Node } from '../graph.ts';
import { refuse, refuseSize, requireRank, required, show, sizeAt, type ShapeRule } from './rule.ts';
import { windowOf, modeOf, positions, positiveList, requireKernel, spatialList } from './window.ts';

export const convolution: Readonly<Record<string, ShapeRule>> = {
  Conv(node, inputs) {
    const x = required(inputs, 0);
    const w = required(inputs, 1);
    const [batch, spatial, kernel] = operands(node, x, w);
    const group = groupOf(node);
    const filters = sizeAt(w.dims, 0);
    if (sizeAt(w.dims, 1) * group !== sizeAt(x.dims, 1) || filters % group !== 0) {
      refuse(
        'model/unreadable',
        `has filters ${show(w.dims)} in ${group} groups for an input ${show(x.dims)}`,
      );
    }
    requireBias(inputs[2], filters);
    return [{ type: x.type, dims: [batch, filters, ...positions(windowOf(node, spatial, kernel), spatial)] }];
  },

  ConvTranspose(node, inputs) {
    const x = required(inputs, 0);
    const w = required(inputs, 1);
    const [batch, spatial, kernel] = operands(node, x, w);
    const group = groupOf(node);
    if (sizeAt(w.dims, 0) !== sizeAt(x.dims, 1) || sizeAt(x.dims, 1) % group !== 0) {
      refuse(
        'model/unreadable',
        `has filters ${show(w.dims)} in ${group} groups for an input ${show(x.dims)}`,
      );
    }
    const filters = sizeAt(w.dims, 1) * group;
    requireBias(inputs[2], filters);
    return [{ type: x.type, dims: [batch, filters, ...transposedSizes(node, spatial, kernel)] }];
  },
};

function operands(
  node: Node,
  x: Info,
  w: Info,
): [batch: number, spatial: readonly number[], kernel: readonly number[]] {
  requireRank(x, 3);
  requireRank(w, x.dims.length, x.dims.length);
  const kernel = w.dims.slice(2);
  const declared = ints(node, 'kernel_shape', kernel);
  if (show(declared) !== show(kernel)) {
    refuse('model/unreadable', `declares the window ${show(declared)}, but its filters are ${show(w.dims)}`);
  }
  return [sizeAt(x.dims, 0), x.dims.slice(2), kernel];
}

function groupOf(node: Node): number {
  const group = int(node, 'group', 1);
  return group >= 1 ? group : refuse('model/unreadable', `has group ${group}, which must be at least 1`);
}

function requireBias(bias: Info | undefined, filters: number): void {
  if (bias === undefined || (bias.dims.length === 1 && bias.dims[0] === filters)) return;
  refuse('model/unreadable', `has a bias of shape ${show(bias.dims)} for ${filters} filters`);
}

function transposedSizes(
  node: Node,
  spatial: readonly number[],
  kernel: readonly number[],
): readonly number[] {
  const axes = spatial.length;
  requireKernel(kernel, axes);
  if (spatial.some((size) => size < 1))
    refuseSize(
      spatial,
      spatial.map(() => 1),
      kernel,
    );
  const strides = positiveList(node, 'strides', axes);
  const dilations = positiveList(node, 'dilations', axes);
  const extra = spatialList(node, 'output_padding', axes, 0);
  const full = spatial.map(
    (size, i) =>
      (size - 1) * sizeAt(strides, i) + sizeAt(extra, i) + (sizeAt(kernel, i) - 1) * sizeAt(dilations, i) + 1,
  );
  const wanted = ints(node, 'output_shape', []);
  if (wanted.length > 0) {
    if (wanted.length !== axes && wanted.length !== axes + 2) {
      refuse('model/unreadable', `has the output_shape ${show(wanted)} for ${axes} spatial axes`);
    }
    return wanted.slice(-axes);
  }
  const mode = modeOf(node);
  if (mode === 'VALID') return full;
  if (mode === 'SAME_UPPER' || mode === 'SAME_LOWER') {
    return full.map((size, i) => Math.min(size, sizeAt(spatial, i) * sizeAt(strides, i)));
  }
  const pads = spatialList(node, 'pads', 2 * axes, 0);
  const sizes = full.map((size, i) => size - sizeAt(pads, i) - sizeAt(pads, i + axes));
  if (sizes.some((size) => size < 1)) {
    const needed = spatial.map(
      (size, i) => size + Math.max(0, Math.ceil((1 - sizeAt(sizes, i)) / sizeAt(strides, i))),
    );
    refuseSize(spatial, needed, kernel);
  }
  return sizes;
}
