/** Networks of a few kilobytes as files to import. */
import { writeTinyModel } from '../../main/engine/testing/tiny-model.ts';

export { writeCaffemodel } from '../../main/engine/testing/tiny-caffemodel.ts';

/** Writes `<name>.onnx` and `<name>.json`, the card that says how it takes pictures, into a folder; both paths. */
export function writeNetwork(path: string): [network: string, card: string] {
  writeTinyModel(path, { title: 'A tiny network' });
  return [path, path.replace(/\.onnx$/, '.json')];
}
