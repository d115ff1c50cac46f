/** Files that somebody made to do harm, or that broke: each is refused in one sentence, soon, and nothing is left behind. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CHANGES } from '../../../../shared/contract/network-card.ts';
import { writeCaffe } from '../../formats/caffe/testing/write-caffe.ts';
import { ElementType, type GraphProto, type TensorProto } from '../../formats/onnx/schema.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { model, tensorType } from '../../formats/onnx/testing/samples.ts';
import {
  attr,
  constant,
  FLOAT,
  graphDef,
  node,
  placeholder,
  tensorProto,
} from '../../formats/tensorflow/testing/graph-def.ts';
import { bytes, integer, join as fields } from '../../formats/tensorflow/testing/wire.ts';
import { seededRandom } from '../../gradient/testing/random.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { float32, int64, type Tensor } from '../../graph/tensor.ts';
import { attempt } from '../../testing/fuzz/attempt.ts';
import { networks, WEIGHTS } from '../../testing/fuzz/seeds.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import { writeZip } from '../../testing/zip-writer.ts';
import { importNetwork } from './install.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reverie-hostile-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

type Files = Readonly<Record<string, Uint8Array | string>>;

/** Brings the first of some files, which lie in one folder. */
async function bring(files: Files): Promise<void> {
  const folder = join(home, 'given');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const [name = ''] = Object.keys(files);
  await importNetwork(
    { file: { path: join(folder, name), name }, companions: null, changes: NO_CHANGES },
    home,
  );
}

/** The sentence that files are refused with, after what every refusal is held to. */
async function refused(files: Files): Promise<string> {
  let sentence = '';
  const brought = await attempt(async () => {
    try {
      await bring(files);
    } catch (error) {
      sentence = error instanceof Error ? error.message : '';
      throw error;
    }
  });
  expect(brought).toBe(false);
  expect(readdirSync(join(home, 'models'))).toEqual([]);
  return sentence;
}

const tiny = writeOnnx(tinyGraph);

describe('cut off', () => {
  it.each(networks.filter(({ name }) => name !== 'prototxt'))(
    '$name, at every power of two',
    async ({ bytes: whole, extension }) => {
      const beside = { [WEIGHTS.name]: WEIGHTS.bytes };
      for (let length = 1; length < whole.length; length *= 2)
        await refused({ [`cut${extension}`]: whole.subarray(0, length), ...beside });
    },
  );

  it('a zip, at every power of two', async () => {
    const zip = writeZip({ name: 'net.onnx', data: tiny });
    for (let length = 1; length < zip.length; length *= 2)
      await refused({ 'cut.zip': zip.subarray(0, length) });
  });
});

it.each(['.onnx', '.pb', '.caffemodel', '.zip', '.bin'])('random bytes, %s', async (extension) => {
  for (let seed = 0; seed < 8; seed++) {
    const next = seededRandom(seed);
    const noise = Uint8Array.from({ length: 4 ** seed }, () => Math.floor(next.uniform() * 256));
    await refused({ [`noise${extension}`]: noise });
  }
});

/** A length of `size` that nothing follows. */
const claim = (field: number, size: number): Uint8Array => {
  const whole = bytes(field, new Uint8Array(0));
  return fields(whole.subarray(0, whole.length - 1), integer(1, size).subarray(1));
};
const nested = (field: number, depth: number): Uint8Array => {
  // Written from the inside outwards, with the lengths that belong to it.
  const parts: Uint8Array[] = [];
  for (let i = 0, size = 0; i < depth; i++) {
    const head = fields(claim(field, size));
    parts.push(head);
    size += head.length;
  }
  return Buffer.concat(parts.reverse());
};
const float = (dims: readonly number[], more: TensorProto = {}): TensorProto => ({
  name: 'w',
  dims,
  dataType: ElementType.FLOAT,
  ...more,
});
const conv = (weight: TensorProto): Uint8Array =>
  model({ node: [{ opType: 'Conv', input: ['x', 'w'], output: ['y'] }], initializer: [weight] });
/** So many copies of a field. */
const many = (field: Uint8Array, count: number): Buffer =>
  Buffer.alloc(field.length * count, Buffer.from(field));

