/**
 * What lies behind the messages of libraries and drivers: why a device cannot be used, and what would make it usable, in the
 * words of one sentence's second half. Messages that nobody has met yet are passed on, without the library's source files.
 */
import type { Device } from './runtime.ts';

interface Cause {
  readonly devices: readonly Device[];
  readonly pattern: RegExp;
  /** What is wrong; what to do. */
  readonly sentence: string;
}

const GPU: readonly Device[] = ['webgpu', 'directml', 'cuda'];
const ONNX: readonly Device[] = ['cpu', 'webgpu', 'directml', 'coreml', 'cuda'];

/** The first that fits counts. */
const CAUSES: readonly Cause[] = [
  {
    devices: ONNX,
    pattern: /Cannot find module '\S*onnxruntime_binding\.node'/,
    sentence: 'it has no library for this kind of machine; use the device "tensorflow"',
  },
  {
    devices: ONNX,
    // Windows says in the user's language what it misses, and then where it was.
    pattern: /[A-Z]:\\\S.*onnxruntime_binding\.node/,
    sentence:
      'parts of Windows that it needs are missing; install the Microsoft Visual C++ Redistributable, or use the device "tensorflow"',
  },
  {
    devices: ONNX,
    pattern: /GLIBC(XX)?_[\d.]+' not found/,
    sentence: 'it takes glibc 2.28 or later, and this system has an older one; use the device "tensorflow"',
  },
  {
    devices: ['webgpu'],
    pattern: /ArrayDynamicIndexing|required feature|feature .* (is|are) (missing|not supported)/i,
    sentence: 'its graphics driver is too old for WebGPU; install a newer one (on Linux, Mesa 23 or later)',
  },
  {
    devices: ['webgpu'],
    pattern: /No supported adapters|get a WebGPU (adapter|device)|libvulkan|vulkan-1\.dll/i,
    sentence:
      "no graphics adapter with a Vulkan, Metal or Direct3D 12 driver was found; install the graphics card's driver",
  },
  {
    devices: ['webgpu'],
    pattern: /requires f16|shader-f16/i,
    sentence:
      'the network computes in half precision, which this graphics card does not; use a float32 version of it, or the device "cpu"',
  },
  {
    devices: GPU,
    pattern:
      /device (is |was |has been )?(lost|removed|suspended|hung)|DEVICE_LOST|887A000[567]|instance has been suspended/i,
    sentence:
      'the graphics driver was reset, mostly because a step took too long; use a smaller tile or size, or the device "cpu", or install a newer driver',
  },
  {
    devices: ['directml'],
    pattern: /887A0004|feature level is not supported|887A0002/i,
    sentence:
      'the graphics card or its driver has no Direct3D 12 of the level that DirectML needs; update Windows and the driver, or use "webgpu"',
  },
  {
    devices: ['cuda'],
    pattern: /driver version is insufficient|CUDA failure 35/i,
    sentence: 'the NVIDIA driver is too old for CUDA 12; install version 525 or later',
  },
  {
    devices: ['cuda'],
    pattern: /no CUDA-capable device|CUDA failure 100\b/i,
    sentence: 'no NVIDIA graphics card was found; use "webgpu" for other cards, or install the NVIDIA driver',
  },
  {
    devices: ['cuda'],
    pattern: /libcudnn\S*|CUDNN_STATUS|CUDNN failure/i,
    sentence:
      'cuDNN 9 could not be loaded; install cuDNN 9 for CUDA 12, and let LD_LIBRARY_PATH name its folder',
  },
  {
    devices: ['cuda'],
    pattern: /Failed to load (shared )?library|providers_cuda|libcu|CUBLAS/i,
    sentence:
      'the libraries of CUDA 12 could not be loaded; install CUDA 12, and let LD_LIBRARY_PATH name its folder',
  },
  {
    devices: ['coreml'],
    pattern: /compiling model|executing model|broken\/unsupported model|MLProgram|compute the prediction/i,
    sentence:
      'Core ML could not run the gradients of this network; use "webgpu", which computes on the same graphics card',
  },
  {
    devices: ONNX,
    pattern: /backend not found|not available|no available backend|not enabled in this build/i,
    sentence: 'this build of ONNX Runtime does not have it; install Reverie again, or use the device "cpu"',
  },
  {
    devices: ['tensorflow'],
    pattern: /\.wasm|WebAssembly/i,
    sentence:
      'the WebAssembly part of TensorFlow.js is missing or damaged; install Reverie again, or run "reverie setup tensorflow"',
  },
  {
    devices: ['tensorflow'],
    pattern: /isNullOrUndefined/,
    sentence:
      'its add-on for Node was written for an older version of Node; run "reverie setup tensorflow" again',
  },
  {
    devices: ['tensorflow'],
    pattern: /native addon module .* can not be found/,
    sentence: 'its add-on for Node has not been built; "reverie setup tensorflow" builds it',
  },
  {
    devices: ['tensorflow'],
    pattern: /libtensorflow|tfjs_binding|dlopen|cannot open shared object/i,
    sentence: 'the TensorFlow that its add-on was built for is gone; run "reverie setup tensorflow" again',
  },
];

/** What is wrong with a device, from what its library said, and what helps where that is known; without a full stop. */
export function causeOf(device: Device, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const known = CAUSES.find(({ devices, pattern }) => devices.includes(device) && pattern.test(text));
  return known?.sentence ?? withoutSources(text);
}

/** Without source files, function names, addresses and threads of the library, and without a full stop. */
const withoutSources = (text: string): string =>
  text
    .replace(/^.*?(\/onnxruntime_src|[A-Z]:\\a\\_work)\S* \S+ /, '')
    .replace(/^.*?Exception\(\d+\) tid\(\w+\) /, '')
    .trim()
    .replace(/\.$/, '');
