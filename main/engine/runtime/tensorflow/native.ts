/** TensorFlow's native library through its add-on for Node: installed beside the program, or built by `reverie setup tensorflow`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { log } from '../../../log/log.ts';
import { reverieHome } from '../../../files/home.ts';
import type { TensorFlow } from './value.ts';

/** With CUDA, and without. */
const ADD_ONS = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** TensorFlow sizes its pools of threads by these when it starts; whoever has set them means it. */
const POOLS = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'];

/**
 * TensorFlow.js over its native library; undefined where there is none, or it does not load.
 *
 * @param threads that an operator may use, and operators at a time; 0 leaves them to the library
 */
export function loadNative(threads: number, home = reverieHome()): TensorFlow | undefined {
  restoreIsNullOrUndefined();
  if (threads > 0) for (const name of POOLS) process.env[name] ??= String(threads);
  const own = join(home, 'tensorflow', 'package.json');
  const places = [...(existsSync(own) ? [own] : []), import.meta.url];
  for (const place of places) {
    for (const name of ADD_ONS) {
      try {
        const tf: unknown = createRequire(place)(name);
        if (isTensorFlow(tf) && tf.getBackend() === 'tensorflow') return tf;
      } catch (error) {
        // Not installed, or installed without its library: the next one, and at last WebAssembly.
        log.swallowed('device', `${name} does not load`, error);
      }
    }
  }
  return undefined;
}

/** The add-on calls a function of Node that Node 23, and with it Electron 45, does not have any more. */
function restoreIsNullOrUndefined(): void {
  const util: unknown = createRequire(import.meta.url)('node:util');
  if (typeof util !== 'object' || util === null || 'isNullOrUndefined' in util) return;
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
}

function isTensorFlow(value: unknown): value is TensorFlow {
  return typeof value === 'object' && value !== null && 'getBackend' in value && 'conv2d' in value;
}
