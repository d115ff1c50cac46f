/** One network of the catalogue, and how its entry is checked. */
import { isRecord } from '../../shared/recipes/fields.ts';

/** How pictures become its input, as in a model card: value = (pixel − mean) / std, pixel 0…255, in `channelOrder`. */
export interface NetworkInput {
  /** As Reverie reads the network: TensorFlow's graphs, too, have their channels first by then. */
  readonly layout: 'NCHW' | 'NHWC';
  readonly channelOrder: 'RGB' | 'BGR';
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Side of the square pictures that it was trained on. */
  readonly size: number;
}

/** A file inside a download. */
export interface PackedFile {
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

const HASH = /^[0-9a-f]{64}$/;
const ID = /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/;
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** @throws Error naming the entry and what is wrong with it */
export function parseNetwork(value: unknown): CatalogueNetwork {
  if (!isRecord(value)) throw new Error('A network of the catalogue must be an object.');
  const id = matching(value['id'], ID, 'id', JSON.stringify(value['id']));
  const entry = new Entry(id, value);
  const bytes = value['bytes'] === null ? null : entry.positive('bytes');
  const addresses = entry.list('addresses', isHttps);
  if (addresses.length === 0) throw entry.wrong('addresses', 'must name at least one');
  return {
    id,
    title: entry.text('title'),
    short: entry.text('short'),
    knownFor: entry.text('knownFor'),
    file: matching(value['file'], FILE, 'file', id),
    format: entry.oneOf('format', ['onnx', 'tensorflow', 'caffe']),
    addresses,
    bytes,
    bytesAbout: bytes ?? entry.positive('bytesAbout'),
    sha256: matching(value['sha256'], HASH, 'sha256', id),
    licence: parseLicence(entry.inside('licence')),
    source: entry.text('source'),
    contents: value['contents'] === undefined ? null : parseContents(entry.inside('contents')),
    input: parseInput(entry.inside('input')),
    inputStated: entry.boolean('inputStated'),
    logits: value['logits'] === undefined ? null : entry.text('logits'),
    labels: value['labels'] === null ? null : entry.text('labels'),
  };
}

function parseLicence(entry: Entry): CatalogueNetwork['licence'] {
  const url = entry.value['url'] === undefined ? null : entry.text('url');
  if (url !== null && !isHttps(url)) throw entry.wrong('url', 'must be an https address');
  return { name: entry.text('name'), url };
}

function parseContents(entry: Entry): NonNullable<CatalogueNetwork['contents']> {
  const packed = (key: string): PackedFile => {
    const file = entry.inside(key);
    return {
      file: matching(file.value['file'], FILE, 'file', file.name),
      sha256: matching(file.value['sha256'], HASH, 'sha256', file.name),
    };
  };
  return {
    network: packed('network'),
    labels: entry.value['labels'] === undefined ? null : packed('labels'),
  };
}

function parseInput(entry: Entry): NetworkInput {
  const input: NetworkInput = {
    layout: entry.oneOf('layout', ['NCHW', 'NHWC']),
    channelOrder: entry.oneOf('channelOrder', ['RGB', 'BGR']),
    mean: entry.list('mean', isLevel),
    std: entry.list('std', (value): value is number => isLevel(value) && value > 0),
    size: entry.positive('size'),
  };
  if (input.mean.length !== 3 || input.std.length !== 3)
    throw entry.wrong('mean', 'and std must have 3 values');
  return input;
}

/** An object of the catalogue, whose values are asked for by their names. */
class Entry {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;

  constructor(name: string, value: Readonly<Record<string, unknown>>) {
    this.name = name;
    this.value = value;
  }

  text(key: string): string {
    const value = this.value[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw this.wrong(key, 'must be a text');
  }

  boolean(key: string): boolean {
    const value = this.value[key];
    if (typeof value === 'boolean') return value;
    throw this.wrong(key, 'must be true or false');
  }

  positive(key: string): number {
    const value = this.value[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    throw this.wrong(key, 'must be a whole number above 0');
  }

  oneOf<const Word extends string>(key: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === this.value[key]);
    if (found !== undefined) return found;
    throw this.wrong(key, `must be one of ${words.join(', ')}`);
  }

  list<Item>(key: string, is: (item: unknown) => item is Item): Item[] {
    const value = this.value[key];
    if (Array.isArray(value) && value.every((item: unknown) => is(item))) return value;
    throw this.wrong(key, 'must be a list of what belongs there');
  }

  inside(key: string): Entry {
    const value = this.value[key];
    if (isRecord(value)) return new Entry(`${this.name}.${key}`, value);
    throw this.wrong(key, 'must be an object');
  }

  wrong(key: string, problem: string): Error {
    return new Error(`In the catalogue, ${key} of ${this.name} ${problem}.`);
  }
}

function matching(value: unknown, form: RegExp, key: string, name: string): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw new Error(`In the catalogue, ${key} of ${name} must match ${String(form)}.`);
}

function isHttps(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:';
}

/** A grey level. */
function isLevel(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 255;
}
