/** Inputs of networks as exports have them: each is brought and used as a user does, or refused before anything is installed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from '../../shared/methods/request.ts';
import { resultOf } from '../../shared/jobs.ts';
import { decodeImage, saveImage } from './imaging/codec.ts';
import { createPixels } from './imaging/pixels.ts';
import { createEngineService } from './service.ts';
import {
  apart,
  exported,
  largest,
  expectedOf,
  Home,
  softmaxOf,
  SPOT,
  readNpy,
  type Graph,
  type Node,
  float32,
  int64,
  type DataType,
  type Tensor,
} from './testing/export-cases.ts';
import { refusalOf } from './testing/refusal.ts';
import { node, tinyGraph } from './testing/tiny-model.ts';

let home: Home;
let engine: ReturnType<typeof createEngineService>;
beforeAll(async () => {
  home = await Home.make();
  engine = createEngineService(home.path);
});
afterAll(() => home.remove());

const execution = { model: null, runtime: 'auto', device: 'cpu' } as const;

async function probabilities(model: string): Promise<number[]> {
  const request = { ...execution, model, images: [SPOT], settings: { top: 100 } };
  const { images } = await engine.classify({ ...request, printed: false, straightened: null });
  const classes = [...(images[0]?.classes ?? [])].sort((a, b) => a.index - b.index);
  return classes.map(({ probability }) => probability);
}

/** d(class 1)/d(pixels). */
async function gradientOf(model: string, target = 'class:1'): Promise<Float32Array> {
  const raw = join(home.path, `${model.replace(/\W/g, '-')}.npy`);
  const settings = { target, method: 'gradient', size: 32 };
  await resultOf(
    engine.explain(parseRequest('explain', { ...execution, model, image: SPOT, raw, settings })),
  );
  return readNpy(await readFile(raw)).data;
}

async function dreamOf(model: string): Promise<string> {
  const settings = { steps: 1, octaves: 1 };
  const out = join(home.path, `${model}-dream.png`);
  const result = await resultOf(
    engine.dream(parseRequest('dream', { ...execution, model, image: SPOT, out, settings })),
  );
  return result.output;
}

/** The tiny network behind other nodes, which give `ready` from an input of another shape or type. */
function behind(
  dims: readonly (number | string)[],
  nodes: readonly Node[],
  constants: Readonly<Record<string, Tensor>> = {},
  type: DataType = 'float32',
): Graph {
  const [first, ...rest] = tinyGraph.nodes;
  if (first === undefined) throw new Error('The tiny network is empty.');
  return {
    ...tinyGraph,
    inputs: [{ name: 'data', type, dims }],
    constants: new Map([...tinyGraph.constants, ...Object.entries(constants)]),
    nodes: [...nodes, { ...first, inputs: ['ready', 'w1'] }, ...rest],
  };
}

const toFirst = (from: string, to: string): Node => node('Transpose', [from], to, { perm: [0, 3, 1, 2] });

describe('channels that come last', () => {
  it.each(['nhwc_valid_fixed', 'nhwc_valid_free'])('%s works in every command', async (name) => {
    const id = await home.bring(engine, exported(name), { size: 32 });
    const info = await engine.inspectModel({ model: id, size: null });
    expect(info).toMatchObject({ minSize: 7, classes: 10, input: { layout: 'NHWC', width: 32, free: true } });
    const expected = softmaxOf(await expectedOf(name, 'logits'));
    expect(apart(await probabilities(id), expected)).toBeLessThan(1e-3);
    expect(largest(await gradientOf(id))).toBeGreaterThan(0);
    expect(await dreamOf(id)).toContain('dream.png');
  });

  it.each<[string, (string | number)[], Node[]]>([
    ['of one size', [1, 64, 64, 3], [toFirst('data', 'ready')]],
    [
      'scaled before they are moved',
      ['N', 'H', 'W', 3],
      [node('Mul', ['data', 'half'], 'scaled'), toFirst('scaled', 'ready')],
    ],
    ['of a number that only the filters know', ['N', 'H', 'W', 'C'], [toFirst('data', 'ready')]],
  ])('%s are as their twin with channels first', async (name, dims, nodes) => {
    const half = { half: float32([nodes.length > 1 ? 0.5 : 1], [1]) };
    const windows = { pool: { kernel_shape: [7, 7], strides: [3, 3] } };
    const wide = (graph: Graph): Graph => ({
      ...graph,
      nodes: graph.nodes.map((each) =>
        each.op === 'MaxPool' ? { ...each, attributes: windows.pool } : each,
      ),
    });
    const first =
      nodes.length > 1 ? [node('Mul', ['data', 'half'], 'ready')] : [node('Relu', ['data'], 'ready')];
    const last =
      nodes.length > 1
        ? nodes
        : [...nodes.slice(0, -1), toFirst('data', 'moved'), node('Relu', ['moved'], 'ready')];
    const id = await home.bring(engine, home.write(`last-${name}`, wide(behind(dims, last, half))));
    const twin = await home.bring(
      engine,
      home.write(`first-${name}`, wide(behind([1, 3, 64, 64], first, half))),
    );
    const [a, b] = [
      await engine.inspectModel({ model: id, size: 64 }),
      await engine.inspectModel({ model: twin, size: 64 }),
    ];
    expect([a.minSize, a.input.free, a.input.channels]).toEqual([b.minSize, b.input.free, b.input.channels]);
    expect(a.minSize).toBeGreaterThan(5);
    const [mine, its] = [await gradientOf(id), await gradientOf(twin)];
    expect(largest(mine)).toBeGreaterThan(0);
    expect(apart(mine, its)).toBeLessThan(1e-6 * Math.max(1, largest(its)));
  });
});

