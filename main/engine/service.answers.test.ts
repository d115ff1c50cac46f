/** What networks of exports answer: one of several outputs, sigmoids, features; each is brought and used as a user does. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_CHANGES } from '../../shared/contract/network-card.ts';
import { resultOf } from '../../shared/jobs.ts';
import { parseRequest } from '../../shared/methods/request.ts';
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

const seen = async (model: string, output: string | null = null) => {
  const request = { ...execution, model, output, images: [SPOT], settings: { top: 100 } };
  const { images, answers } = await engine.classify({ ...request, printed: false, straightened: null });
  return { answers, classes: images[0]?.classes ?? [] };
};
const inOrder = <C extends { index: number }>(classes: readonly C[]): C[] =>
  [...classes].sort((a, b) => a.index - b.index);

async function explain(model: string, settings: object, rest: object = {}) {
  const raw = join(home.path, 'map.npy');
  const all = { method: 'gradient', size: 32, ...settings };
  const request = parseRequest('explain', { ...execution, model, image: SPOT, raw, settings: all, ...rest });
  const result = await resultOf(engine.explain(request));
  return { result, gradient: readNpy(await readFile(raw)).data };
}

async function attack(model: string, settings: object) {
  const out = join(home.path, 'attacked.png');
  const request = parseRequest('attack', { ...execution, model, image: SPOT, out, settings });
  return resultOf(engine.attack(request));
}

/** The tiny network up to the mean of its features, `vector` [N, 6], with other ends. */
function ending(
  nodes: readonly Node[],
  outputs: readonly string[],
  constants: Record<string, Tensor> = {},
): Graph {
  return {
    ...tinyGraph,
    outputs,
    constants: new Map([...tinyGraph.constants, ...Object.entries(constants)]),
    nodes: [...tinyGraph.nodes.slice(0, -2), ...nodes],
  };
}
const matrix = (rows: number, scale = 1): Tensor =>
  float32(
    Float32Array.from({ length: rows * 6 }, (_, i) => scale * Math.sin(3 * i + 1)),
    [rows, 6],
  );
const linear = (weights: string, output: string): Node =>
  node('Gemm', ['vector', weights], output, { transB: 1 });

