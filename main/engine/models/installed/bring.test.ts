import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CHANGES, parseCardChanges, type CardChanges } from '../../../../shared/contract/network-card.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import type { Graph, Node } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import { readCard } from '../card-file.ts';
import { editNetwork } from './edit.ts';
import { importNetwork, removeNetwork } from './install.ts';
import { installedModels } from './library.ts';
import { loadModel } from '../load.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reverie-bring-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Writes the tiny network, with other names of its tensors where they are given. */
function given(name: string, graph: Graph = tinyGraph): string {
  const path = join(home, name);
  writeFileSync(path, writeOnnx(graph));
  return path;
}
const bring = (path: string, changes: Partial<CardChanges> = {}) =>
  importNetwork(
    {
      file: { path, name: path.split('/').at(-1) ?? '' },
      companions: null,
      changes: { ...NO_CHANGES, ...changes },
    },
    home,
  );
const installed = (): Promise<string[]> => readdir(join(home, 'models')).catch(() => []);

/** The tiny network under other names. */
function renamed(names: Readonly<Record<string, string>>): Graph {
  const to = (name: string): string => names[name] ?? name;
  return {
    ...tinyGraph,
    nodes: tinyGraph.nodes.map((node): Node => {
      const [output = ''] = node.outputs;
      return { ...node, name: to(output), inputs: node.inputs.map(to), outputs: [to(output)] };
    }),
    outputs: tinyGraph.outputs.map(to),
  };
}

/** The tiny network with something before its first convolution. */
function prepared(nodes: readonly Node[], constants: Readonly<Record<string, readonly number[]>>): Graph {
  const [first, ...rest] = tinyGraph.nodes;
  if (first === undefined) throw new Error('The tiny network is empty.');
  const values = Object.entries(constants).map(
    ([name, list]) => [name, float32(list, [1, list.length, 1, 1])] as const,
  );
  return {
    ...tinyGraph,
    constants: new Map([...tinyGraph.constants, ...values]),
    nodes: [...nodes, { ...first, inputs: ['prepared', first.inputs[1] ?? ''] }, ...rest],
  };
}
const step = (op: string, inputs: string[], output: string): Node => ({
  ...{ op, name: output, inputs, outputs: [output] },
  attributes: {},
});