describe('bombs of protobuf', () => {
  it.each<[string, Files]>([
    ['a graph of 2 GiB in ten bytes', { 'a.onnx': claim(7, 2 ** 31 - 1) }],
    ['a graph of 4 GiB behind a version', { 'a.onnx': fields(integer(1, 8), claim(7, 2 ** 32 - 1)) }],
    ['a node of 2 GiB', { 'a.pb': claim(1, 2 ** 31 - 1) }],
    ['a layer of 2 GiB', { 'a.caffemodel': claim(100, 2 ** 31 - 1) }],
    ['a graph within a graph, 50000 deep', { 'a.onnx': fields(integer(1, 8), nested(7, 50_000)) }],
    ['a node within a node, 50000 deep', { 'a.pb': nested(1, 50_000) }],
    ['a layer within a layer, 50000 deep', { 'a.caffemodel': nested(100, 50_000) }],
    ['groups without end', { 'a.onnx': new Uint8Array(200_000).fill((7 << 3) | 3) }],
    ['ten million empty nodes', { 'a.onnx': fields(integer(1, 8), bytes(7, many(bytes(1, ''), 1e7))) }],
    ['ten million empty nodes', { 'a.pb': many(bytes(1, ''), 1e7) }],
    ['ten million empty layers', { 'a.caffemodel': many(bytes(100, ''), 7e6) }],
    [
      'ten million sizes of a shape',
      { 'a.onnx': fields(integer(1, 8), bytes(7, bytes(5, bytes(1, new Uint8Array(1e7))))) },
    ],
    ['a shape of a hundred thousand sizes', { 'a.onnx': conv(float(new Array<number>(1e5).fill(1))) }],
    ['half a million inputs', { 'a.onnx': model({ input: new Array<object>(4e5).fill({ name: 'x' }) }) }],
    ['weights of 16 EiB', { 'a.onnx': conv(float([2 ** 31, 2 ** 31], { rawData: new Uint8Array(64) })) }],
    [
      'weights of 2 GB that lie elsewhere',
      {
        'a.onnx': conv(
          float([2 ** 29], { dataLocation: 1, externalData: [{ key: 'location', value: 'w.bin' }] }),
        ),
        'w.bin': new Uint8Array(64),
      },
    ],
    [
      'one number, repeated four billion times',
      {
        'a.pb': graphDef(
          placeholder('x'),
          node('w', 'Const', [], { value: attr.tensor(tensorProto(FLOAT, [65_536, 65_536], integer(5, 1))) }),
          node('y', 'MatMul', ['x', 'w']),
        ),
      },
    ],
    [
      'a prototxt of nothing but space',
      { 'a.caffemodel': writeCaffe(2, []), 'a.prototxt': `layer {${' '.repeat(3e7)}` },
    ],
    ['a prototxt of brackets', { 'a.caffemodel': writeCaffe(2, []), 'a.prototxt': 'layer {'.repeat(4e5) }],
    ['a card of brackets', { 'a.onnx': tiny, 'a.json': '['.repeat(1e6) }],
  ])('%s', async (_name, files) => {
    expect(await refused(files)).not.toBe('');
  });
});

const loop = (op: string, a: string, b: string): GraphProto => ({
  node: [
    { opType: op, name: 'first', input: ['x', b], output: [a] },
    { opType: 'Relu', name: 'second', input: [a], output: [b] },
  ],
  output: [{ name: b }],
});

describe('cycles', () => {
  it.each<[string, Files, RegExp]>([
    ['ONNX', { 'a.onnx': model(loop('Add', 'p', 'q')) }, /cyclic: node "\w+" depends on its own output/],
    [
      'a node that reads itself',
      { 'a.onnx': model({ node: [{ opType: 'Add', name: 'n', input: ['x', 'y'], output: ['y'] }] }) },
      /cyclic: node "n"/,
    ],
    [
      'TensorFlow',
      {
        'a.pb': graphDef(
          placeholder('x'),
          node('p', 'Add', ['x', 'q']),
          node('q', 'Relu', ['p']),
          node('y', 'Relu', ['p']),
        ),
      },
      /cycl|loop/,
    ],
    [
      'Caffe',
      {
        'a.caffemodel': writeCaffe(2, [
          { name: 'sum', type: 'Eltwise', bottom: ['x', 'q'], top: ['p'] },
          { name: 'relu', type: 'ReLU', bottom: ['p'], top: ['q'] },
        ]),
      },
      /"sum"/,
    ],
  ])('%s', async (_name, files, sentence) => {
    expect(await refused(files)).toMatch(sentence);
  });
});