describe('several outputs', () => {
  it('two_out answers with its logits, and with another output where that is chosen', async () => {
    const id = await home.bring(engine, exported('two_out'));
    const expected = softmaxOf(await expectedOf('two_out', 'logits'));
    expect(
      apart(
        inOrder((await seen(id)).classes).map(({ probability }) => probability),
        expected,
      ),
    ).toBeLessThan(1e-4);
    const info = await engine.inspectModel({ model: id, size: null });
    expect(info).toMatchObject({
      classes: 10,
      output: 'logits',
      outputs: [
        { name: 'logits', shape: [1, 10], answers: 'softmax', classes: 10 },
        { name: 'embedding', shape: [1, 64], answers: 'features', classes: null },
      ],
    });
    expect((await refusalOf(seen(id, 'embedding'))).message).toContain('"embedding" gives 64 features');
    const { code, message } = await refusalOf(seen(id, 'nothing'));
    expect([code, message]).toEqual([
      'usage/option',
      expect.stringContaining('"logits" [1, 10] and "embedding" [1, 64]'),
    ]);
  });

  it('stays chosen in the card, also when it is chosen at import, and is told in recipes', async () => {
    const id = await home.bring(engine, exported('two_out'), { output: 'embedding' });
    expect(await engine.inspectModel({ model: id, size: null })).toMatchObject({
      output: 'embedding',
      classes: null,
    });
    await engine.editModel({ model: id, changes: { ...NO_CHANGES, answers: 'softmax' } });
    expect(await engine.inspectModel({ model: id, size: null })).toMatchObject({
      output: 'embedding',
      classes: 64,
    });
    const { result } = await explain(id, { target: 'class:3' });
    expect(result.recipe.model).toMatchObject({ output: 'embedding' });
    const card: unknown = JSON.parse(await readFile(join(home.path, 'models', `${id}.json`), 'utf8'));
    expect(card).toMatchObject({ output: 'embedding', answers: 'softmax' });
    // What was said of one output was not said of another.
    await engine.editModel({ model: id, changes: { ...NO_CHANGES, answers: 'sigmoid' } });
    await engine.editModel({ model: id, changes: { ...NO_CHANGES, output: 'logits' } });
    expect(await seen(id)).toMatchObject({ answers: 'softmax', classes: { length: 10 } });
    const wrong = engine.editModel({ model: id, changes: { ...NO_CHANGES, output: 'x' } });
    expect((await refusalOf(wrong)).code).toBe('usage/option');
  });

  it.each<[string, Node[], string[], string, number]>([
    [
      'by name, the logits last',
      [linear('wide', 'image_embeds'), linear('w3', 'logits')],
      ['image_embeds', 'logits'],
      'logits',
      3,
    ],
    [
      'by nature, the softmax first',
      [linear('w3', 'a'), node('Softmax', ['a'], 'b', { axis: 1 }), linear('wide', 'c')],
      ['b', 'c'],
      'b',
      3,
    ],
    ['by number, the wide one last', [linear('w3', 'a'), linear('wide', 'b')], ['a', 'b'], 'a', 3],
    ['by shape, the map last', [linear('w3', 'a'), node('Relu', ['relu2'], 'map')], ['a', 'map'], 'a', 3],
    ['by place among equals', [linear('w3', 'a'), linear('w4', 'b')], ['a', 'b'], 'b', 4],
  ])('are told apart %s', async (name, nodes, outputs, meant, classes) => {
    const constants = { wide: matrix(64), w4: matrix(4) };
    const id = await home.bring(engine, home.write(name, ending(nodes, outputs, constants)));
    expect(await engine.inspectModel({ model: id, size: null })).toMatchObject({ output: meant, classes });
    expect((await seen(id)).classes).toHaveLength(classes);
  });
});

describe('one sigmoid', () => {
  const own = (labels?: string[]): Promise<string> => {
    const graph = ending([linear('one', 'z'), node('Sigmoid', ['z'], 'p')], ['p'], { one: matrix(1, 0.5) });
    return bringLabelled(graph, labels);
  };
  async function bringLabelled(graph: Graph, labels?: string[]): Promise<string> {
    if (labels === undefined) return home.bring(engine, home.write('binary', graph));
    const path = join(home.path, 'names.txt');
    await writeFile(path, labels.join('\n'));
    return home.bring(engine, home.write('binary', graph), { labels: path });
  }

  it('sigmoid1 says yes with its probability and its logit', async () => {
    const id = await home.bring(engine, exported('sigmoid1'));
    const { answers, classes } = await seen(id);
    expect(answers).toBe('sigmoid');
    const [p = NaN] = await expectedOf('sigmoid1', 'prob');
    expect(classes).toHaveLength(1);
    expect(classes[0]).toMatchObject({ index: 0, label: 'yes' });
    expect(classes[0]?.probability).toBeCloseTo(p, 4);
    expect(classes[0]?.logit).toBeCloseTo(Math.log(p / (1 - p)), 3);
    const { result } = await explain(id, {});
    expect(result.target).toMatchObject({ text: 'class:0', label: 'yes' });
    expect(result.target.score).toBeCloseTo(-2.471, 3);
  });

  it('has the gradient of its logit, and of log p = −log(1 + e⁻ᶻ) where that is asked for', async () => {
    const id = await home.bring(engine, exported('sigmoid1'));
    const [p = NaN] = await expectedOf('sigmoid1', 'prob');
    const [logit, log] = [
      await explain(id, { target: 'class:0' }),
      await explain(id, { target: 'class:yes', score: 'log-probability' }),
    ];
    expect(log.result.target.score).toBeCloseTo(Math.log(p), 3);
    // d log σ(z) = (1 − σ(z)) dz.
    expect(
      apart(
        log.gradient,
        logit.gradient.map((value) => (1 - p) * value),
      ),
    ).toBeLessThan(1e-4 * largest(logit.gradient));
  });

  it.each(['pgd', 'deepfool', 'cw'])('is attacked across one half by %s', async (method) => {
    const id = await home.bring(engine, exported('sigmoid1'));
    const result = await attack(id, { method, ...(method === 'pgd' ? { eps: '32/255', steps: 20 } : {}) });
    expect(result).toMatchObject({ success: true, goal: { kind: 'targeted', label: 'yes' } });
    expect(result.classes.before[0]).toMatchObject({ label: 'no' });
    const [yes] = result.classes.after;
    expect(yes).toMatchObject({ label: 'yes' });
    expect(yes?.probability).toBeGreaterThan(0.5);
  });

  it('may have names for yes, or for no and yes, which are targets', async () => {
    const id = await own(['cat', 'dog']);
    expect((await seen(id)).classes).toMatchObject([{ label: 'dog' }]);
    const before = (await seen(id)).classes[0]?.probability ?? NaN;
    const towards = await attack(id, {
      method: 'pgd',
      target: before > 0.5 ? 'class:cat' : 'class:dog',
      eps: 1,
      steps: 30,
      step: 0.1,
    });
    expect(towards).toMatchObject({
      success: true,
      goal: { kind: 'targeted', label: before > 0.5 ? 'cat' : 'dog' },
    });
    expect((await seen(await own(['tumour']))).classes).toMatchObject([{ label: 'tumour' }]);
    expect((await seen(await own())).classes).toMatchObject([{ label: 'yes' }]);
  });
});

