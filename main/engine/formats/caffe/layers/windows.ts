/** Layers that slide a window over the image: convolutions and poolings. */
import type { Attribute, Name } from '../../../graph/graph.ts';
import { float32 } from '../../../graph/tensor.ts';
import type { LayerScope, Translation } from '../layer-scope.ts';
import type { WindowParameter } from '../messages.ts';

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
}

/** Rows and columns of a size that is given once, once for each, or by name. */
function pair(
  at: LayerScope,
  what: string,
  list: readonly number[] = [],
  [rows, columns]: readonly (number | undefined)[],
  fallback: number,
): number[] {
  if (rows !== undefined || columns !== undefined) return [rows ?? fallback, columns ?? fallback];
  if (list.length > 2)
    at.unsupported(`has a ${what} of ${list.length} axes; only images, of two, are supported`);
  const [first = fallback, second = first] = list;
  return [first, second];
}

function windowOf(at: LayerScope, param: WindowParameter): Window {
  const kernel = pair(at, 'kernel_size', param.kernelSize, [param.kernelH, param.kernelW], 0);
  const strides = pair(at, 'stride', param.stride, [param.strideH, param.strideW], 1);
  const pads = pair(at, 'pad', param.pad, [param.padH, param.padW], 0);
  if (kernel.some((k) => k < 1))
    at.unreadable(`has the kernel_size ${kernel.join('×')}, which must be at least 1`);
  if (strides.some((s) => s < 1))
    at.unreadable(`has the stride ${strides.join('×')}, which must be at least 1`);
  return { kernel, strides, pads };
}

function attributesOf({ kernel, strides, pads }: Window): Record<string, Attribute> {
  return { kernel_shape: kernel, strides, pads: [...pads, ...pads] };
}

/** Convolution and Deconvolution, whose filters are [in, out / group, …] where those of the other are [out, in / group, …]. */
const convolution =
  (op: 'Conv' | 'ConvTranspose'): Translation =>
  (at) => {
    const param = at.layer.convolutionParam ?? {};
    const { numOutput = 0, biasTerm = true, group = 1, axis = 1, dilation } = param;
    const x = at.onlyBottom;
    if (at.axis(axis) !== 1 || at.rank(x) !== 4)
      at.unsupported(
        `convolves ${at.rank(x)} axes from axis ${axis} on; only images, from axis 1, are supported`,
      );
    if (numOutput < 1 || group < 1 || numOutput % group !== 0)
      at.unreadable(`has ${numOutput} outputs in ${group} groups`);
    const window = windowOf(at, param);
    const dilations = pair(at, 'dilation', dilation, [], 1);
    const filters = op === 'Conv' ? [numOutput, -1] : [-1, numOutput / group];
    const weight = at.weights(0, [...filters, ...window.kernel]);
    const inputs: Name[] = [x, at.constant('weight', float32(weight.data, weight.dims))];
    if (biasTerm) inputs.push(at.constant('bias', float32(at.weights(1, [numOutput]).data)));
    at.top(op, inputs, {
      ...attributesOf(window),
      ...(dilations.some((d) => d !== 1) ? { dilations } : {}),
      ...(group === 1 ? {} : { group }),
    });
  };

/**
 * Windows at the borders count even if incomplete, unless they would start behind the image: ONNX's `ceil_mode`, to the
 * letter. An average divides by the part of its window that lies in the padded image. (Without padding, and with a stride
 * above the window, Caffe also has windows that lie behind the image altogether; nothing is known of those, so they are
 * left out.)
 */
const pooling: Translation = (at) => {
  const param = at.layer.poolingParam ?? {};
  const { pool = 'MAX', globalPooling = false, roundMode = 'CEIL' } = param;
  if (pool !== 'MAX' && pool !== 'AVE')
    at.unsupported(`pools by the method ${pool}, which is random; MAX and AVE are supported`);
  if (at.rank(at.x) !== 4) at.unsupported(`pools ${at.rank(at.x)} axes; only images, of 4, are supported`);
  if (globalPooling) {
    at.top(pool === 'MAX' ? 'GlobalMaxPool' : 'GlobalAveragePool', [at.x]);
    return;
  }
  const window = windowOf(at, param);
  const { kernel, strides, pads } = window;
  if (pads.some((pad, i) => pad >= (kernel[i] ?? 0)))
    at.unreadable(`has the pad ${pads.join('×')}, which must be smaller than its window ${kernel.join('×')}`);
  const rounded = roundMode === 'CEIL' && strides.some((s) => s !== 1);
  at.top(pool === 'MAX' ? 'MaxPool' : 'AveragePool', [at.x], {
    ...attributesOf(window),
    ...(rounded ? { ceil_mode: 1 } : {}),
    ...(pool === 'AVE' && pads.some((p) => p > 0) ? { count_include_pad: 1 } : {}),
  });
};

export const windows: Readonly<Record<string, Translation>> = {
  Convolution: convolution('Conv'),
  Deconvolution: convolution('ConvTranspose'),
  Pooling: pooling,
};
