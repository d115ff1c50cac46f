/** The preload script: one CommonJS file, as a sandboxed one must be. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    outDir: 'dist/preload',
    emptyOutDir: true,
    target: 'chrome120',
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    lib: { entry: 'preload/bridge.ts', formats: ['cjs'], fileName: () => 'bridge.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
