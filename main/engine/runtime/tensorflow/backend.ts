/** Loads TensorFlow.js with the best of its backends that is there, once for the process. */
import { dirname, join, sep } from 'node:path';
import { packageFile } from '../../../files/package-file.ts';
import { ADD_ONS, loadNative, type Broken } from './native.ts';
import type { TensorFlow } from './value.ts';

interface Backend {
  readonly tf: TensorFlow;
  /** `wasm`, or `tensorflow` for the native library. */
  readonly name: string;
  /** What computes, and why nothing better does: a sentence. */
  readonly note: string;
}

/** Set to `wasm`, it leaves the native library alone. */
const BACKEND = 'REVERIE_TENSORFLOW';

let loaded: Promise<Backend> | undefined;

/**
 * TensorFlow.js, ready to compute.
 *
 * @param threads of the native library, if this call is the first: it cannot be told later; 0 leaves them to it. WebAssembly
 * has one thread under Node.
 */
export function loadBackend(threads = 0): Promise<Backend> {
  loaded ??= loadBest(threads).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function loadBest(threads: number): Promise<Backend> {
  if (process.env[BACKEND] === 'wasm')
    return { tf: await loadWasm(), name: 'wasm', note: `WebAssembly computes, as ${BACKEND} asks for.` };
  const { loaded: native, broken } = loadNative(threads);
  if (native === undefined)
    return { tf: await loadWasm(), name: 'wasm', note: `WebAssembly computes: ${whyNoCuda(broken)}.` };
  await native.tf.ready();
  const without = native.addOn === CUDA ? '' : `, without CUDA: ${whyNoCuda(broken)}`;
  const note = `TensorFlow's native library computes, by ${native.addOn}${without}.`;
  return { tf: native.tf, name: 'tensorflow', note };
}

const [CUDA] = ADD_ONS;

/** Why the add-on with CUDA is not what computes: what is wrong with those that are installed, if any are; without a full stop. */
export function whyNoCuda(broken: readonly Broken[], platform: NodeJS.Platform = process.platform): string {
  if (broken.length > 0)
    return broken.map(({ addOn, cause }) => `${addOn} cannot be loaded (${cause})`).join(', and ');
  // It cannot be built on Windows yet.
  const help =
    platform === 'win32' ? '' : '; "reverie setup tensorflow" builds it for a TensorFlow that has CUDA';
  return `${CUDA} is not installed${help}`;
}

/** The WebAssembly backend, which runs everywhere. */
async function loadWasm(): Promise<TensorFlow> {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(wasmFolder());
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

/** Where the .wasm files lie: beside the package's code. */
function wasmFolder(): string {
  return join(dirname(packageFile('@tensorflow/tfjs-backend-wasm')), sep);
}
