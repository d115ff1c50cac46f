/** Rotary positions: pairs of features are turned by angles that grow with the place of a token (Su et al. 2021). */
import { float, int, type Name } from '../graph.ts';
import { Composer } from './composer.ts';
import type { Rewrite } from './rewrite.ts';

/** What to turn: [batch, heads, length, size], or with the heads behind the length. */
interface Turned {
  readonly x: Name;
  readonly heads: 1 | 2;
  /** Features of each head, and how many of them are turned, from the first on. */
  readonly size: number;
  readonly turned: number;
  /** Cosines and sines, [batch, length, turned / 2]. */
  readonly cos: Name;
  readonly sin: Name;
}

function rotated(c: Composer, { x, heads, size, turned, cos, sin }: Turned): Name {
  const sizes = c.ints([turned, size - turned], 'parts');
  const [first = x, rest] =
    turned === size ? [x] : c.ops('Split', [x, sizes], ['turned', 'rest'], { axis: 3 });
  const alternating = int(c.node, 'interleaved', 0) !== 0;
  const pairs = alternating ? c.reshape(first, [0, 0, 0, -1, 2], 'pairs') : first;
  const axis = alternating ? 4 : 3;
  const halves = { axis, num_outputs: 2 };
  const [a = '', b = ''] = c.ops('Split', [pairs], ['even', 'odd'], halves);
  const stretched = (table: Name, part: string): Name =>
    c.op('Unsqueeze', [table, c.ints(alternating ? [heads, 4] : [heads], `${part}-axes`)], part);
  const [cosine, sine] = [stretched(cos, 'cosine'), stretched(sin, 'sine')];
  const product = (p: Name, q: Name, part: string): Name => c.op('Mul', [p, q], part);
  const real = c.op('Sub', [product(a, cosine, 'ac'), product(b, sine, 'bs')], 'real');
  const imaginary = c.op('Add', [product(a, sine, 'as'), product(b, cosine, 'bc')], 'imaginary');
  const joined = c.op('Concat', [real, imaginary], 'joined', { axis });
  const all = alternating ? c.reshape(joined, [0, 0, 0, turned], 'flat') : joined;
  return rest === undefined ? all : c.op('Concat', [all, rest], 'whole', { axis: 3 });
}

/** Reads the tables of each token, and turns a tensor whose heads are an axis of their own or lie within its features. */
function rotary(c: Composer, heads: number, cos: Name, sin: Name): ReturnType<Rewrite> {
  const x = c.input(0);
  const dims = c.dims(x);
  const within = dims.length === 3;
  const features = dims.at(-1) ?? 0;
  const size = within ? features / heads : features;
  const turned = int(c.node, 'rotary_embedding_dim', 0) || size;
  if (!Number.isInteger(size) || !(turned <= size) || turned % 2 !== 0)
    c.refuse(`turns ${turned} of ${features} features of ${within ? heads : (dims[1] ?? 1)} heads`);
  if (!within) return c.done(rotated(c, { x, heads: 1, size, turned, cos, sin }));
  const split = c.reshape(x, [0, 0, heads, size], 'heads');
  const result = rotated(c, { x: split, heads: 2, size, turned, cos, sin });
  return c.last('Reshape', [result, c.ints([0, 0, features], 'shape')]);
}

/** The rows of a table that positions name. */
const looked = (c: Composer, table: Name, positions: Name, part: string): Name =>
  positions === '' ? table : c.op('Gather', [table, positions], part, { axis: 0 });

const standard: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  const positions = c.optional(3);
  const heads = int(node, 'num_heads', 0);
  if (c.dims(c.input(0)).length === 3 && heads < 1) c.refuse('does not say how many heads it has');
  const [cos, sin] = [looked(c, c.input(1), positions, 'cos'), looked(c, c.input(2), positions, 'sin')];
  return rotary(c, heads, cos, sin);
};

const microsoft: Rewrite = (node, at) => {
  const c = new Composer(node, at);
  if (int(node, 'is_packed_batching', 0) !== 0)
    c.refuse('takes pictures of several lengths packed into one; export the network without packing');
  if (float(node, 'scale', 1) !== 1)
    c.refuse('scales what it turns; export the network with standard operators');
  const [x, given, cos, sin] = [c.input(0), c.input(1), c.input(2), c.input(3)];
  const dims = c.dims(x);
  const features = dims.at(-1) ?? 0;
  // Without a number of heads, the tables say how large one is.
  const heads = int(node, 'num_heads', 0) || features / (2 * (c.dims(cos).at(-1) ?? 1));
  const positions = c.dims(given).length === 1 ? counted(c, x, given, dims.length - 2) : given;
  return rotary(c, heads, looked(c, cos, positions, 'cos'), looked(c, sin, positions, 'sin'));
};

/** Positions of all tokens, [1, length], from that of the first one, [1]. */
function counted(c: Composer, x: Name, first: Name, axis: number): Name {
  const shape = c.op('Shape', [x], 'x-shape');
  const length = c.op('Gather', [shape, c.index(axis, 'length-axis')], 'length', { axis: 0 });
  const range = c.op('Range', [c.index(0, 'zero'), length, c.index(1, 'one')], 'range');
  const positions = c.op('Add', [range, first], 'positions');
  return c.op('Unsqueeze', [positions, c.ints([0], 'row')], 'position-row');
}

export const rotaryRewrites: Readonly<Record<string, Rewrite>> = {
  RotaryEmbedding: standard,
  'com.microsoft.RotaryEmbedding': microsoft,
};
