/** Layers that bring values to a common scale, and those that give them a scale of their own afterwards. */
import type { Name } from '../../../graph/graph.ts';
import { float32, sizeOf } from '../../../graph/tensor.ts';
import type { LayerScope, Translation } from '../layer-scope.ts';

/**
 * x / (k + α/n · Σ x²)^β over n channels, as ONNX has it, or x / (1 + α · avg x²)^β over a window of n × n pixels. The
 * window reads zeros beyond the borders, and they count in its average.
 */
const responseNormalisation: Translation = (at) => {
  const { localSize: size = 5, alpha = 1, beta = 0.75, normRegion, k = 1 } = at.layer.lrnParam ?? {};
  const x = at.onlyBottom;
  if (size % 2 !== 1) at.unreadable(`has the local_size ${size}, which must be odd`);
  if (normRegion !== 'WITHIN_CHANNEL') {
    at.top('LRN', [x], { size, alpha, beta, bias: k });
    return;
  }
  const reach = (size - 1) / 2;
  const square = at.step('square', 'Mul', [x, x]);
  const mean = at.step('mean', 'AveragePool', [square], {
    kernel_shape: [size, size],
    strides: [1, 1],
    pads: [reach, reach, reach, reach],
    count_include_pad: 1,
  });
  const scaled = at.step('scaled', 'Mul', [mean, at.scalar('alpha', alpha)]);
  const base = at.step('base', 'Add', [scaled, at.scalar('one', 1)]);
  at.top('Div', [x, at.step('power', 'Pow', [base, at.scalar('beta', beta)])]);
};

/** (x − mean) / √(variance + ε) with the statistics that training gathered: sums, and in the third blob their weight. */
const batchNormalisation: Translation = (at) => {
  const { useGlobalStats = true, eps = 1e-5 } = at.layer.batchNormParam ?? {};
  const x = at.onlyBottom;
  if (!useGlobalStats) {
    const axes = Array.from({ length: at.rank(x) }, (_, axis) => axis).filter((axis) => axis !== 1);
    standardised(at, x, axes, (variance) => at.step('deviation', 'Sqrt', [shifted(at, variance, eps)]));
    return;
  }
  const [weight = 0] = at.weights(2, [1]).data;
  const factor = weight === 0 ? 0 : 1 / weight;
  const mean = at.weights(0, [-1]).data.map((v) => v * factor);
  const variance = at.weights(1, [mean.length]).data.map((v) => v * factor);
  const fill = (part: string, value: number): Name =>
    at.constant(part, float32(new Float32Array(mean.length).fill(value)));
  const statistics = [at.constant('mean', float32(mean)), at.constant('variance', float32(variance))];
  at.top('BatchNormalization', [x, fill('scale', 1), fill('bias', 0), ...statistics], { epsilon: eps });
};

/** (x − mean) / (deviation + ε) of each channel of each image, or of all channels together. */
const meanVariance: Translation = (at) => {
  const { normalizeVariance = true, acrossChannels = false, eps = 1e-9 } = at.layer.mvnParam ?? {};
  const x = at.onlyBottom;
  const axes = Array.from({ length: at.rank(x) }, (_, axis) => axis).slice(acrossChannels ? 1 : 2);
  if (!normalizeVariance) {
    at.top('Sub', [x, at.step('mean', 'ReduceMean', [x, at.ints('axes', axes)], { keepdims: 1 })]);
    return;
  }
  standardised(at, x, axes, (variance) => shifted(at, at.step('deviation', 'Sqrt', [variance]), eps));
};

const shifted = (at: LayerScope, x: Name, eps: number): Name =>
  at.step('shifted', 'Add', [x, at.scalar('epsilon', eps)]);

/** The top as (x − mean) / deviation over some axes, the deviation computed from the variance. */
function standardised(
  at: LayerScope,
  x: Name,
  axes: readonly number[],
  deviation: (variance: Name) => Name,
): void {
  const over = at.ints('axes', axes);
  const mean = at.step('mean', 'ReduceMean', [x, over], { keepdims: 1 });
  const centred = at.step('centred', 'Sub', [x, mean]);
  const square = at.step('square', 'Mul', [centred, centred]);
  const variance = at.step('variance', 'ReduceMean', [square, over], { keepdims: 1 });
  at.top('Div', [centred, deviation(variance)]);
}

interface Operand {
  readonly axis?: number;
  readonly numAxes?: number;
}

/** The second operand of a Scale or Bias, which covers some axes of x from `axis` on, so that it broadcasts. */
function operand(at: LayerScope, x: Name, { axis = 1, numAxes = 1 }: Operand, part: string): Name {
  const rank = at.rank(x);
  const [, second] = at.bottoms;
  if (second !== undefined) {
    const covered = at.rank(second);
    const first = covered === 0 ? 0 : at.axis(axis, x);
    const trailing = rank - first - covered;
    if (covered === 0 || trailing === 0) return second;
    if (trailing < 0) at.unreadable(`has a second bottom of ${covered} axes for axis ${axis} of ${rank}`);
    const added = Array.from({ length: trailing }, (_, i) => covered + i);
    return at.step(
      `${part}-unsqueezed`,
      'Unsqueeze',
      [second, at.ints(`${part}-axes`, added)],
      {},
      rank - first,
    );
  }
  return learned(at, 0, rank, axis, numAxes, part);
}

/** A blob that covers `numAxes` axes from `axis` on, -1 for all that are left, as a constant that broadcasts. */
function learned(
  at: LayerScope,
  index: number,
  rank: number,
  axis: number,
  numAxes: number,
  part: string,
): Name {
  const { dims, data } = at.blob(index);
  if (numAxes === 0) return at.constant(part, float32(at.weights(index, []).data, []));
  const first = at.axis(axis);
  const covered = numAxes < 0 ? rank - first : numAxes;
  const shape = covered === 1 ? [data.length] : dims;
  if (shape.length !== covered || first + covered > rank || sizeOf(shape) !== data.length)
    at.unreadable(`has a blob of the shape [${dims.join(', ')}] for ${covered} axes from axis ${axis}`);
  const trailing = new Array<number>(rank - first - covered).fill(1);
  return at.constant(part, float32(data, [...shape, ...trailing]));
}

/** x · scale, and + bias where the layer learned one. */
const scale: Translation = (at) => {
  const param = at.layer.scaleParam ?? {};
  const { axis = 1, numAxes = 1, biasTerm = false } = param;
  const x = at.x;
  const factor = operand(at, x, param, 'scale');
  if (!biasTerm) {
    at.top('Mul', [x, factor]);
    return;
  }
  const index = at.bottoms.length > 1 ? 0 : 1;
  // A bias that belongs to a scale from the network has that one's axes.
  const covered = index === 0 ? at.rank(at.bottoms[1] ?? '') : numAxes;
  const product = at.step('scaled', 'Mul', [x, factor]);
  at.top('Add', [product, learned(at, index, at.rank(x), axis, covered, 'bias')]);
};

const bias: Translation = (at) => {
  at.top('Add', [at.x, operand(at, at.x, at.layer.biasParam ?? {}, 'bias')]);
};

export const normalisations: Readonly<Record<string, Translation>> = {
  BatchNorm: batchNormalisation,
  Bias: bias,
  LRN: responseNormalisation,
  MVN: meanVariance,
  Scale: scale,
};
