/** Shapes of convolutions and transposed convolutions over any number of spatial axes. */
import { int, ints, type Info, type Node } from '../graph.ts';
import {
  refuse,
  refuseSize,
  requireRank,
  required,
  show,
  sizeAt,
  type Inputs,
  type ShapeRule,
} from './rule.ts';
import {
  distribute,
  modeOf,
  padList,
  positions,
  positiveList,
  requireKernel,
  spatialList,
  windowOf,
  type Window,
} from './window.ts';

export const convolution: Readonly<Record<string, ShapeRule>> = {
  Conv(node, inputs) {
    const { x, batch, filters, spatial, window } = convolved(node, inputs, inputs[2]);
    return [{ type: x.type, dims: [batch, filters, ...positions(window, spatial)] }];
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
    return [{ type: x.type, dims: [batch, filters, ...transposedWindow(node, spatial, kernel).sizes] }];
  },
};

/** What a convolution works with. */
interface Convolved {
  readonly x: Info;
  readonly batch: number;
  readonly filters: number;
  /** Sizes of the input along the axes that the window slides along. */
  readonly spatial: readonly number[];
  readonly window: Window;
}

function convolved(node: Node, inputs: Inputs, bias: Info | undefined): Convolved {
  const x = required(inputs, 0);
  const w = required(inputs, 1);
  const [batch, spatial, kernel] = operands(node, x, w);
  const group = groupOf(node);
  const filters = sizeAt(w.dims, 0);
  if (sizeAt(w.dims, 1) * group !== sizeAt(x.dims, 1) || filters % group !== 0) {
    refuse('model/unreadable', `has filters ${show(w.dims)} in ${group} groups for an input ${show(x.dims)}`);
  }
  requireBias(bias, filters);
  return { x, batch, filters, spatial, window: windowOf(node, spatial, kernel) };
}

/** That of a convolution whose windows are bent, which ONNX Runtime has for pictures alone. */
export function bendingWindow(node: Node, inputs: Inputs): Convolved {
  const found = convolved(node, inputs, inputs[3]);
  if (found.spatial.length !== 2)
    refuse('model/unsupported', `bends windows along ${found.spatial.length} axes; 2 are possible`);
  return found;
}

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

/** The window of a ConvTranspose with explicit pads, and the spatial sizes it gives. */
export function transposedWindow(
  node: Node,
  spatial: readonly number[],
  kernel: readonly number[],
): Window & { readonly sizes: readonly number[] } {
  const axes = spatial.length;
  requireKernel(kernel, axes);
  if (spatial.some((size) => size < 1)) refuseSize(spatial, new Array<number>(axes).fill(1), kernel);
  const strides = positiveList(node, 'strides', axes);
  const dilations = positiveList(node, 'dilations', axes);
  const extra = spatialList(node, 'output_padding', axes, 0);
  if (extra.some((size, i) => size < 0 || size >= sizeAt(strides, i))) {
    refuse(
      'model/unsupported',
      `has output_padding ${show(extra)}, which must be less than its strides ${show(strides)}`,
    );
  }
  const full = spatial.map(
    (size, i) =>
      (size - 1) * sizeAt(strides, i) + sizeAt(extra, i) + (sizeAt(kernel, i) - 1) * sizeAt(dilations, i) + 1,
  );
  const pads = transposedPads(node, full, spatial, strides);
  const sizes = full.map((size, i) => size - sizeAt(pads, i) - sizeAt(pads, i + axes));
  if (sizes.some((size) => size < 1)) {
    const needed = spatial.map(
      (size, i) => size + Math.max(0, Math.ceil((1 - sizeAt(sizes, i)) / sizeAt(strides, i))),
    );
    refuseSize(spatial, needed, kernel);
  }
  return { kernel, strides, dilations, pads, sizes };
}

/** What a ConvTranspose cuts off its full result: given, or so that it has the size that is asked for. */
function transposedPads(
  node: Node,
  full: readonly number[],
  spatial: readonly number[],
  strides: readonly number[],
): readonly number[] {
  const axes = full.length;
  const mode = modeOf(node);
  const wanted = ints(node, 'output_shape', []);
  if (wanted.length > 0) {
    const possible =
      wanted.length === axes && wanted.every((size, i) => size >= 1 && size <= sizeAt(full, i));
    if (!possible)
      refuse('model/unsupported', `has output_shape ${show(wanted)}; up to ${show(full)} is possible`);
  } else if (mode === 'NOTSET') {
    return padList(node, axes);
  } else if (mode === 'VALID') {
    return new Array<number>(2 * axes).fill(0);
  }
  const targets = wanted.length > 0 ? wanted : spatial.map((size, i) => size * sizeAt(strides, i));
  const totals = full.map((size, i) => Math.max(0, size - sizeAt(targets, i)));
  return distribute(totals, mode !== 'SAME_UPPER');
}
