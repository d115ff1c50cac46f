/** The software implementation of Vulkan that comes with a browser for Linux: WebGPU without a graphics card. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const DRIVER = 'vk_swiftshader_icd.json';
/** The library that programs ask for drivers; browsers bring their own along. */
const LOADER = 'libvulkan.so.1';

const folder = places().find((place) => [DRIVER, LOADER].every((file) => existsSync(join(place, file))));

if (folder === undefined)
  console.warn('Skipped: tests on WebGPU, because no browser here has the driver SwiftShader.');

/** `describe` for suites that need WebGPU. */
export const describeWithSoftwareGpu = folder === undefined ? describe.skip : describe;

/** What a process must find in its environment. */
export const softwareGpuEnvironment =
  folder === undefined ? {} : { VK_ICD_FILENAMES: join(folder, DRIVER), LD_LIBRARY_PATH: folder };

/** Where Debian's Chromium, those of Playwright and Electron would have them. */
function places(): string[] {
  const browsers = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache', 'ms-playwright');
  return [
    '/usr/lib/chromium',
    ...foldersIn(browsers, 'chromium').flatMap((version) => foldersIn(version, 'chrome')),
    resolve(import.meta.dirname, '../../../node_modules/electron/dist'),
  ];
}

function foldersIn(parent: string, beginning: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => name.startsWith(beginning))
    .map((name) => join(parent, name));
}