describe('several sigmoids', () => {
  it('multilabel gives each probability by itself', async () => {
    const id = await home.bring(engine, exported('multilabel'));
    const { answers, classes } = await seen(id);
    expect(answers).toBe('sigmoid');
    const expected = await expectedOf('multilabel', 'prob');
    expect(
      apart(
        inOrder(classes).map(({ probability }) => probability),
        expected,
      ),
    ).toBeLessThan(1e-4);
    const { gradient } = await explain(id, { target: 'class:4' });
    expect(largest(gradient)).toBeGreaterThan(0.1);
  });

  it('is attacked about one thing: the surest one vanishes, or the target appears', async () => {
    const id = await home.bring(engine, exported('multilabel'));
    const gone = await attack(id, { method: 'pgd', eps: '80/255', steps: 20 });
    expect(gone).toMatchObject({ success: true, goal: { kind: 'untargeted', index: 1, label: 'class 4' } });
    expect(gone.classes.before[0]?.probability).toBeGreaterThan(0.99);
    const there = await attack(id, { method: 'pgd', target: 'class:2', eps: '80/255', steps: 20 });
    expect(there).toMatchObject({ success: true, goal: { kind: 'targeted', label: 'class 2' } });
    const after = (
      await engine.classify({
        ...execution,
        model: id,
        images: [there.output],
        settings: { top: 5 },
        printed: false,
        straightened: null,
      })
    ).images[0]?.classes;
    expect(after?.find(({ index }) => index === 2)?.probability).toBeGreaterThan(0.5);
    expect(there.recipe.settings.target).toBe('class:2');
  });

  it('is attacked on several pictures about the thing that is seen most surely in them', async () => {
    const id = await home.bring(engine, exported('multilabel'));
    const another = join(home.path, 'another.png');
    await copyFile(SPOT, another);
    const asked = async (settings: object) => {
      const request = { ...execution, model: id, images: [SPOT, another], settings };
      return resultOf(engine.attackSet(parseRequest('attackSet', request)));
    };
    const method = { method: 'pgd', eps: '80/255', steps: 20 };
    const gone = await asked(method);
    expect(gone).toMatchObject({ fooled: 2, counted: 2 });
    expect(gone.notes.join(' ')).toContain('about "class 4"');
    expect(gone.rows[0]?.before).toMatchObject({ label: 'class 4' });
    const there = await asked({ ...method, target: 'class:2' });
    expect(there.fooled).toBe(2);
    expect(there.notes.join(' ')).not.toContain('is about');
  });

  it.each<[string, Node[], Record<string, Tensor>, number]>([
    [
      'behind a reshape',
      [linear('w4', 'z'), node('Sigmoid', ['z'], 's'), node('Reshape', ['s', 'flat'], 'p')],
      { w4: matrix(4), flat: int64([-1, 4]) },
      4,
    ],
    [
      'before a reshape',
      [linear('w4', 'z'), node('Reshape', ['z', 'flat'], 'r'), node('Sigmoid', ['r'], 'p')],
      { w4: matrix(4), flat: int64([-1, 4, 1, 1]) },
      4,
    ],
  ])('are recognised %s', async (name, nodes, constants, count) => {
    const id = await home.bring(engine, home.write(name, ending(nodes, ['p'], constants)));
    expect(await engine.inspectModel({ model: id, size: null })).toMatchObject({
      answers: 'sigmoid',
      classes: count,
    });
    expect((await seen(id)).classes).toHaveLength(count);
  });

  it('that the graph does not show are taken on the word of whoever knows', async () => {
    const graph = ending([linear('w4', 'logits')], ['logits'], { w4: matrix(4) });
    const [told, shown] = [
      await home.bring(engine, home.write('raw', graph), { answers: 'sigmoid' }),
      await home.bring(
        engine,
        home.write(
          'drawn',
          ending([linear('w4', 'z'), node('Sigmoid', ['z'], 'p')], ['p'], { w4: matrix(4) }),
        ),
      ),
    ];
    expect((await seen(told)).classes).toEqual((await seen(shown)).classes);
  });
});