describe('what a network is taken for', () => {
  it.each<[string, Graph, object]>([
    [
      "Caffe's GoogLeNet by its blobs",
      renamed({ relu1: 'inception_4c/output', relu2: 'inception_5b/output' }),
      { family: 'GoogLeNet', certainty: 'known', channelOrder: 'BGR', mean: [104, 117, 123] },
    ],
    [
      'one that has the names of a ResNet, and not its first convolution',
      renamed({ relu1: '/layer1/layer1.0/relu/Relu_output_0', relu2: '/layer4/layer4.1/relu/Relu_output_0' }),
      { family: null, certainty: 'unsure', channelOrder: 'RGB' },
    ],
    [
      'Keras MobileNet v2 by its blocks',
      renamed({ relu1: 'Conv1_relu/Relu6', conv1: 'net/Conv1/Conv2D', relu2: 'net/block_16_project/Conv2D' }),
      { family: 'MobileNet v2', certainty: 'known', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
    ],
    ['an unknown one by nothing', tinyGraph, { family: null, certainty: 'unsure', channelOrder: 'RGB' }],
    [
      'one that subtracts and divides itself',
      prepared([step('Sub', ['data', 'm'], 'centred'), step('Div', ['centred', 's'], 'prepared')], {
        m: [123, 117, 104],
        s: [58, 57, 57],
      }),
      { family: null, certainty: 'likely', mean: [0, 0, 0], std: [1, 1, 1] },
    ],
    [
      'one that turns 0…1 into −1…1 itself',
      prepared([step('Mul', ['data', 'two'], 'doubled'), step('Sub', ['doubled', 'one'], 'prepared')], {
        two: [2],
        one: [1],
      }),
      { family: null, certainty: 'likely', mean: [0, 0, 0], std: [255, 255, 255] },
    ],
  ])('%s', async (_name, graph, expected) => {
    const { model, family } = await bring(given('net.onnx', graph));
    const { certainty, preprocessing } = model.card;
    expect({ family, certainty, ...preprocessing }).toMatchObject(expected);
    expect(model.card.why).toMatch(/\.$/);
  });
});

describe('an imported network', () => {
  it('keeps its bytes, and has a card that reads back as what was recognised', async () => {
    const path = given('My first net.onnx');
    const { id, model } = await bring(path);
    expect(await installed()).toEqual(['My-first-net.json', 'My-first-net.onnx']);
    const file = join(home, 'models', `${id}.onnx`);
    expect((await readFile(file)).equals(await readFile(path))).toBe(true);
    const loaded = await loadModel(file);
    expect(loaded.sha256).toBe(model.sha256);
    expect(loaded.card.preprocessing).toEqual(model.card.preprocessing);
    expect(loaded.card).toMatchObject({ certainty: 'unsure', source: 'My first net.onnx', labelsName: null });
    expect((await bring(path)).id).toBe('My-first-net-2');
  });

  it('takes what the user says instead, and later corrections', async () => {
    await writeFile(join(home, 'names.txt'), 'n01440764 tench, Tinca tinca\ndog\n');
    const said = {
      mean: [1, 2, 3],
      scale: [0.5],
      channelOrder: 'BGR' as const,
      labels: join(home, 'names.txt'),
    };
    const { id } = await bring(given('net.onnx'), said);
    const path = join(home, 'models', `${id}.onnx`);
    expect(await readCard(path)).toMatchObject({
      certainty: 'stated',
      labels: ['tench, Tinca tinca', 'dog'],
      preprocessing: { channelOrder: 'BGR', mean: [1, 2, 3], std: [2] },
    });
    await editNetwork(await loadModel(path), path, { ...NO_CHANGES, channelOrder: 'RGB', name: 'Fish' });
    expect(await readCard(path)).toMatchObject({
      short: 'Fish',
      labels: ['tench, Tinca tinca', 'dog'],
      preprocessing: { channelOrder: 'RGB', mean: [3, 2, 1] },
    });
    await editNetwork(await loadModel(path), path, { ...NO_CHANGES, labels: 'none' });
    expect((await readCard(path))?.labels).toBeUndefined();
    await removeNetwork(id, home);
    expect(await installed()).toEqual([]);
  });

  it('keeps the card beside it', async () => {
    const path = given('net.onnx');
    const input = { channelOrder: 'BGR', range: [0, 1], mean: [0.5], std: [0.25], size: 32 };
    await writeFile(
      join(home, 'net.json'),
      JSON.stringify({ title: 'Mine', input, labels: ['a', 'b', 'c'] }),
    );
    await bring(path);
    expect(await readCard(join(home, 'models', 'net.onnx'))).toMatchObject({
      ...{ title: 'Mine', certainty: 'stated', labels: ['a', 'b', 'c'] },
      preprocessing: { channelOrder: 'BGR', mean: [127.5], std: [63.75], size: 32 },
    });
  });

  it('is found by other names of its layers', async () => {
    const { model } = await bring(given('net.onnx', renamed({ relu1: 'inception_4c/output' })));
    expect(model.layers().find(({ name }) => name === 'inception_4c/output')?.aliases).toEqual(['mixed4c']);
  });

  it('in a folder with its weights is listed, and one without a network of its name is not', async () => {
    await mkdir(join(home, 'models', 'big'), { recursive: true });
    await mkdir(join(home, 'models', 'other'), { recursive: true });
    given('models/big/big.onnx');
    given('models/other/else.onnx');
    await writeFile(join(home, 'models', 'lonely.prototxt'), 'name: "x"');
    expect((await installedModels(home)).map(({ id }) => id)).toEqual(['dreamnet', 'big']);
  });
});

describe('refused with one sentence, leaving nothing behind', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing.onnx', '', 'model/unreadable'],
    ['text.onnx', 'hello, I am no network at all', 'model/unreadable'],
    ['net.pt', new Uint8Array([0x80, 2, 0x8a, 10]), 'model/unsupported'],
    ['net.h5', '\x89HDF\r\n\x1a\n'.padEnd(64), 'model/unsupported'],
    ['net.tflite', '    TFL3'.padEnd(64), 'model/unsupported'],
    ['net.safetensors', '\x08\0\0\0\0\0\0\0{"a":1} '.padEnd(64), 'model/unsupported'],
    ['deploy.prototxt', 'name: "x"\nlayer { name: "a" type: "Convolution" }\n', 'model/unsupported'],
    ['net.zip', 'PK\x03\x04 and then nothing', 'model/unreadable'],
  ])('%s', async (name, content, code) => {
    const path = join(home, name);
    await writeFile(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
    await expect(bring(path)).rejects.toMatchObject({ code });
    expect(await installed()).toEqual([]);
  });

  it.each<[string, Partial<CardChanges>, string]>([
    ['a mean of two', { mean: [1, 2] }, 'usage/option'],
    ['a list that is not there', { labels: '/nowhere/names.txt' }, 'model/no-labels'],
    ['a list that is not shipped', { labels: 'birds' }, 'model/no-labels'],
  ])('%s', async (_name, changes, code) => {
    await expect(bring(given('net.onnx'), changes)).rejects.toMatchObject({ code });
    expect(await installed()).toEqual([]);
  });
});

describe('changes as text', () => {
  it.each([
    [{ mean: '104,117,123' }, { mean: [104, 117, 123] }],
    [{ scale: '1/127.5' }, { scale: [1 / 127.5] }],
    [{ mean: 0 }, { mean: [0] }],
    [{}, NO_CHANGES],
  ])('%j', (text, expected) => {
    expect(parseCardChanges(text)).toMatchObject(expected);
  });

  it.each([[{ mean: 'grey' }], [{ scale: '0' }], [{ mean: '1,,2' }], [{ layout: 'CHW' }], [{ means: '1' }]])(
    '%j is refused',
    (text) => {
      expect(() => parseCardChanges(text)).toThrow(expect.objectContaining({ code: 'usage/option' }));
    },
  );
});

it('names the file that was given when it refuses it, not the copy that it looked at', async () => {
  const path = join(home, 'soup.onnx');
  writeFileSync(path, 'Onions, water, salt.');
  const request = { file: { path, name: 'soup.onnx' }, companions: [], changes: NO_CHANGES };
  const refusal = await importNetwork(request, home).catch((error: unknown) => String(error));
  expect(refusal).toContain('"soup.onnx"');
  expect(refusal).not.toContain(home);
});
