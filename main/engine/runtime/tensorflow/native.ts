/** TensorFlow's native library through its add-on for Node: installed beside the program, or built by `reverie setup tensorflow`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { log } from '../../../log/log.ts';
import { reverieHome } from '../../../files/home.ts';
import { causeOf } from '../causes.ts';
import type { TensorFlow } from './value.ts';

/** With CUDA, and without. */
export const ADD_ONS = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
type AddOn = (typeof ADD_ONS)[number];

/** TensorFlow sizes its pools of threads by these when it starts; whoever has set them means it. */
const POOLS = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'];

/** An add-on that is installed and does not load, with the cause, which has no full stop. */
export interface Broken {
  readonly addOn: AddOn;
  readonly cause: string;
}

interface Native {
  /** TensorFlow.js over its native library; undefined where there is none, or none that loads. */
  readonly loaded: { readonly addOn: AddOn; readonly tf: TensorFlow } | undefined;
  /** What was tried before. */
  readonly broken: readonly Broken[];
}

/**
 * The best add-on that loads.
 *
 * @param threads that an operator may use, and operators at a time; 0 leaves them to the library
 */
export function loadNative(threads: number, home = reverieHome()): Native {
  restoreIsNullOrUndefined();
  if (threads > 0) for (const name of POOLS) process.env[name] ??= String(threads);
  const own = join(home, 'tensorflow', 'package.json');
  const places = [...(existsSync(own) ? [own] : []), import.meta.url];
  const broken: Broken[] = [];
  for (const place of places) {
    const require = createRequire(place);
    for (const addOn of ADD_ONS) {
      try {
        const tf: unknown = require(addOn);
        if (isTensorFlow(tf) && tf.getBackend() === 'tensorflow') return { loaded: { addOn, tf }, broken };
        broken.push({ addOn, cause: 'it has no native library' });
      } catch (error) {
        log.swallowed('device', `${addOn} does not load`, error);
        if (isInstalled(addOn, require)) broken.push({ addOn, cause: causeOf('tensorflow', error) });
      }
    }
  }
  return { loaded: undefined, broken };
}

function isInstalled(addOn: AddOn, require: NodeJS.Require): boolean {
  try {
    require.resolve(`${addOn}/package.json`);
    return true;
  } catch {
    return false;
  }
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
