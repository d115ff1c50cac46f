/** Shapes of operators that join, cut and frame tensors. */
import { int, text } from '../graph.ts';
import {
  axesOf,
  axisOf,
  refuse,
  required,
  requiredValues,
  show,
  sizeAt,
  valuesOf,
  type Inputs,
  type ShapeRule,
} from './rule.ts';

export const joining: Readonly<Record<string, ShapeRule>> = {
  Concat(node, inputs) {
    const first = required(inputs, 0);
    const axis = axisOf(int(node, 'axis', 0), first.dims.length);
    const dims = [...first.dims];
    for (let i = 1; i < inputs.length; i++) {
      const next = required(inputs, i);
      const fits =
        next.dims.length === dims.length && next.dims.every((size, a) => a === axis || size === dims[a]);
      if (!fits || next.type !== first.type) {
        refuse(
          'model/unreadable',
          `cannot join ${first.type} ${show(first.dims)} and ${next.type} ${show(next.dims)} along axis ${axis}`,
        );
      }
      dims[axis] = sizeAt(dims, axis) + sizeAt(next.dims, axis);
    }
    return [{ type: first.type, dims }];
  },

  Split(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const axis = axisOf(int(node, 'axis', 0), dims.length);
    const size = sizeAt(dims, axis);
    const sizes =
      valuesOf(inputs, 1, 'sizes') ?? equalParts(size, int(node, 'num_outputs', node.outputs.length));
    const total = sizes.reduce((sum, part) => sum + part, 0);
    if (total !== size || sizes.length !== node.outputs.length || sizes.some((part) => part < 0)) {
      refuse('model/unreadable', `cannot split ${size} into ${node.outputs.length} parts of ${show(sizes)}`);
    }
    return sizes.map((part) => ({ type, dims: dims.with(axis, part) }));
  },

  Slice(_, inputs) {
    const { type, dims } = required(inputs, 0);
    const result = [...dims];
    for (const { axis, count } of rangesOf(inputs)) result[axis] = count;
    return [{ type, dims: result }];
  },

  Pad(node, inputs) {
    const { type, dims } = required(inputs, 0);
    const pads = requiredValues(inputs, 1, 'pads');
    const axes = axesOf(valuesOf(inputs, 3, 'axes') ?? [...dims.keys()], dims.length);
    if (pads.length !== 2 * axes.length)
      refuse('model/unreadable', `has ${pads.length} pads for ${axes.length} axes`);
    const mode = text(node, 'mode', 'constant');
    if (!MODES.includes(mode))
      refuse('model/unreadable', `has the unknown mode "${mode}"; ${MODES.join(', ')} are possible`);
    const result = [...dims];
    axes.forEach((axis, i) => {
      const size = sizeAt(dims, axis);
      const before = sizeAt(pads, i);
      const after = sizeAt(pads, i + axes.length);
      if (mode !== 'constant' && Math.max(before, after) > reachable(mode, size)) {
        refuse(
          'model/unreadable',
          `cannot fill pads of ${before} and ${after} by mode ${mode} from ${size} values`,
        );
      }
      result[axis] = size + before + after;
    });
    return [{ type, dims: result }];
  },
};

/** What a Slice takes along one axis: `count` elements from `start`, `step` apart. */
export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** The ranges of a Slice node, with negative and out-of-range bounds resolved. */
export function rangesOf(inputs: Inputs): SliceRange[] {
  const { dims } = required(inputs, 0);
  const starts = requiredValues(inputs, 1, 'starts');
  const ends = requiredValues(inputs, 2, 'ends');
  const axes = axesOf(valuesOf(inputs, 3, 'axes') ?? [...starts.keys()], dims.length);
  const steps = valuesOf(inputs, 4, 'steps') ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    refuse(
      'model/unreadable',
      `has ${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps`,
    );
  }
  return axes.map((axis, i) => {
    const size = sizeAt(dims, axis);
    const step = sizeAt(steps, i);
    if (step === 0) refuse('model/unreadable', 'has a step of 0');
    // Backwards, the last element before the beginning is -1, which is not "one from the end".
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const start = clamp(fromEnd(sizeAt(starts, i), size), step > 0 ? low : 0, high);
    const end = clamp(fromEnd(sizeAt(ends, i), size), low, step > 0 ? high : size);
    return { axis, start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

const MODES = ['constant', 'reflect', 'edge', 'wrap'];

/** The widest padding that a mode can take from `size` values. */
function reachable(mode: string, size: number): number {
  if (mode === 'reflect') return size - 1;
  return size > 0 ? Infinity : 0;
}

function equalParts(size: number, count: number): number[] {
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.min(part, size - i * part));
}

function fromEnd(index: number, size: number): number {
  return index < 0 ? index + size : index;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
