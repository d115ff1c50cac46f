/** Normalisations without a mean, and those that ONNX Runtime's optimiser joins with the sum before them. */
import { float, int, type Name } from '../graph.ts';
import { Composer } from './composer.ts';
import type { Rewrite } from './rewrite.ts';

/** 1/√(mean x² + ε) over the axes from `axis` on (Zhang & Sennrich 2019). */
function inverseRoot(c: Composer, x: Name, axis: number, epsilon: number): Name {
  const rank = c.at.info(x)?.dims.length;
  // The last axis is that of any tensor.
  if (axis !== -1 && (rank === undefined || axis < -rank || axis >= rank))
    c.refuse(`has axis ${axis}, outside the ${rank ?? 'unknown'} axes of its input`);
  const axes = Array.from({ length: axis < 0 ? -axis : (rank ?? 0) - axis }, (_, i) => i + axis);
  const square = c.op('Mul', [x, x], 'square');
  const mean = c.op('ReduceMean', [square, c.ints(axes, 'axes')], 'mean-square', { keepdims: 1 });
  const root = c.op('Sqrt', [c.op('Add', [mean, c.number(epsilon, 'epsilon')], 'shifted')], 'root');
  return c.op('Reciprocal', [root], 'inverse');
}

const rms: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const [x, scale] = [c.input(0), c.input(1)];
  const inverse = inverseRoot(c, x, int(node, 'axis', -1), float(node, 'epsilon', 1e-5));
  c.also(1, () => inverse);
  return c.last('Mul', [c.op('Mul', [x, inverse], 'normal'), scale]);
};

/** The sum of two branches, and a bias, in its last output. */
function skipSum(c: Composer, bias: number): Name {
  const sum = c.sum([c.input(0), c.input(1), c.optional(bias)], 'sum');
  const statistics = c.node.outputs.slice(1, 3).find((name) => c.at.used(name));
  if (statistics !== undefined)
    c.refuse(`gives "${statistics}", which exists in training only; export the network for inference`);
  c.also(3, () => sum);
  return sum;
}

const skipLayer: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const sum = skipSum(c, 4);
  const beta = c.optional(3);
  const epsilon = float(node, 'epsilon', 1e-12);
  return c.last('LayerNormalization', [sum, c.input(2), ...(beta === '' ? [] : [beta])], { epsilon });
};

const skipRms: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const sum = skipSum(c, 3);
  const inverse = inverseRoot(c, sum, -1, float(node, 'epsilon', 1e-12));
  return c.last('Mul', [c.op('Mul', [sum, inverse], 'normal'), c.input(2)]);
};

export const normRewrites: Readonly<Record<string, Rewrite>> = {
  RMSNormalization: rms,
  SimplifiedLayerNormalization: rms,
  'com.microsoft.SimplifiedLayerNormalization': rms,
  'com.microsoft.SkipLayerNormalization': skipLayer,
  'com.microsoft.SkipSimplifiedLayerNormalization': skipRms,
};
