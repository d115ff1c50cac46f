/** Loads TensorFlow.js with the best of its backends that is there, once for the process. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { loadNative } from './native.ts';
import type { TensorFlow } from './value.ts';

export interface Backend {
  readonly tf: TensorFlow;
  /** `wasm`, or `tensorflow` for the native library. */
  readonly name: string;
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
  const tf = process.env[BACKEND] === 'wasm' ? undefined : loadNative(threads);
  if (tf === undefined) return loadWasm();
  await tf.ready();
  return { tf, name: 'tensorflow' };
}

/** The WebAssembly backend, which runs everywhere. */
async function loadWasm(): Promise<Backend> {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(wasmFolder());
  await tf.setBackend('wasm');
  await tf.ready();
  return { tf, name: 'wasm' };
}

/** Where the .wasm files lie: beside the package's code, outside the archive of an installed program. */
function wasmFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  return join(dirname(entry.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`)), sep);
}