describe('another number of channels', () => {
  it.each([
    ['ch2', 2],
    ['ch4', 4],
    ['ch12', 12],
  ])('%s is refused at import by its number', async (name, channels) => {
    const before = await home.installed();
    const { code, message } = await refusalOf(home.bring(engine, exported(name)));
    expect(code).toBe('model/unsupported');
    expect(message).toContain(`takes pictures of ${channels} channels`);
    expect(await home.installed()).toEqual(before);
  });

  it.each<[string, number, (string | number)[], Node[]]>([
    ['five, which only the filters tell', 5, ['N', 'C', 'H', 'W'], [node('Relu', ['data'], 'ready')]],
    ['six that come last', 6, [1, 32, 32, 6], [toFirst('data', 'ready')]],
    ['thirteen bands', 13, [1, 13, 64, 64], [node('Relu', ['data'], 'ready')]],
  ])('%s', async (name, channels, dims, nodes) => {
    const graph = behind(dims, nodes);
    const w1 = float32(new Float32Array(8 * channels * 9).fill(0.1), [8, channels, 3, 3]);
    const constants = new Map([...graph.constants, ['w1', w1] as const]);
    const { message } = await refusalOf(home.bring(engine, home.write(name, { ...graph, constants })));
    expect(message).toContain(`takes pictures of ${channels} channels`);
  });
});

describe('bytes', () => {
  it('cast late have the gradient of those cast at once', async () => {
    const ids: string[] = [];
    for (const name of ['uint8_transpose_first', 'uint8_nhwc', 'uint8_nchw'])
      ids.push(await home.bring(engine, exported(name)));
    const [late, ...controls] = await Promise.all(ids.map((id) => gradientOf(id)));
    if (late === undefined) throw new Error('There is no gradient.');
    expect(largest(late)).toBeGreaterThan(0);
    for (const control of controls) expect(apart(late, control)).toBeLessThan(1e-6 * largest(control));
    const expected = softmaxOf(await expectedOf('uint8_transpose_first', 'logits'));
    expect(apart(await probabilities(ids[0] ?? ''), expected)).toBeLessThan(1e-4);
  });

  const cast = (from: string, to: string): Node => node('Cast', [from], to, { to: 1 });
  const ints = (values: number[], dims: number[] = [values.length]): Tensor => ({
    type: 'int32',
    dims,
    data: Int32Array.from(values),
  });
  it.each<[string, Node[], Record<string, Tensor>]>([
    [
      'centred while they are whole numbers',
      [node('Sub', ['data', 'mid'], 'centred'), cast('centred', 'ready')],
      { mid: ints([128], [1, 1, 1, 1]) },
    ],
    [
      'cut, turned over and joined while they are whole numbers',
      [
        node('Slice', ['data', 'from', 'to', 'axes'], 'part'),
        node('Concat', ['part', 'part'], 'both', { axis: 3 }),
        node('Max', ['both', 'floor'], 'above'),
        cast('above', 'ready'),
      ],
      { from: int64([0]), to: int64([16]), axes: int64([3]), floor: ints([3], [1]) },
    ],
    [
      'put into numbers by scale and zero point',
      [node('DequantizeLinear', ['data', 'scale', 'zero'], 'ready')],
      { scale: float32([0.5], []), zero: ints([100], []) },
    ],
  ])('%s have the gradient of their twin in floats', async (name, nodes, constants) => {
    const real = (tensor: Tensor): Tensor =>
      tensor.type === 'int32' ? float32([...tensor.data], tensor.dims) : tensor;
    const inFloats = Object.fromEntries(
      Object.entries(constants).map(([key, tensor]) => [key, real(tensor)]),
    );
    const twins = nodes.flatMap((each): Node[] => {
      if (each.op === 'Cast') return [{ ...each, op: 'Identity', attributes: {} }];
      if (each.op !== 'DequantizeLinear') return [each];
      return [node('Sub', ['data', 'zero'], 'centred'), node('Mul', ['centred', 'scale'], 'ready')];
    });
    const said = { mean: [0], scale: [1] };
    const id = await home.bring(engine, home.write(name, behind([1, 3, 32, 32], nodes, constants, 'int32')));
    const twin = await home.bring(
      engine,
      home.write(`${name} twin`, behind([1, 3, 32, 32], twins, inFloats)),
      said,
    );
    const [mine, its] = [await gradientOf(id), await gradientOf(twin)];
    expect(largest(mine)).toBeGreaterThan(0);
    expect(apart(mine, its)).toBeLessThan(1e-6 * Math.max(1, largest(its)));
    expect(apart(await probabilities(id), await probabilities(twin))).toBeLessThan(1e-6);
  });
});

