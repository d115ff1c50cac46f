/** A network of a few kilobytes as a file to import, with the card that says how it takes pictures. */
import { writeTinyModel } from '../../main/engine/testing/tiny-model.ts';

/** Writes `<name>.onnx` and `<name>.json` into a folder; both paths. */
export function writeNetwork(path: string): [network: string, card: string] {
  writeTinyModel(path, { title: 'A tiny network' });
  return [path, path.replace(/\.onnx$/, '.json')];
}
