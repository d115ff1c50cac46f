/** Small networks for tests: layers as text, with weights in a file of version 2 by the names of the layers. */
import { float32, sizeOf, type FloatTensor, type Tensor } from '../../../graph/tensor.ts';
import { readCaffe, type CaffeNetwork } from '../caffe.ts';
import { writeCaffe } from './write-caffe.ts';

export type Weights = Readonly<Record<string, readonly Tensor[]>>;

/** A file that holds weights and nothing about how layers are connected. */
export function weightsFile(weights: Weights): Uint8Array {
  const layers = Object.entries({ unused: [], ...weights });
  return writeCaffe(
    2,
    layers.map(([name, blobs]) => ({ name, type: 'Any', bottom: [], top: [], blobs })),
  );
}

/** The network of some layers behind an image input `x` of the given shape. */
export function described(
  layers: string,
  weights: Weights = {},
  dims: readonly number[] = [1, 3, 8, 8],
): CaffeNetwork {
  const shape = dims.map((size) => `dim: ${size}`).join(' ');
  return readCaffe(weightsFile(weights), `name: "test" input: "x" input_shape { ${shape} }\n${layers}`);
}

/** Values between -1 and 1, the same every time and different everywhere. */
export function waves(dims: readonly number[], seed = 1): FloatTensor {
  return float32(
    Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233)),
    dims,
  );
}