describe('a batch that is written into the network', () => {
  const reshaped = (batch: number, shape: number[]): Graph => ({
    ...tinyGraph,
    inputs: [{ name: 'data', type: 'float32', dims: [batch, 3, 32, 32] }],
    constants: new Map([...tinyGraph.constants, ['shape', int64(shape)]]),
    nodes: tinyGraph.nodes.map((each) =>
      each.op === 'Flatten' ? node('Reshape', ['average', 'shape'], 'vector') : each,
    ),
  });

  it.each<[string, string | Graph, number]>([
    ['batch8', exported('batch8'), 8],
    ['one of 4 in the shape of its features', reshaped(4, [4, -1]), 4],
    ['one of 2 as the rest of a shape', reshaped(2, [2, 6]), 2],
  ])('%s is refused at import by its number', async (name, given, batch) => {
    const before = await home.installed();
    const path = typeof given === 'string' ? given : home.write(name, given);
    const { code, message } = await refusalOf(home.bring(engine, path));
    expect(code).toBe('model/unsupported');
    expect(message).toContain(`exported for batches of ${batch}`);
    expect(message).toContain('export it for one picture');
    expect(await home.installed()).toEqual(before);
  });

  it.each([
    ['declared alone', tinyGraph],
    ['left to be found out', reshaped(4, [-1, 6])],
  ])('%s does no harm', async (name, graph) => {
    const declared = { ...graph, inputs: [{ name: 'data', type: 'float32' as const, dims: [4, 3, 32, 32] }] };
    const id = await home.bring(engine, home.write(name, declared));
    expect(await probabilities(id)).toHaveLength(3);
  });
});

describe('names', () => {
  it('named_image is as the same network under other names', async () => {
    const id = await home.bring(engine, exported('named_image'));
    const expected = softmaxOf(await expectedOf('named_image', 'logits'));
    expect(apart(await probabilities(id), expected)).toBeLessThan(1e-4);
    expect(await dreamOf(id)).toContain('dream.png');
  });

  it.each(['~image', 'image', '~attack weights', '~examples seed', '~constant.0', '~Mul.1', '~units 0'])(
    '"%s" may be any tensor of a network',
    async (name) => {
      const to = (own: string): string =>
        own === 'relu1' || own === 'w2' ? `${name}${own === 'w2' ? 'w' : ''}` : own;
      const graph: Graph = {
        ...tinyGraph,
        constants: new Map([...tinyGraph.constants].map(([own, tensor]) => [to(own), tensor])),
        nodes: tinyGraph.nodes.map((each) => ({
          ...each,
          name: to(each.name),
          inputs: each.inputs.map(to),
          outputs: each.outputs.map(to),
        })),
      };
      const [id, plain] = [
        await home.bring(engine, home.write('named', graph)),
        await home.bring(engine, home.write('unnamed', tinyGraph)),
      ];
      expect(await probabilities(id)).toEqual(await probabilities(plain));
      expect(apart(await gradientOf(id), await gradientOf(plain))).toBe(0);
      const settings = { method: 'pgd', steps: 1 };
      const out = join(home.path, 'attacked.png');
      const request = parseRequest('attack', { ...execution, model: id, image: SPOT, out, settings });
      expect((await resultOf(engine.attack(request))).steps).toBe(1);
    },
  );
});

