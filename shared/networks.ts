/** What files of networks are called. Their contents decide what they are; names only sort what somebody drops. */
import type { NetworkFormat } from './contract/models.ts';

/** By format, the usual one first. */
export const networkExtensions: Readonly<Record<NetworkFormat, readonly string[]>> = {
  onnx: ['.onnx'],
  tensorflow: ['.pb'],
  caffe: ['.caffemodel', '.binaryproto'],
};

/** Networks that can be used, and zips that may hold one. */
const IMPORTABLE = [...Object.values(networkExtensions).flat(), '.zip'];

/** Networks of other programs, and halves of networks: Reverie says how to convert or complete them. */
const STRANGE =
  '.pt .pth .ckpt .h5 .hdf5 .keras .tflite .safetensors .mlmodel .mlpackage .pbtxt .prototxt'.split(' ');

/** What file dialogs offer. */
export const ACCEPTED_NETWORKS = [...IMPORTABLE, '.prototxt', '.json', '.txt'].join(',');

/** Whether a file is called like a network that can be used. */
export function isNetworkName(name: string): boolean {
  return endsIn(name, IMPORTABLE);
}

/** Whether a file is called like a network that something must be said about before it can be used. */
export function isStrangeName(name: string): boolean {
  return endsIn(name, STRANGE);
}

function endsIn(name: string, extensions: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return extensions.some((extension) => lower.endsWith(extension));
}
