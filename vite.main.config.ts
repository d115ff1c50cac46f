/**
 * The Node side, as bundles that share chunks: the doors, the engine's process and the benchmark, or, with `--mode desktop`, what an
 * installed program has of them.
 */
import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';
import packageJson from './package.json' with { type: 'json' };

/** The one file of a package that is bundled: TensorFlow.js's own gradients, which its build for Node leaves out. */
const BUNDLED = 'dist/register_all_gradients';

const external = [
  'electron',
  ...builtinModules.flatMap((name) => [name, `node:${name}`]),
  ...Object.keys(packageJson.dependencies).flatMap((name) => [name, new RegExp(`^${name}/(?!${BUNDLED})`)]),
];

const desktop = { app: 'main/app.ts', engine: 'main/engine/process.ts' };
const everything = {
  ...desktop,
  cli: 'main/cli.ts',
  bench: 'main/bench.ts',
  'bench-dream': 'main/bench/dream-process.ts',
};

export default defineConfig(({ mode }) => ({
  define: { __VERSION__: JSON.stringify(packageJson.version) },
  ssr: { noExternal: ['@tensorflow/tfjs-core', 'valibot'] },
  build: {
    outDir: mode === 'desktop' ? 'dist/desktop' : 'dist/main',
    emptyOutDir: true,
    target: 'node20',
    ssr: true,
    minify: false,
    sourcemap: mode !== 'desktop',
    reportCompressedSize: false,
    rolldownOptions: {
      input: mode === 'desktop' ? desktop : everything,
      external,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
}));
