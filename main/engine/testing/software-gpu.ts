/** The software implementation of Vulkan that comes with a browser: WebGPU without a graphics card. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe } from 'vitest';

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const available = existsSync(DRIVER);

if (!available) console.warn(`Skipped: tests on WebGPU, because ${DRIVER} is not there.`);

/** `describe` for suites that need WebGPU. */
export const describeWithSoftwareGpu = available ? describe : describe.skip;

/** What a process must find in its environment; the browser brings its own Vulkan loader along. */
export const softwareGpuEnvironment = { VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) };
