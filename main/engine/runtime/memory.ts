/**
 * Which of the libraries' messages mean that there is too little memory. Seen with ONNX Runtime 1.30: those of the CPU with and
 * without its arena, and of WebGPU over Vulkan, which tells it on stderr and then calls the buffer invalid. The others are those
 * that Direct3D, CUDA and TensorFlow.js are known by.
 */
const MESSAGES: readonly RegExp[] = [
  /Failed to allocate memory for requested buffer/,
  /bad[_ ]alloc/,
  /Array buffer allocation failed|Invalid typed array length/,
  /\[Invalid Buffer\b.*\] is invalid/,
  /exceeds the max (storage )?buffer (binding )?size|max(Storage)?Buffer(Binding)?Size/i,
  /OUT_OF_(DEVICE_|HOST_|POOL_)?MEMORY|E_OUTOFMEMORY|8007000E/i,
  /out of memory|not enough memory|OOM when allocating|ALLOC_FAILED/i,
];

/** Whether an error, of whatever library, says that memory ran out. */
export function isOutOfMemory(error: unknown): boolean {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return MESSAGES.some((pattern) => pattern.test(text));
}
