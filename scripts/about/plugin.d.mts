import type { Plugin } from 'vite';

/** See plugin.mjs. */
export function aboutProgram(root: string): Plugin;
