/** Mutations of files: of their bytes, of their protobuf fields, and of text. Each is made by a stream of random numbers alone. */
import { choose, uniformInteger, type Random } from '../../ascent/random.ts';
import { copyWire, parseWire, writeWire, type WireField } from './wire-tree.ts';

/** A changed copy of some bytes; `other` is a file to take parts from. */
type Mutation = (bytes: Uint8Array, next: Random, other: Uint8Array) => Uint8Array;

const below = (next: Random, limit: number): number => uniformInteger(next, 0, Math.max(0, limit - 1));

/** Where a run of bytes begins and ends, most often a short one. */
function run(next: Random, length: number): [number, number] {
  const begin = below(next, length);
  const most = next() < 0.7 ? 16 : length;
  return [begin, Math.min(length, begin + 1 + below(next, most))];
}

const flipBits: Mutation = (bytes, next) => {
  const copy = Uint8Array.from(bytes);
  for (let i = 0; i <= below(next, 8); i++) {
    const at = below(next, copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << below(next, 8));
  }
  return copy;
};

const overwrite: Mutation = (bytes, next) => {
  const copy = Uint8Array.from(bytes);
  const [begin, end] = run(next, copy.length);
  const filler = choose(next, [0, 0x7f, 0x80, 0xff, -1]);
  for (let i = begin; i < end; i++) copy[i] = filler < 0 ? below(next, 256) : filler;
  return copy;
};

const truncate: Mutation = (bytes, next) => bytes.subarray(0, below(next, bytes.length));

const remove: Mutation = (bytes, next) => {
  const [begin, end] = run(next, bytes.length);
  return Buffer.concat([bytes.subarray(0, begin), bytes.subarray(end)]);
};

const duplicate: Mutation = (bytes, next) => {
  const [begin, end] = run(next, bytes.length);
  const copies = Array.from({ length: 1 + below(next, 3) }, () => bytes.subarray(begin, end));
  return Buffer.concat([bytes.subarray(0, end), ...copies, bytes.subarray(end)]);
};

const splice: Mutation = (bytes, next, other) =>
  Buffer.concat([bytes.subarray(0, below(next, bytes.length)), other.subarray(below(next, other.length))]);

/** Mutations for any file. */
export const byteMutations: readonly [Mutation, ...Mutation[]] = [
  flipBits,
  overwrite,
  truncate,
  remove,
  duplicate,
  splice,
];

const NUMBERS: readonly [bigint, ...bigint[]] = [
  ...([0n, 1n, 2n, 3n, 7n, 255n, 4096n, 65_537n, 1_000_000n] as const),
  ...([2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 53n, 2n ** 63n - 1n] as const),
  ...([-1n, -2n, -(2n ** 31n), -(2n ** 63n)] as const),
];

/** A field anywhere in a tree, with the list that it is in. */
interface Place {
  readonly siblings: WireField[];
  readonly field: WireField;
}

function placesOf(fields: WireField[]): Place[] {
  return fields.flatMap((field) => [
    { siblings: fields, field },
    ...(field.children === null ? [] : placesOf(field.children)),
  ]);
}

/** Changes one field; the claimed length where it shall lie about that. */
function changeField(places: readonly [Place, ...Place[]], next: Random): Map<WireField, number> {
  const { siblings, field } = choose(next, places);
  const other = choose(next, places).field;
  const at = siblings.indexOf(field);
  const lies = new Map<WireField, number>();
  switch (below(next, 9)) {
    case 0:
      siblings.splice(at, 1);
      break;
    case 1:
      // Few of them, or so many that what takes the square of their number is noticed.
      siblings.splice(at, 0, ...new Array<WireField>(next() < 0.02 ? 5000 : 1 + below(next, 4)).fill(field));
      break;
    case 2:
      // A copy: it may be what this list is part of.
      siblings.splice(below(next, siblings.length), 0, { ...other, children: null });
      break;
    case 3:
      field.number = 1 + below(next, 24);
      break;
    case 4:
      // Deeper than anything is nested that exists.
      for (let i = 0; i < 1 + below(next, 200); i++)
        siblings[at] = { ...field, children: [siblings[at] ?? field] };
      break;
    case 5:
      lies.set(field, choose(next, [0, 1, 127, 65_536, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 40]));
      break;
    default:
      changeContent(field, other, next);
  }
  return lies;
}

/** Another number, or the text or data of another field: names that lead elsewhere, other operators, other sizes. */
function changeContent(field: WireField, other: WireField, next: Random): void {
  if (field.wire === 0) field.value = choose(next, NUMBERS);
  else if (other.wire === field.wire && next() < 0.6) {
    field.bytes = other.bytes;
    field.children = null;
  } else {
    const length = field.wire === 2 ? below(next, 24) : field.bytes.length;
    field.bytes = Uint8Array.from({ length }, () => below(next, 256));
    field.children = null;
  }
}

const isAny = (places: Place[]): places is [Place, ...Place[]] => places.length > 0;

/** The trees of the files that were mutated before. */
const trees = new WeakMap<Uint8Array, WireField[]>();

function treeOf(bytes: Uint8Array): WireField[] {
  const known = trees.get(bytes) ?? parseWire(bytes);
  if (known === null) throw new Error('Only protobuf messages have fields.');
  trees.set(bytes, known);
  return copyWire(known);
}

/** Changes of one to three fields of a protobuf message; the lengths around them are right. */
export const fieldMutation: Mutation = (bytes, next) => {
  const fields = treeOf(bytes);
  const lies = new Map<WireField, number>();
  for (let i = 0; i <= below(next, 3); i++) {
    const places = placesOf(fields);
    if (!isAny(places)) break;
    for (const [field, claim] of changeField(places, next)) lies.set(field, claim);
  }
  return writeWire(fields, (field) => lies.get(field));
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const WORDS = ['{', '}', ':', '"', '[', ']', ',', '#', '-1', '0', '1e400', '99999999999', 'null', '\\', '\n'];

/** Words taken out, doubled, exchanged or replaced. */
export const textMutation: Mutation = (bytes, next, other) => {
  const words = (text: Uint8Array): string[] => decoder.decode(text).match(/\w+|\s+|[^\w\s]/g) ?? [];
  const all = words(bytes);
  const theirs = words(other);
  for (let i = 0; i <= below(next, 4); i++) {
    const at = below(next, all.length);
    const source = choose(next, [WORDS, all, theirs]);
    const word = source[below(next, source.length)] ?? '';
    const times = next() < 0.1 ? 1 + below(next, 2000) : 1;
    all.splice(at, below(next, 3), ...new Array<string>(times).fill(word));
  }
  return encoder.encode(all.join(''));
};