describe('what fails when it is run first', () => {
  const rooted = (op: string): Graph => ({
    ...tinyGraph,
    nodes: tinyGraph.nodes.flatMap((each) =>
      each.op === 'Relu' && each.name === 'relu2'
        ? [node('Sub', ['conv2', 'far'], 'lowered'), node(op, ['lowered'], 'relu2')]
        : [each],
    ),
    constants: new Map([...tinyGraph.constants, ['far', float32([1000], [])]]),
  });

  it.each(['Sqrt', 'Log'])('%s of numbers below zero leaves nothing behind', async (op) => {
    const before = await home.installed();
    const { code, message } = await refusalOf(home.bring(engine, home.write(`root-${op}`, rooted(op))));
    expect(code).toBe('model/unsupported');
    expect(message).toContain('no numbers');
    expect(await home.installed()).toEqual(before);
  });

  it('for pictures that are smaller than its windows is refused before any run', async () => {
    const before = await home.installed();
    const graph: Graph = {
      ...tinyGraph,
      nodes: tinyGraph.nodes.map((each) =>
        each.op === 'MaxPool' ? { ...each, attributes: { kernel_shape: [40, 40], strides: [1, 1] } } : each,
      ),
    };
    const { code, message } = await refusalOf(home.bring(engine, home.write('windows', graph), { size: 32 }));
    expect(code).toBe('model/too-small-input');
    expect(message).toContain('--size');
    expect(await home.installed()).toEqual(before);
  });
});

describe('pictures that are not square', () => {
  /** The spot twice side by side. */
  async function wideSpot(): Promise<string> {
    const { pixels } = await decodeImage(SPOT);
    const wide = createPixels(64, 32);
    wide.data.forEach((_, i) => (wide.data[i] = pixels.data[Math.floor(i / 64) * 32 + (i % 32)] ?? 0));
    const path = join(home.path, 'wide.png');
    await saveImage(wide, path);
    return path;
  }

  it('nonsquare is seen at its width and height in every command', async () => {
    const id = await home.bring(engine, exported('nonsquare'));
    const image = await wideSpot();
    const info = await engine.inspectModel({ model: id, size: null });
    expect(info).toMatchObject({ classes: 10, input: { width: 64, height: 32, free: false } });
    const request = { ...execution, model: id, images: [image], settings: { top: 100 } };
    const { images } = await engine.classify({ ...request, printed: false, straightened: null });
    const classes = [...(images[0]?.classes ?? [])].sort((a, b) => a.index - b.index);
    const expected = softmaxOf(await expectedOf('nonsquare', 'logits'));
    expect(
      apart(
        classes.map(({ probability }) => probability),
        expected,
      ),
    ).toBeLessThan(1e-4);
    const raw = join(home.path, 'wide.npy');
    const settings = { target: 'class:7', method: 'grad-cam' };
    await resultOf(
      engine.explain(parseRequest('explain', { ...execution, model: id, image, raw, settings })),
    );
    expect(readNpy(await readFile(raw)).dims).toEqual([32, 64]);
    const out = join(home.path, 'wide-attacked.png');
    const attack = { method: 'pgd', eps: '32/255', steps: 10 };
    const attacked = engine.attack(
      parseRequest('attack', { ...execution, model: id, image, out, settings: attack }),
    );
    expect((await resultOf(attacked)).success).toBe(true);
    expect(await dreamOf(id)).toContain('dream.png');
  });

  it.each<[string, number, number]>([
    ['upright', 24, 56],
    ['lying', 48, 16],
  ])('one that is %s has its own shape, from the file or as it is said', async (name, width, height) => {
    const cells = Math.ceil(width / 4) * Math.ceil(height / 4);
    const graph: Graph = {
      ...tinyGraph,
      inputs: [{ name: 'data', type: 'float32', dims: [1, 3, height, width] }],
      constants: new Map([
        ...tinyGraph.constants,
        ['w3', float32(new Float32Array(3 * 6 * cells).fill(0.1), [3, 6 * cells])],
      ]),
      nodes: tinyGraph.nodes.flatMap((each) => {
        if (each.op === 'GlobalAveragePool') return [];
        return each.op === 'Flatten' ? [{ ...each, inputs: ['relu2'] }] : [each];
      }),
    };
    const id = await home.bring(engine, home.write(name, graph));
    expect((await engine.inspectModel({ model: id, size: null })).input).toMatchObject({ width, height });
    expect(await probabilities(id)).toHaveLength(3);
    const free = { ...graph, inputs: [{ name: 'data', type: 'float32' as const, dims: ['N', 3, 'H', 'W'] }] };
    const { message } = await refusalOf(home.bring(engine, home.write(`${name} unsaid`, free)));
    expect(message).toContain('--size');
    const said = await home.bring(engine, home.write(`${name} said`, free), { size: { width, height } });
    expect((await engine.inspectModel({ model: said, size: null })).input).toMatchObject({ width, height });
  });
});
