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

/** What is loaded together lies together: a start waits for every file that it opens. */
const CHUNKS = [
  { name: 'shared', test: /[\\/](shared|valibot)[\\/]/, priority: 3 },
  { name: 'files', test: /main[\\/](files|log)[\\/]/, priority: 2 },
  { name: 'imaging', test: /main[\\/]engine[\\/]imaging[\\/]/, priority: 2 },
  {
    name: 'engine',
    test: /main[\\/]engine[\\/](ascent|formats|gradient|graph|models|runtime(?![\\/]tensorflow[\\/])|methods[\\/](common|dream|registry))/,
    priority: 1,
  },
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
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        codeSplitting: { groups: CHUNKS },
      },
    },
  },
}));
