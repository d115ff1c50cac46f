/** Finds a libtensorflow that is already on the machine: in a Python package, in the system's folders, or where the user says. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';

/** A library to link against. */
export interface LibTensorflow {
  /** What it is, for people. */
  readonly title: string;
  /** Holds `tensorflow/c/c_api.h`. */
  readonly headers: string;
  /** Holds the libraries. */
  readonly folder: string;
  /** File names of the libraries, those that the others need last. */
  readonly libraries: readonly string[];
  /** Whether it was built for graphics cards with CUDA; it computes on processors, too, where there is none. */
  readonly cuda: boolean;
}

/** Names of the library in Python's package and in the archive of the C library, by what they hold. */
const LIBRARIES = [
  /^libtensorflow_cc\.(so(\.\d+)?|\d+\.dylib)$/,
  /^libtensorflow\.(so(\.\d+)?|\d+\.dylib|dylib)$/,
];
const FRAMEWORK = /^libtensorflow_framework\.(so(\.\d+)?|\d+\.dylib|dylib)$/;

const PYTHONS = ['python3', 'python'];
const SYSTEM = ['/usr/local', '/usr', '/opt/homebrew', '/opt/libtensorflow'];

/**
 * @param path a folder named by the user: a Python package, the unpacked archive of the C library, or what holds either
 * @throws ReverieError `device/unusable` where there is none, with what would make one
 */
export function findLibTensorflow(path: string | null): LibTensorflow {
  if (path !== null) {
    const found = libraryIn(resolve(path));
    if (found !== undefined) return found;
    throw new ReverieError(
      'device/unusable',
      `The folder "${path}" holds no libtensorflow with its headers; name the folder of Python's "tensorflow" package or of the unpacked C library.`,
    );
  }
  for (const folder of [...pythonPackages(), ...SYSTEM]) {
    const found = libraryIn(folder);
    if (found !== undefined) return found;
  }
  throw new ReverieError(
    'device/unusable',
    'There is no libtensorflow on this machine; run "python3 -m pip install tensorflow" and try again, or name its folder with --library.',
  );
}

/** Where Python's package lies, asked of each Python without loading the package. */
function pythonPackages(): string[] {
  const environments = [process.env['VIRTUAL_ENV'], process.env['CONDA_PREFIX']];
  const own = environments.flatMap((folder) =>
    folder === undefined || folder === '' ? [] : [join(folder, 'bin', 'python')],
  );
  const question =
    'import importlib.util as u; s = u.find_spec("tensorflow"); print(list(s.submodule_search_locations)[0] if s else "")';
  return [...own, ...PYTHONS].flatMap((python) => {
    const { stdout } = spawnSync(python, ['-c', question], { encoding: 'utf8', timeout: 30_000 });
    const folder = typeof stdout === 'string' ? stdout.trim() : '';
    return folder === '' ? [] : [folder];
  });
}

/** The library in a folder: beside its headers as Python has it, or in `lib` as the archive has it. */
export function libraryIn(folder: string): LibTensorflow | undefined {
  const headers = join(folder, 'include');
  if (!existsSync(join(headers, 'tensorflow', 'c', 'c_api.h'))) return undefined;
  for (const place of [folder, join(folder, 'lib'), join(folder, 'lib64')]) {
    const names = existsSync(place) ? readdirSync(place).sort() : [];
    const library = LIBRARIES.map((pattern) => names.find((name) => pattern.test(name))).find(
      (name) => name !== undefined,
    );
    if (library === undefined) continue;
    const framework = names.find((name) => FRAMEWORK.test(name));
    const libraries = framework === undefined ? [library] : [library, framework];
    const cuda = libraries.some((name) => mentions(join(place, name), CUDA_CALL));
    return { title: join(place, library), headers, folder: place, libraries, cuda };
  }
  return undefined;
}

/** Every build for CUDA asks CUDA's library by this name how many cards there are, and no other build does. */
const CUDA_CALL = Buffer.from('cudaGetDeviceCount');
/** Libraries have up to a gigabyte. */
const PIECE = 2 ** 24;

function mentions(path: string, word: Buffer): boolean {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE);
    // Pieces overlap, so that the word is whole in one of them.
    for (let at = 0; ; at += PIECE - word.length) {
      const length = readSync(file, piece, 0, PIECE, at);
      if (piece.subarray(0, length).includes(word)) return true;
      if (length < PIECE) return false;
    }
  } finally {
    closeSync(file);
  }
}
