/** Unit tests lie beside what they test; the end-to-end specs in e2e/ belong to Playwright. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['{shared,main,preload,renderer,scripts}/**/*.test.ts', 'scripts/**/*.test.mjs'],
    // Vitest leaves a core to whoever watches; of two cores that is half of them.
    maxWorkers: '100%',
    // No test changes what modules share, so files of one worker may share the modules.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // For the tests that compute with ONNX Runtime directly: as everywhere in the product, it tells nobody that it is used.
    // And each worker has one processor: engines with more threads only wait for each other, which costs, too.
    env: { ORT_DISABLE_TELEMETRY: '1', REVERIE_THREADS: '1' },
    // Real networks on two slow cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
