/** Messages as the libraries and drivers give them, most of them recorded by their users. */
import { describe, expect, it } from 'vitest';
import { causeOf } from './causes.ts';
import { providers } from './providers.ts';
import type { Device } from './runtime.ts';

const LOADING =
  '/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1778 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library libonnxruntime_providers_cuda.so with error: ';
const DML =
  'D:\\a\\_work\\1\\s\\onnxruntime\\core\\providers\\dml\\dml_provider_factory.cc(518)\\onnxruntime.DLL!00007FFCA503D0A9: (caller: 00007FFCA503D211) Exception(1) tid(3644) ';

describe('what a library says', () => {
  it.each<[Device, string, RegExp]>([
    [
      'webgpu',
      'Failed to get a WebGPU adapter: No supported adapters',
      /no graphics adapter .*; install the/,
    ],
    [
      'webgpu',
      'shaderUniformTexelBufferArrayDynamicIndexing required',
      /too old for WebGPU; install a newer/,
    ],
    [
      'webgpu',
      'Program Conv requires f16 but the device does not support it',
      /half precision.*; use a float32/,
    ],
    [
      'webgpu',
      'WebGPU device lost (2): vkQueueSubmit: VK_ERROR_DEVICE_LOST',
      /driver was reset.*; use a smaller/,
    ],
    [
      'webgpu',
      'no available backend found. ERR: [webgpu] backend not found.',
      /does not have it; install Reverie again/,
    ],
    [
      'directml',
      `${DML}887A0004 The specified device interface or feature level is not supported on this system.`,
      /no Direct3D 12 .*; update Windows and the driver, or use "webgpu"/,
    ],
    [
      'directml',
      `${DML}887A0005 The GPU device instance has been suspended. Use GetDeviceRemovedReason to determine the appropriate action.`,
      /driver was reset.*; use a smaller/,
    ],
    [
      'cuda',
      `${LOADING}libcudnn.so.9: cannot open shared object file: No such file or directory`,
      /cuDNN 9 .*; install/,
    ],
    [
      'cuda',
      `${LOADING}libcublasLt.so.12: cannot open shared object file: No such file or directory`,
      /CUDA 12 could not be loaded; install CUDA 12/,
    ],
    ['cuda', 'Failed to load shared library', /CUDA 12 could not be loaded; install CUDA 12/],
    [
      'cuda',
      'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; expr=cudaSetDevice(info_.device_id);',
      /NVIDIA driver is too old.*; install version/,
    ],
    [
      'cuda',
      'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1',
      /no NVIDIA graphics card.*; use "webgpu"/,
    ],
    [
      'cpu',
      "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'",
      /no library for this kind of machine; use the device "tensorflow"/,
    ],
    [
      'cpu',
      'Das angegebene Modul wurde nicht gefunden.\n\\\\?\\C:\\Program Files\\Reverie\\resources\\app.asar.unpacked\\node_modules\\onnxruntime-node\\bin\\napi-v6\\win32\\x64\\onnxruntime_binding.node',
      /parts of Windows .*; install the Microsoft Visual C\+\+.*, or use/,
    ],
    [
      'cpu',
      "/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.27' not found (required by libonnxruntime.so.1)",
      /glibc 2\.28 or later.*; use the device/,
    ],
    [
      'coreml',
      'Status Message: Error executing model:Unable to compute the prediction using a neural network model. It can be an invalid input data or broken/unsupported model (error code: -1).',
      /Core ML could not run .*; use "webgpu"/,
    ],
    ['tensorflow', 'util_1.isNullOrUndefined is not a function', /older version of Node; run "reverie setup/],
    [
      'tensorflow',
      'libtensorflow_cc.so.2: cannot open shared object file: No such file or directory',
      /is gone; run "reverie setup tensorflow" again/,
    ],
    [
      'tensorflow',
      "ENOENT: no such file or directory, open 'tfjs-backend-wasm.wasm'",
      /missing or damaged; install/,
    ],
  ])('%s: %s', (device, message, sentence) => {
    expect(causeOf(device, new Error(message))).toMatch(sentence);
  });

  it('is passed on without its source files where nobody has met it yet', () => {
    const message =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/nn/pool.cc:276 Compute The Indices output is not supported yet.';
    expect(causeOf('webgpu', new Error(message))).toBe('The Indices output is not supported yet');
    expect(causeOf('directml', `${DML}80004005 Unspecified error`)).toBe('80004005 Unspecified error');
  });
});

describe('a device that a platform cannot have', () => {
  const platforms = [
    { platform: 'linux', arch: 'x64' },
    { platform: 'linux', arch: 'arm64' },
    { platform: 'win32', arch: 'x64' },
    { platform: 'darwin', arch: 'arm64' },
    { platform: 'darwin', arch: 'x64' },
  ] as const;
  it.each(platforms.flatMap((machine) => providers.map((provider) => ({ ...machine, provider }))))(
    'is refused in one sentence that names another one or what to install: $platform $arch $provider.device',
    ({ platform, arch, provider }) => {
      const reason = provider.absent({ platform, arch });
      if (reason === null) return;
      expect(reason).toMatch(/^[A-Z][^.]*; (use "|use the device "|with CUDA 12 and cuDNN 9)|^[^.]+, run "/);
      expect(reason).toMatch(/\.$/);
      expect(reason.match(/\. [A-Z]/)).toBeNull();
    },
  );

  it('is none on the other platforms', () => {
    const here = (platform: NodeJS.Platform, arch: string): Device[] =>
      providers
        .filter((provider) => provider.absent({ platform, arch }) === null)
        .map(({ device }) => device);
    expect(here('win32', 'x64')).toEqual(['cpu', 'webgpu', 'directml', 'tensorflow']);
    expect(here('darwin', 'arm64')).toEqual(['cpu', 'webgpu', 'coreml', 'tensorflow']);
    expect(here('darwin', 'x64')).toEqual(['tensorflow']);
    expect(here('linux', 'arm64')).toEqual(['cpu', 'tensorflow']);
  });
});
