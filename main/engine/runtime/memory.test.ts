import { expect, it } from 'vitest';
import { isOutOfMemory } from './memory.ts';

it.each([
  "Non-zero status code returned while running Conv node. Name:'conv1' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 268435456",
  "Non-zero status code returned while running LRN node. Name:'norm2' Status Message: std::bad_alloc",
  'Status Message: bad allocation',
  'RangeError: Array buffer allocation failed',
  'Failed to download data from buffer. wgpu::MapAsyncStatus value: 3, message: [Invalid Buffer (unlabeled)] is invalid due to a previous error.',
  'Buffer size (3185049600) exceeds the max buffer size limit (1073741824).',
  'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
  'Exception(1) tid(4790) 8007000E Not enough memory resources are available to complete this operation.',
  'CUDA failure 2: out of memory ; GPU=0',
  'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED',
])('memory ran out: %s', (message) => {
  expect(isOutOfMemory(new Error(message))).toBe(true);
});

it.each([
  'The device was lost.',
  'no graphics adapter was found',
  'Non-zero status code returned while running MaxPool node. Status Message: The Indices output is not supported yet',
  'Device lost: reset by the driver',
])('something else: %s', (message) => {
  expect(isOutOfMemory(new Error(message))).toBe(false);
});
