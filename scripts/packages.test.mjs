/** What npm installs: nothing runs, and TensorFlow's add-on, which downloads a library, is left to those who want it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './setup.mjs';

const read = (name) => readFileSync(join(root, name), 'utf8');
const { packages } = JSON.parse(read('package-lock.json'));

it('no script of a package runs, and none that is needed has one', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  const withScripts = Object.keys(packages).filter((path) => packages[path].hasInstallScript);
  // The first packs for an installer of Windows that is not built; the second compiles what also comes compiled, in a package
  // for each system; the third fetches CUDA; the last, of a library that specs alone use, compares versions.
  expect(withScripts).toEqual([
    'node_modules/electron-winstaller',
    'node_modules/koffi',
    'node_modules/onnxruntime-node',
    'node_modules/onnxruntime-web/node_modules/protobufjs',
  ]);
  expect(packages).toHaveProperty(['node_modules/@koromix/koffi-linux-x64']);
});

it("TensorFlow's add-on with CUDA may be beside the program, and is not brought", () => {
  const { peerDependencies, peerDependenciesMeta } = JSON.parse(read('package.json'));
  expect(peerDependencies).toEqual({ '@tensorflow/tfjs-node-gpu': '4.22.0' });
  expect(peerDependenciesMeta).toEqual({ '@tensorflow/tfjs-node-gpu': { optional: true } });
  expect(Object.keys(packages).filter((path) => path.includes('tfjs-node'))).toEqual([]);
});
