/** The window: one page, its scripts and styles as files, so that a strict content security policy holds. */
import { dirname } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { aboutProgram } from '../scripts/about/plugin.mjs';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte(), aboutProgram(dirname(import.meta.dirname))],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    modulePreload: { polyfill: false },
    // Pictures stay files: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    sourcemap: true,
    reportCompressedSize: false,
  },
});
