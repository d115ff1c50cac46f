/** The formats that networks are read from, and which of them a file has: its contents decide, never its extension alone. */
import { extname } from 'node:path';
import type { NetworkFormat } from '../../../shared/contract/models.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { networkExtensions } from '../../../shared/networks.ts';
import { freeInput, pictureAxes, withoutOurNames, withRealPictures } from '../graph/picture-input.ts';
import type { Graph } from '../graph/graph.ts';
import { looksLikeCaffe, readCaffe, type CaffeHints } from './caffe/caffe.ts';
import { filesBeside } from './onnx/file.ts';
import { looksLikeOnnx } from './onnx/signature.ts';
import { readOnnx } from './onnx/onnx.ts';
import { unsupportedFormat } from './unsupported.ts';
import { looksLikeTensorflow, readTensorflow } from './tensorflow/tensorflow.ts';

export type FormatName = NetworkFormat;

/** A network's file, and what lies beside it. */
export interface NetworkFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The text of a Caffe network's description, where there is one. */
  readonly prototxt?: string;
}

/** What a file says of the pictures it was trained on, where its format can say it. */
export type FormatHints = CaffeHints;

export interface ReadNetwork {
  readonly format: FormatName;
  readonly graph: Graph;
  readonly hints: FormatHints;
  /** The shape of the pictures that the graph itself declares, in pixels; null where that is free. */
  readonly declared: { readonly width: number; readonly height: number } | null;
  /** Whether its pictures are declared as whole numbers, which are grey levels. */
  readonly levels: boolean;
  /** How many pictures it was exported for at a time; null where it is free, or one. */
  readonly batch: number | null;
  /** Files that hold its weights, as it names them, relative to its folder. */
  readonly external: readonly string[];
}

interface Format {
  readonly name: FormatName;
  readonly looksLike: (bytes: Uint8Array) => boolean;
  readonly read: (
    file: NetworkFile,
  ) => Pick<ReadNetwork, 'graph' | 'hints'> & { external?: readonly string[] };
}

function readOnnxFile({ bytes, path }: NetworkFile): ReturnType<Format['read']> {
  const beside = filesBeside(path);
  const external = new Set<string>();
  const graph = readOnnx(bytes, {
    external(location, offset, length) {
      external.add(location);
      return beside(location, offset, length);
    },
  });
  return { graph, hints: {}, external: [...external] };
}

const FORMATS: readonly Format[] = [
  {
    name: 'onnx',
    looksLike: looksLikeOnnx,
    read: readOnnxFile,
  },
  {
    name: 'tensorflow',
    looksLike: looksLikeTensorflow,
    read: ({ bytes }) => ({ graph: readTensorflow(bytes), hints: {} }),
  },
  {
    name: 'caffe',
    looksLike: looksLikeCaffe,
    read: ({ bytes, prototxt }) => readCaffe(bytes, prototxt),
  },
];

/** What a network's file may be called, with the dots. */
export const NETWORK_EXTENSIONS: readonly string[] = Object.values(networkExtensions).flat();

export const ACCEPTED =
  'an ONNX file (.onnx), a frozen TensorFlow graph (.pb), a Caffe network (.caffemodel, with its .prototxt or without) or a zip with one of them';

/**
 * The format of a file.
 * @throws `model/unsupported` for a network of another program, `model/unreadable` for what is none
 */
function formatOf({ bytes, path }: NetworkFile): Format {
  const extension = extname(path).toLowerCase();
  const possible = FORMATS.filter(({ looksLike }) => looksLike(bytes));
  const format = possible.find(({ name }) => networkExtensions[name].includes(extension)) ?? possible[0];
  if (format !== undefined) return format;
  const sentence = unsupportedFormat(bytes, extension);
  if (sentence !== undefined) throw new ReverieError('model/unsupported', sentence);
  const what = bytes.length === 0 ? 'The file is empty' : 'The file is no network that Reverie knows';
  throw new ReverieError('model/unreadable', `${what}; accepted are ${ACCEPTED}.`);
}

/**
 * Reads a network of any format; the size of its pictures becomes free where the network allows it.
 * @throws `model/unreadable`, `model/unsupported`
 */
export function readNetwork(file: NetworkFile): ReadNetwork {
  const format = formatOf(file);
  const { graph: read, hints, external = [] } = format.read(file);
  const graph = withRealPictures(withoutOurNames(read));
  const levels = read.inputs[0]?.type !== 'float32';
  return { format: format.name, graph: freeInput(graph), hints, external, levels, ...declaredBy(graph) };
}

/** The pictures that the graph itself declares; freeing its input forgets them. */
function declaredBy(graph: Graph): Pick<ReadNetwork, 'declared' | 'batch'> {
  const [input] = graph.inputs;
  if (input?.dims.length !== 4) return { declared: null, batch: null };
  const [batch = -1] = input.dims;
  const last = pictureAxes(graph, input).layout === 'NHWC';
  const [height = -1, width = -1] = input.dims.slice(last ? 1 : 2);
  const sizes = typeof height === 'number' && typeof width === 'number' && height > 0 && width > 0;
  return {
    declared: sizes ? { width, height } : null,
    batch: typeof batch === 'number' && batch > 1 ? batch : null,
  };
}

/** The format that a file's name announces; ONNX for a name that announces none. Its contents may say otherwise. */
export function formatOfName(path: string): FormatName {
  const extension = extname(path).toLowerCase();
  return FORMATS.find(({ name }) => networkExtensions[name].includes(extension))?.name ?? 'onnx';
}

/** What a file of a format is called where its own name says nothing. */
export function extensionOf(format: FormatName): string {
  return networkExtensions[format][0] ?? '.onnx';
}
