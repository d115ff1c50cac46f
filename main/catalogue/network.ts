/** One network of the catalogue, and how its entry is checked. */
import * as v from 'valibot';
import {
  flag,
  isRecord,
  list,
  matching,
  object,
  oneOf,
  orNull,
  read,
  text,
  whole,
} from '../../shared/schema.ts';

/** How pictures become its input, as in a model card: value = (pixel − mean) / std, pixel 0…255, in `channelOrder`. */
interface NetworkInput {
  /** As Reverie reads the network: TensorFlow's graphs, too, have their channels first by then. */
  readonly layout: 'NCHW' | 'NHWC';
  readonly channelOrder: 'RGB' | 'BGR';
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Side of the square pictures that it was trained on. */
  readonly size: number;
}

/** A file inside a download. */
interface PackedFile {
  readonly file: string;
  readonly sha256: string;
}

export interface CatalogueNetwork {
  /** What it is called once it is installed. */
  readonly id: string;
  readonly title: string;
  readonly short: string;
  readonly knownFor: string;
  /** Name of the file that is downloaded. */
  readonly file: string;
  readonly format: 'onnx' | 'tensorflow' | 'caffe';
  /** Tried in this order; all give the same file. */
  readonly addresses: readonly string[];
  /** Size of the download; `null` where its publisher does not state it. */
  readonly bytes: number | null;
  /** The size, or about the size. */
  readonly bytesAbout: number;
  readonly sha256: string;
  readonly licence: { readonly name: string; readonly url: string | null };
  readonly source: string;
  /** What is of use inside a download that is a zip. */
  readonly contents: { readonly network: PackedFile; readonly labels: PackedFile | null } | null;
  readonly input: NetworkInput;
  /** Whether its publisher states the input; otherwise it is assumed from the kind of network. */
  readonly inputStated: boolean;
  /** Tensor of the class scores, where the end of the network does not show it. */
  readonly logits: string | null;
  /** A shipped list of class names, or a file of the contents. */
  readonly labels: string | null;
}

const hash = matching(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
const fileName = matching(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'the name of a file');
const HTTPS = 'must be an https address';
const https = v.pipe(
  v.string(HTTPS),
  v.check((value) => URL.canParse(value) && new URL(value).protocol === 'https:', HTTPS),
);
const packed = object({ file: fileName, sha256: hash });
/** A grey level for each colour. */
const levels = (least: number) => {
  const message = `must be a grey level of at least ${least}, and at most 255`;
  const level = v.pipe(v.number(message), v.minValue(least, message), v.maxValue(255, message));
  return v.pipe(list(level), v.length(3, 'must have 3 values'));
};

const entry = object({
  id: matching(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/, 'small letters, digits, dots and hyphens'),
  title: text,
  short: text,
  knownFor: text,
  file: fileName,
  format: oneOf(['onnx', 'tensorflow', 'caffe']),
  addresses: list(https, 1),
  bytes: v.nullable(whole(1)),
  bytesAbout: v.optional(whole(1)),
  sha256: hash,
  licence: object({ name: text, url: orNull(https) }),
  source: text,
  contents: orNull(object({ network: packed, labels: orNull(packed) })),
  input: object({
    layout: oneOf(['NCHW', 'NHWC']),
    channelOrder: oneOf(['RGB', 'BGR']),
    mean: levels(0),
    std: levels(Number.MIN_VALUE),
    size: whole(1),
  }),
  inputStated: flag,
  logits: orNull(text),
  labels: v.nullable(text),
});

/** @throws Error naming the entry and what is wrong with it */
export function parseNetwork(value: unknown): CatalogueNetwork {
  const name = isRecord(value) ? JSON.stringify(value['id']) : 'an entry';
  const refuse = (problem: string): Error => new Error(`In the catalogue, ${name} is wrong: ${problem}.`);
  const { bytesAbout, ...network } = read(entry, value, 'it', refuse);
  const about = network.bytes ?? bytesAbout;
  if (about === undefined) throw refuse('bytesAbout is missing');
  return { ...network, bytesAbout: about };
}