/** `y` = op(`x`, …constants), for pictures of 16 × 16. */
function one(op: string, attributes: Node['attributes'], ...constants: readonly Tensor[]): Uint8Array {
  const named = constants.map((tensor, i) => [`c${i}`, tensor] as const);
  const graph: Graph = {
    name: 'one',
    inputs: [{ name: 'x', type: 'float32', dims: [1, 3, 16, 16] }],
    outputs: ['y'],
    nodes: [{ op, name: 'n', attributes, outputs: ['y'], inputs: ['x', ...named.map(([name]) => name)] }],
    constants: new Map(named),
  };
  return writeOnnx(graph);
}
const image = (...dims: number[]): Uint8Array =>
  model({ input: [{ name: 'x', type: tensorType(ElementType.FLOAT, ...dims) }] });
const filter = float32(new Float32Array(27), [1, 3, 3, 3]);
const far = Number.MAX_SAFE_INTEGER;

describe('impossible sizes', () => {
  it.each<[string, Uint8Array]>([
    ['negative weights', conv(float([-1, 3, 3, 3]))],
    ['weights of the most negative size', conv(float([-(2 ** 63)]))],
    ['a picture of five billion pixels a side', image(1, 3, 5e9, 5e9)],
    ['a picture of three hundred million channels', image(1, 3e8, 64, 64)],
    ['a window of two billion pixels', one('MaxPool', { kernel_shape: [2 ** 31, 2 ** 31] })],
    ['a window of none', one('MaxPool', { kernel_shape: [0, 0] })],
    ['a window of minus three', one('AveragePool', { kernel_shape: [-3, -3] })],
    ['steps of none', one('Conv', { strides: [0, 0] }, filter)],
    ['negative steps', one('Conv', { strides: [-1, -1] }, filter)],
    ['groups beyond count', one('Conv', { group: 2 ** 40 }, filter)],
    ['padding without end', one('Conv', { pads: [far, far, far, far] }, filter)],
    ['padding by a terabyte', one('Pad', {}, int64([0, 0, 2 ** 20, 2 ** 20, 0, 0, 0, 0]))],
    ['a negative reshape', one('Reshape', {}, int64([-5, 3]))],
    ['an enormous reshape', one('Reshape', {}, int64([far, far]))],
    ['a stretch without end', one('Expand', {}, int64([far, 3, 16, 16]))],
    ['tiles without end', one('Tile', {}, int64([1, 1, 2 ** 30, 2 ** 30]))],
    ['a resize by a billion', one('Resize', {}, float32([]), float32([1, 1, 1e9, 1e9]))],
    ['an axis that is not there', one('Concat', { axis: 99 })],
  ])('%s', async (_name, network) => {
    expect(await refused({ 'a.onnx': network })).toMatch(/"|\[/);
  });
});

/** `y` is reached from `x` through nodes with these names. */
const chain = (op: string, names: readonly string[]): Graph => ({
  name: 'chain',
  inputs: [{ name: 'x', type: 'float32', dims: [1, 3, 16, 16] }],
  outputs: [names.at(-1) ?? ''],
  nodes: names.map((name, i) => {
    const from = names[i - 1] ?? 'x';
    return { op, name, attributes: {}, inputs: op === 'Relu' ? [from] : [from, from], outputs: [name] };
  }),
  constants: new Map(),
});
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `layer${i}`);

describe('legal, and soon done with', () => {
  it.each<[string, Graph]>([
    ['twenty thousand layers', chain('Relu', numbered(20_000))],
    ['a name of fifty thousand scopes', chain('Relu', [`${'a/'.repeat(50_000)}Relu`])],
    [
      'a name that a pattern could lose itself in',
      chain('Relu', ['features.1.'.repeat(20_000), 'classifier.1']),
    ],
    [
      'a thousand long names',
      chain(
        'Relu',
        numbered(1000).map((name) => `${'encoder/layers.'.repeat(100)}${name}/Relu`),
      ),
    ],
    ['sums of sums', chain('Add', numbered(200))],
  ])('%s', async (_name, graph) => {
    expect(await attempt(() => bring({ 'a.onnx': writeOnnx(graph) }))).toBe(true);
  });

  it('what doubles with every layer is refused', async () => {
    const graph = chain('Concat', numbered(40));
    const nodes = graph.nodes.map((node) => ({ ...node, attributes: { axis: 1 } }));
    expect(await refused({ 'a.onnx': writeOnnx({ ...graph, nodes }) })).toMatch(/more than \d+ elements/);
  });
});

