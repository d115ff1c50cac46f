/** The table of rules for each kind of device: the same gradients, in operators that the device runs, and runs fast. */
import type { Rules } from './rule.ts';
import { rules } from './rules.ts';
import { blocked } from './rules/blocked.ts';
import { maxPoolByPhases } from './rules/pooling-phases.ts';
import { maxPoolBySlices } from './rules/pooling.ts';

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
