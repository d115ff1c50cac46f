#!/usr/bin/env node
/** `npx reverie` and `npm run dream`: the command line, set up first when needed. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

await setUp();
await import(pathToFileURL(join(root, 'dist', 'main', 'cli.js')).href);
