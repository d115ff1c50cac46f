/**
 * Builds TensorFlow.js's add-on for Node against a library of the machine. Its own installation would download a library that
 * its makers do not serve any more; the sources of the add-on are two files, for which a compiler is enough.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';
import type { LibTensorflow } from './libtensorflow.ts';

/** The same sources under the name that people know for CUDA, and that the engine looks for first. */
const CUDA_ADD_ON = '@tensorflow/tfjs-node-gpu';
const ADD_ON = '@tensorflow/tfjs-node';
/** Exact, because another version may bring another interface to the library. */
const VERSION = '4.22.0';
const HEADERS = 'node-api-headers@1.9.0';
/** The version of Node's own interface that the add-on is written for, and the folder where it looks for itself. */
const NODE_API = 8;

const TIMEOUT_MS = 15 * 60_000;

/** Loads the add-on as the engine does, and multiplies. */
const trialOf = (addOn: string): string => `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const tf = require('${addOn}');
const [six] = tf.matMul(tf.fill([1, 3], 1), tf.fill([3, 1], 2)).dataSync();
if (tf.getBackend() !== 'tensorflow' || six !== 6) process.exit(1);
`;

/**
 * Builds the add-on for a library in a folder of its own, instead of one that is there; its name.
 *
 * @throws ReverieError `device/unusable` naming the step that failed and what it said
 */
export function buildAddOn(folder: string, library: LibTensorflow, tell: (line: string) => void): string {
  if (process.platform === 'win32')
    throw new ReverieError(
      'device/unusable',
      'The add-on cannot be built on Windows yet; TensorFlow runs as WebAssembly there, and DirectML and WebGPU are faster.',
    );
  const version = olderThanTwo(library);
  if (version !== null)
    throw new ReverieError(
      'device/unusable',
      `${library.title} is TensorFlow ${version}, and the add-on needs TensorFlow 2; run "python3 -m pip install --upgrade tensorflow" and try again.`,
    );
  // Asked before anything is fetched: it is the part that people lack.
  if (!existsProgram(compiler()))
    throw new ReverieError(
      'device/unusable',
      `The add-on cannot be built, because there is no C++ compiler "${compiler()}"; ${INSTALL_COMPILER}, or name another one in CXX.`,
    );
  const addOn = library.cuda ? CUDA_ADD_ON : ADD_ON;
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, JSON.stringify({ private: true, description: "Reverie's TensorFlow add-on" }));
  try {
    tell(`Fetching ${addOn} (about 300 MB with what it needs) …`);
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
    const packages = [`${addOn}@${VERSION}`, HEADERS];
    run(folder, 'npm', ['install', '--save-exact', ...quiet, ...packages], 'The add-on cannot be fetched');
    tell(`Building it against ${library.title} …`);
    run(folder, compiler(), compilation(folder, addOn, library), 'The add-on cannot be built');
    tell('Trying it …');
    run(folder, process.execPath, ['-e', trialOf(addOn)], 'The add-on was built but cannot be loaded');
    return addOn;
  } catch (error) {
    // The engine looks no further than this file: half an installation is none.
    rmSync(manifest, { force: true });
    throw error;
  }
}

const INSTALL_COMPILER =
  process.platform === 'darwin'
    ? 'install one with "xcode-select --install"'
    : 'install one, for example with "sudo apt install g++"';

const existsProgram = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).error === undefined;

/** The version that stands in the names of the library's files where it is too old, else null. */
export function olderThanTwo({ libraries }: LibTensorflow): string | null {
  const major = libraries.flatMap((name) => /\.(\d+)(\.dylib)?$/.exec(name)?.[1] ?? []).map(Number);
  return major.some((number) => number < 2) ? String(Math.min(...major)) : null;
}

const compiler = (): string => process.env['CXX'] ?? 'c++';

function compilation(
  folder: string,
  addOn: string,
  { headers, folder: place, libraries }: LibTensorflow,
): string[] {
  const sources = join(folder, 'node_modules', addOn);
  const output = join(sources, 'lib', `napi-v${NODE_API}`);
  mkdirSync(output, { recursive: true });
  const includes = [headers, join(folder, 'node_modules', 'node-api-headers', 'include'), sources];
  return [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', `-DNAPI_VERSION=${NODE_API}`],
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
    ...includes.map((path) => `-I${path}`),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(sources, 'binding', name)),
    ...['-o', join(output, 'tfjs_binding.node')],
    ...libraries.map((name) => join(place, name)),
    `-Wl,-rpath,${place}`,
  ];
}

function run(cwd: string, program: string, words: readonly string[], failure: string): void {
  const { status, error, stdout, stderr } = spawnSync(program, words, {
    cwd,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  if (status === 0) return;
  const missing = error !== undefined && 'code' in error && error.code === 'ENOENT';
  const said = missing
    ? `there is no program "${program}"`
    : (error?.message ?? `${stderr}\n${stdout}`.trim());
  throw new ReverieError('device/unusable', `${failure}: ${inShort(said)}.`);
}

/** What lies behind the messages of npm, compilers and loaders, and what helps. */
const CAUSES: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i,
    'the npm registry cannot be reached; connect to the internet, or set npm\'s "proxy" or "registry", and try again',
  ],
  [/ENOSPC|No space left/i, 'the disk is full; about 700 MB are needed'],
  [
    /undefined symbol|symbol not found|undefined reference|has no member|was not declared/i,
    'it does not fit this version of TensorFlow; name another one with --library (2.9 and 2.21 are known to fit)',
  ],
  [
    /GLIBCXX_|GLIBC_\d/,
    'this TensorFlow was built for a newer system than this one; install an older TensorFlow with pip, and try again',
  ],
  [/npm.*(ENOENT|not found)|there is no program "npm"/i, 'there is no npm; install Node with npm'],
  [/ETIMEDOUT|timed out/i, 'it took longer than a quarter of an hour; try again'],
];

/** One phrase for what a program said: its cause where that is known, else its last lines. */
export function inShort(said: string): string {
  const known = CAUSES.find(([pattern]) => pattern.test(said))?.[1];
  return known ?? said.split('\n').slice(-3).join(' ').replace(/\.$/, '');
}
