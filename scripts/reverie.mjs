#!/usr/bin/env node
/** `npx reverie` and `npm run dream`: the command line, set up first when needed. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

// `npm run` moves to the root; paths are meant from where the user stands.
if (process.env.npm_lifecycle_event === 'dream' && process.env.INIT_CWD !== undefined) {
  process.chdir(process.env.INIT_CWD);
}
await setUp();
await import(pathToFileURL(join(root, 'dist', 'main', 'cli.js')).href);
