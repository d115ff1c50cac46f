/** The table of rules for each kind of device: the same gradients, in operators that the device runs. */
import type { Rules } from './rule.ts';
import { rules } from './rules.ts';
import { maxPoolBySlices } from './rules/pooling.ts';

export const forms = {
  cpu: rules,
  /** ONNX Runtime's WebGPU provider does not tell where a MaxPool found its maxima. */
  webgpu: { ...rules, MaxPool: maxPoolBySlices },
} satisfies Readonly<Record<string, Rules>>;
