/** The Node side: the doors, the engine's process and the benchmark, as bundles that share chunks. */
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

export default defineConfig({
  define: { __VERSION__: JSON.stringify(packageJson.version) },
  ssr: { noExternal: ['@tensorflow/tfjs-core'] },
  build: {
    outDir: 'dist/main',
    emptyOutDir: true,
    target: 'node20',
    ssr: true,
    minify: false,
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        cli: 'main/cli.ts',
        app: 'main/app.ts',
        engine: 'main/engine/process.ts',
        bench: 'main/bench.ts',
        'bench-dream': 'main/bench/dream-process.ts',
      },
      external,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
