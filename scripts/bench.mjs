/** `npm run bench`: the benchmark, set up first when needed. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

await setUp();
await import(pathToFileURL(join(root, 'dist', 'main', 'bench.js')).href);
