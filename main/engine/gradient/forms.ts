/** Tables of rules for the kinds of devices, and for files: the same gradients in different operators. */
import type { Rules } from './rule.ts';
import { rules } from './rules.ts';
import { blocked } from './rules/blocked.ts';
import { convTransposed } from './rules/linear.ts';
import { maxPoolByPhases } from './rules/pooling-phases.ts';
import { maxPoolBySlices } from './rules/pooling.ts';

/**
 * For a file that is computed elsewhere: standard operators alone, and no weight twice. Other forms keep the filters of convolutions
 * a second time, as their gradients read them.
 */
export const portable: Rules = { ...rules, Conv: convTransposed };

/** For each kind of device, in operators that it runs, and runs fast. */
export const forms = {
  /** ONNX Runtime computes in blocks of channels on x64 alone. */
  cpu: process.arch === 'x64' ? { ...rules, ...blocked } : rules,
  /** ONNX Runtime's WebGPU provider does not tell where a MaxPool found its maxima. */
  webgpu: { ...rules, MaxPool: maxPoolBySlices },
  /** DirectML adds nothing up where positions meet, and Core ML does not scatter at all. */
  directml: { ...rules, MaxPool: maxPoolBySlices },
  coreml: { ...rules, MaxPool: maxPoolBySlices },
  cuda: rules,
  /** TensorFlow.js has no positions of maxima either, and moves channels that lie together faster than strides. */
  tensorflow: { ...rules, MaxPool: maxPoolByPhases },
} satisfies Readonly<Record<string, Rules>>;
