/** The devices in a table: what opens each, where it can be at all, and how far its numbers may be off. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { onnxRuntime, onnxRuntimeObstacle } from './onnxruntime.ts';
import type { Device, Runtime } from './runtime.ts';
import { tensorflowRuntime } from './tensorflow.ts';

/** The machine as far as it decides which devices there can be. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

export interface Provider {
  readonly device: Device;
  readonly runtime: 'onnxruntime' | 'tensorflow';
  /**
   * Largest difference from the CPU, relative to the norm of the gradient and to the value: 1e-3 where the device computes in
   * single precision, 1e-2 where it may round to half.
   */
  readonly tolerance: number;
  /** Why this kind of machine cannot have it, in a sentence that says what would change that; null where it may. */
  absent(machine: Machine): string | null;
  open(threads: number): Runtime;
  /** What computes behind it, where that depends on what is installed: a sentence. It loads the library. */
  note?(): Promise<string>;
}

const onnx = (
  device: Exclude<Device, 'tensorflow'>,
  tolerance: number,
  absent: Provider['absent'],
): Provider => ({
  device,
  runtime: 'onnxruntime',
  tolerance,
  absent,
  open: (threads) => onnxRuntime({ device, threads }),
});

const isIntelMac = ({ platform, arch }: Machine): boolean => platform === 'darwin' && arch === 'x64';
const NO_INTEL_MACS =
  'ONNX Runtime has no library for Macs with Intel processors; use the device "tensorflow".';

/** In the order in which they are listed. */
export const providers: readonly Provider[] = [
  onnx('cpu', 1e-3, (machine) => (isIntelMac(machine) ? NO_INTEL_MACS : null)),
  onnx('webgpu', 1e-3, (machine) => {
    if (isIntelMac(machine)) return NO_INTEL_MACS;
    return machine.platform === 'linux' && machine.arch !== 'x64'
      ? `ONNX Runtime has WebGPU for Linux on x64 only, and this is ${machine.arch}; use the device "cpu".`
      : null;
  }),
  onnx('directml', 1e-2, ({ platform }) =>
    platform === 'win32' ? null : 'DirectML is a part of Windows; use "webgpu" for the graphics card here.',
  ),
  onnx('coreml', 1e-2, (machine) => {
    if (isIntelMac(machine)) return NO_INTEL_MACS;
    return machine.platform === 'darwin'
      ? null
      : 'Core ML is a part of macOS; use "webgpu" for the graphics card here.';
  }),
  onnx('cuda', 1e-3, absentCuda),
  {
    device: 'tensorflow',
    runtime: 'tensorflow',
    tolerance: 1e-3,
    absent: () => null,
    open: tensorflowRuntime,
    note: async () => (await (await import('./tensorflow/backend.ts')).loadBackend()).note,
  },
];

/** The row of a device. */
export function providerOf(device: Device): Provider {
  const provider = providers.find((row) => row.device === device);
  if (provider === undefined) throw new Error(`No provider is called "${device}".`);
  return provider;
}

/** Why a device cannot be here: the kind of machine has none, or its library does not load; null where it is worth a try. */
export async function whyAbsent(provider: Provider, machine: Machine): Promise<string | null> {
  return provider.absent(machine) ?? (provider.runtime === 'onnxruntime' ? onnxRuntimeObstacle() : null);
}

function absentCuda({ platform, arch }: Machine): string | null {
  if (platform !== 'linux' || arch !== 'x64')
    return 'ONNX Runtime for Node has CUDA on Linux x64 only; use "webgpu" for the graphics card here.';
  const folder = onnxRuntimeFolder();
  const libraries = join(folder, 'bin', 'napi-v6', platform, arch);
  if (existsSync(join(libraries, 'libonnxruntime_providers_cuda.so'))) return null;
  const installer = join(folder, 'script', 'install.js');
  return existsSync(installer)
    ? `The CUDA libraries of ONNX Runtime are not installed; with CUDA 12 and cuDNN 9 on the machine, node "${installer}" --onnxruntime-node-install=cuda12 fetches them.`
    : 'The CUDA libraries of ONNX Runtime are not part of this program; use "webgpu" for the graphics card here.';
}

function onnxRuntimeFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')));
}
