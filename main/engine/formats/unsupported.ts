/** Files of networks that other programs keep, which Reverie does not read: each is told how to be converted. */
import { looksLikePrototxt } from './caffe/caffe.ts';

interface UnsupportedFormat {
  readonly sentence: string;
  matches(bytes: Uint8Array, extension: string): boolean;
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, 16_384));

const TORCH =
  'This is a PyTorch file, which holds weights or Python objects but no network: export it with torch.onnx.export(model, torch.zeros(1, 3, 224, 224), "network.onnx") and bring that file.';

const UNSUPPORTED: readonly UnsupportedFormat[] = [
  {
    sentence: TORCH,
    // A pickle: the protocol's number, then PyTorch's own magic number or a dictionary of tensors.
    matches: (bytes, extension) =>
      (bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5) ||
      (/^\.(pt|pth)$/.test(extension) && startsWith(bytes, 'PK')),
  },
  {
    sentence:
      'This is an HDF5 file, as Keras saves: load it with Keras and convert it with tf2onnx (python -m tf2onnx.convert), or save it as a frozen graph.',
    matches: (bytes) => startsWith(bytes, '\x89HDF\r\n\x1a\n'),
  },
  {
    sentence:
      'This is a TensorFlow Lite file: convert it with tf2onnx (python -m tf2onnx.convert --tflite network.tflite --output network.onnx).',
    matches: (bytes) => startsWith(bytes, 'TFL3', 4),
  },
  {
    sentence:
      'This is a safetensors file, which holds weights but no network: export the network it belongs to as ONNX.',
    matches: isSafetensors,
  },
  {
    sentence:
      'This is a Core ML model: convert the network it was made from to ONNX, or bring its original ONNX or Caffe file.',
    matches: (bytes, extension) => extension === '.mlmodel' && bytes[0] === 0x08,
  },
  {
    sentence:
      'This .prototxt describes a Caffe network without its weights: bring the .caffemodel that belongs to it, with the .prototxt beside it.',
    matches: (bytes) => looksLikePrototxt(text(bytes)),
  },
  {
    sentence: 'This is a TensorFlow graph in text form (.pbtxt): write it in binary form (as_text=False).',
    matches: (bytes) => /^\s*(#.*\s+)*node\s*\{\s*name\s*:/.test(text(bytes)),
  },
];

/** A length of a JSON header, then the header. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 16 || bytes[8] !== 0x7b) return false;
  const header = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return header <= BigInt(bytes.length - 8);
}

/** What to do with a file that is a network of a format that is not read; nothing for any other file. */
export function unsupportedFormat(bytes: Uint8Array, extension: string): string | undefined {
  return UNSUPPORTED.find((format) => format.matches(bytes, extension))?.sentence;
}

/** What to do with a zip that holds one of those, told by the names in it. */
export function unsupportedZip(names: readonly string[]): string | undefined {
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return TORCH;
  if (names.some((name) => /(^|\/)model\.weights\.h5$/.test(name)))
    return 'This is a Keras file: convert it with tf2onnx (python -m tf2onnx.convert), or save the model as a frozen graph.';
  if (names.some((name) => /(^|\/)saved_model\.pb$/.test(name))) return SAVED_MODEL;
  return undefined;
}

/** About a folder or a zip of a SavedModel. */
export const SAVED_MODEL =
  'This is a TensorFlow SavedModel, which keeps its weights in other files: convert it with tf2onnx (python -m tf2onnx.convert --saved-model folder --output network.onnx), or freeze it into one graph.';