describe('weights that lie outside', () => {
  const outside = (location: string): Uint8Array =>
    conv(float([1, 3, 1, 1], { dataLocation: 1, externalData: [{ key: 'location', value: location }] }));

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    '../secret.bin',
    'a/../../secret.bin',
    '.',
    '..',
    '',
    '\0',
    '/dev/zero',
  ])('%j', async (location) => {
    writeFileSync(join(home, 'secret.bin'), new Uint8Array(12));
    expect(await refused({ 'a.onnx': outside(location) })).toMatch(/weights|file|folder/);
  });

  it('by a link', async () => {
    writeFileSync(join(home, 'secret.bin'), new Uint8Array(12));
    mkdirSync(join(home, 'given'));
    symlinkSync(join(home, 'secret.bin'), join(home, 'given', 'link.bin'));
    expect(await refused({ 'a.onnx': outside('link.bin') })).toMatch(/outside its own folder/);
  });
});

describe('zips', () => {
  const zeros = new Uint8Array(64 * 2 ** 20);
  it.each<[string, Uint8Array]>([
    ['a path upwards', writeZip({ name: '../../evil.onnx', data: tiny })],
    ['a path upwards within', writeZip({ name: 'a/../../../evil.onnx', data: tiny })],
    ['an absolute path', writeZip({ name: '/tmp/evil.onnx', data: tiny })],
    ['a path of Windows', writeZip({ name: 'C:\\evil.onnx', data: tiny })],
    ['a drive', writeZip({ name: 'C:/evil.onnx', data: tiny })],
    ['backslashes upwards', writeZip({ name: '..\\..\\evil.onnx', data: tiny })],
    ['a link', writeZip({ name: 'net.onnx', data: Buffer.from('/etc/passwd'), mode: 0o120777 })],
    ['64 MB of zeros', writeZip({ name: 'net.onnx', data: zeros })],
    ['more than it claims', writeZip({ name: 'net.onnx', data: zeros, claims: 100 })],
    ['terabytes that it claims', writeZip({ name: 'net.onnx', data: tiny, claims: 2 ** 32 - 2 })],
    [
      'three thousand files',
      writeZip(...Array.from({ length: 3000 }, (_, i) => ({ name: `${i}.txt`, data: zeros.subarray(0, 1) }))),
    ],
    ['the same file twice', writeZip({ name: 'net.onnx', data: tiny }, { name: 'net.onnx', data: tiny })],
    ['a zip in a zip', writeZip({ name: 'net.zip', data: writeZip({ name: 'net.onnx', data: tiny }) })],
  ])('%s', async (_name, zip) => {
    expect(await refused({ 'a.zip': zip })).toMatch(/zip/);
    expect(readdirSync(home).sort()).toEqual(['given', 'models']);
  });
});

describe('weights that are no numbers', () => {
  const [[name, weight] = ['', float32([])]] = tinyGraph.constants;
  const spoiled = (value: number): Graph => {
    const data = Float32Array.from(weight.data, Number);
    data[17] = value;
    return { ...tinyGraph, constants: new Map([...tinyGraph.constants, [name, float32(data, weight.dims)]]) };
  };

  it.each([
    [NaN, /Weight 18 of "w1" is no number \(NaN\)/],
    [Infinity, /Weight 18 of "w1" is infinite/],
    [-Infinity, /Weight 18 of "w1" is infinite/],
  ])('%d', async (value, sentence) => {
    expect(await refused({ 'a.onnx': writeOnnx(spoiled(value)) })).toMatch(sentence);
  });

  it('in TensorFlow', async () => {
    const w = constant('w', float32(new Float32Array(12).fill(NaN), [1, 1, 3, 4]));
    const convolution = node('y', 'Conv2D', ['x', 'w'], {
      strides: attr.ints([1, 1, 1, 1]),
      padding: attr.text('SAME'),
    });
    expect(await refused({ 'a.pb': graphDef(placeholder('x'), w, convolution) })).toMatch(
      /Weight 1 of "w\/filters-first"/,
    );
  });

  it('does not mind bounds that are infinite', async () => {
    await bring({ 'a.onnx': one('Clip', {}, float32([0], []), float32([Infinity], [])) });
    expect(readdirSync(join(home, 'models'))).toContain('a.onnx');
  });
});

it('leaves a whole network alone', async () => {
  await bring({
    'whole.zip': writeZip(
      { name: 'folder/net.onnx', data: tiny },
      { name: 'folder/readme.txt', data: Buffer.from('hello') },
    ),
  });
  expect(readFileSync(join(home, 'models', 'whole.onnx')).equals(tiny)).toBe(true);
});