describe('features without classes', () => {
  it.each<[string, Node[], string[]]>([
    ['the mean of a last map', [], ['vector']],
    ['an embedding by its name', [linear('wide', 'image_embeds')], ['image_embeds']],
    [
      'a vector of length one',
      [linear('wide', 'v'), node('LpNormalization', ['v'], 'n', { axis: 1, p: 2 })],
      ['n'],
    ],
    ['one number', [linear('one', 'y')], ['y']],
  ])('%s', async (name, nodes, outputs) => {
    const constants = { wide: matrix(64), one: matrix(1) };
    const id = await home.bring(engine, home.write(name, ending(nodes, outputs, constants)));
    expect(await engine.inspectModel({ model: id, size: null })).toMatchObject({
      classes: null,
      answers: 'features',
    });
    expect((await refusalOf(seen(id))).message).toContain('is no classifier');
    expect((await refusalOf(explain(id, {}))).message).toContain('no likeliest class');
    const { gradient, result } = await explain(id, { target: 'channel:relu2/1' });
    expect([largest(gradient) > 0, result.classes]).toEqual([true, []]);
    expect((await refusalOf(attack(id, { method: 'pgd' }))).code).toBe('model/unsupported');
  });
});

describe('classes of one name', () => {
  const labelled = async (...names: string[]): Promise<string> => {
    const path = join(home.path, 'classes.txt');
    await writeFile(path, names.join('\n'));
    return home.bring(engine, home.write('named', tinyGraph), { labels: path });
  };

  it.each([
    [['crane', 'ox', 'crane'], 'crane', '0 (crane) and 2 (crane)'],
    [['maillot', 'maillot, tank suit', 'ox'], 'MAILLOT, tank suit', null],
    [
      ['swim, maillot', 'maillot, tank suit', 'ox'],
      'maillot',
      '0 (swim, maillot) and 1 (maillot, tank suit)',
    ],
  ])('%j: "%s" is %s', async (names, target, both) => {
    const id = await labelled(...names);
    const asked = explain(id, { target: `class:${target}` });
    if (both === null) expect((await asked).result.target.text).toBe('class:1');
    else {
      const { code, message } = await refusalOf(asked);
      expect([code, message]).toEqual(['class/unknown', expect.stringContaining(both)]);
    }
  });

  it('are told with both numbers by the network that comes along', async () => {
    const image = { ...execution, image: SPOT, settings: { target: 'class:crane', method: 'gradient' } };
    const { message } = await refusalOf(resultOf(engine.explain(parseRequest('explain', image))));
    expect(message).toContain('134');
    expect(message).toContain('517');
  });
});
