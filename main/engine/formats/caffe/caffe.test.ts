import { describe, expect, it, test } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import { inferShapes, smallestInput } from '../../graph/shapes.ts';
import { refusal } from '../../testing/refusal.ts';
import { looksLikeCaffe, readCaffe } from './caffe.ts';
import { described, waves, weightsFile } from './testing/described.ts';
import { all, float, message, packedVarints, text, varint, type Fields } from './testing/wire.ts';
import { writeCaffe, type WrittenLayer } from './testing/write-caffe.ts';

const layer = (name: string, type: string, bottom: string, top: string, more = ''): string =>
  `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${top}" ${more} }\n`;

const conv = (name: string, bottom: string, top = name, more = ''): string =>
  layer(
    name,
    'Convolution',
    bottom,
    top,
    `convolution_param { num_output: 4 kernel_size: 1 bias_term: false } ${more}`,
  );

const weights = waves([4, 3, 1, 1]);
const relu = (blob: string): string => layer(`relu of ${blob}`, 'ReLU', blob, blob);

/** A graph in short: `output = op(inputs)`. */
const short = ({ nodes, constants }: Graph): string[] =>
  nodes.map(({ op, inputs, outputs }) => {
    const read = inputs.filter((name) => !constants.has(name));
    return `${outputs.join()} = ${op}(${read.join()})`;
  });

describe('names', () => {
  test('the last state of a blob has its name, earlier ones that of their layer and its type', () => {
    const text = conv('c', 'x') + layer('n', 'Power', 'c', 'c') + relu('c') + layer('d', 'Dropout', 'c', 'c');
    const { graph } = described(text + layer('p', 'AbsVal', 'c', 'p'), { c: [weights] });
    expect(short(graph)).toEqual([
      'c/convolution = Conv(x)',
      'n/power = Mul(c/convolution)',
      'c = Relu(n/power)',
      'p = Abs(c)',
    ]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['c', 'n', 'relu of c', 'p']);
    expect([...graph.constants.keys()]).toEqual(['c/weight', 'n/factor']);
  });

  test('a layer that reads a blob before it is changed gets the state of that time', () => {
    const { graph } = described(conv('c', 'x') + layer('a', 'AbsVal', 'c', 'a') + relu('c'), {
      c: [weights],
    });
    expect(short(graph)).toEqual([
      'c/convolution = Conv(x)',
      'a = Abs(c/convolution)',
      'c = Relu(c/convolution)',
    ]);
    expect(graph.outputs).toEqual(['a', 'c']);
  });

  test('Split and Dropout leave no trace, not even at the end', () => {
    const split = 'layer { name: "s" type: "Split" bottom: "c" top: "c_0" top: "c_1" }';
    const sum = 'layer { name: "e" type: "Eltwise" bottom: "c_0" bottom: "c_1" top: "e" }';
    const { graph } = described(conv('c', 'x') + split + sum + layer('d', 'Dropout', 'e', 'last'), {
      c: [weights],
    });
    expect(short(graph)).toEqual(['c = Conv(x)', 'e = Add(c,c)']);
    expect(graph.outputs).toEqual(['e']);
  });

  test('the input keeps its name where a layer changes it in place', () => {
    const { graph } = described(layer('shift', 'Power', 'x', 'x', 'power_param { shift: -1 }') + relu('x'));
    expect(short(graph)).toEqual(['shift/power = Add(x)', 'relu of x/relu = Relu(shift/power)']);
    expect(graph.inputs).toMatchObject([{ name: 'x' }]);
  });

  test('tensors and constants never share one', () => {
    const { graph } = described(conv('c', 'x') + relu('c') + conv('c/convolution', 'c', 'c/weight'), {
      c: [weights],
      'c/convolution': [waves([4, 4, 1, 1])],
    });
    const names = [...graph.constants.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs), 'x'];
    expect(new Set(names).size).toBe(names.length);
    expect(graph.outputs).toEqual(['c/weight']);
  });
});

describe('inputs and hints', () => {
  const net = (version: 1 | 2, head: Fields, ...layers: WrittenLayer[]) =>
    readCaffe(
      writeCaffe(version, [...layers, { name: 'r', type: 'ReLU', bottom: ['data'], top: ['r'] }], head),
    );
  const source = (type: string, more: Fields): WrittenLayer => ({
    name: 'data',
    type,
    bottom: [],
    top: ['data', 'label'],
    more,
  });
  const four = [10, 1, 32, 28];

  it.each([
    [
      'input_dim',
      net(1, all(text(3, 'data'), ...four.map((d) => varint(4, d)))),
      { size: 28, shape: { width: 28, height: 32 } },
      1,
    ],
    [
      'packed input_dim',
      net(2, all(text(3, 'data'), packedVarints(4, four))),
      { size: 28, shape: { width: 28, height: 32 } },
      1,
    ],
    [
      'input_shape',
      net(2, all(text(3, 'data'), message(8, packedVarints(1, four)))),
      { size: 28, shape: { width: 28, height: 32 } },
      1,
    ],
    [
      'an Input layer',
      net(2, all(), source('Input', message(143, message(1, ...four.map((d) => varint(1, d)))))),
      { size: 28, shape: { width: 28, height: 32 } },
      1,
    ],
    [
      'a DummyData layer',
      net(
        2,
        all(),
        source('DummyData', message(109, varint(2, 10), varint(3, 1), varint(4, 32), varint(5, 28))),
      ),
      { size: 28, shape: { width: 28, height: 32 } },
      1,
    ],
    [
      'a MemoryData layer',
      net(
        2,
        all(),
        source('MemoryData', message(119, varint(1, 10), varint(2, 1), varint(3, 32), varint(4, 28))),
      ),
      { size: 28, shape: { width: 28, height: 32 } },
      1,
    ],
    [
      'a Data layer',
      net(2, all(), source('Data', message(100, float(1, 0.5), varint(3, 227), float(5, 104)))),
      { size: 227, mean: [104], scale: 0.5 },
      -1,
    ],
    [
      'a Data layer of training',
      net(2, all(), source('Data', all(message(8, varint(1, 0)), message(100, varint(3, 227))))),
      { size: 227 },
      -1,
    ],
    ['nothing', net(2, all()), {}, -1],
  ])('by %s', (_, { graph, hints }, expected, channels) => {
    expect(hints).toEqual(expected);
    expect(graph.inputs).toEqual([{ name: 'data', type: 'float32', dims: ['N', channels, 'H', 'W'] }]);
  });

  test('channels are those of the first convolution, groups included, where nothing says how many', () => {
    const layers = [
      { name: 'data', type: 'Data', bottom: [], top: ['data'] },
      {
        name: 'c',
        type: 'Convolution',
        bottom: ['data'],
        top: ['c'],
        blobs: [waves([4, 3, 1, 1])],
        settings: { num_output: 4, kernel_size: 1, group: 2, bias_term: 0 },
      },
    ];
    expect(readCaffe(writeCaffe(2, layers)).graph.inputs[0]?.dims).toEqual(['N', 6, 'H', 'W']);
  });

  test('the declared size binds a fully connected layer alone', () => {
    const text =
      conv('c', 'x') +
      layer('f', 'InnerProduct', 'c', 'f', 'inner_product_param { num_output: 2 bias_term: false }');
    const { graph } = described(text, { c: [weights], f: [waves([2, 4 * 64])] });
    expect(inferShapes(graph, { x: [2, 3, 8, 8] }).get('f')?.dims).toEqual([2, 2]);
    expect(smallestInput(graph, 'x')).toBe(8);
    expect(smallestInput(graph, 'x', { targets: ['c'] })).toBe(1);
  });
});

describe('phases', () => {
  const test1 = 'include { phase: TEST }';
  const train = 'include { phase: TRAIN }';

  it.each([
    ['without rules', '', true],
    ['of the test phase', test1, true],
    ['of the training phase', train, false],
    ['of both', test1 + train, true],
    ['not of the test phase', 'exclude { phase: TEST }', false],
    ['not of the training phase', 'exclude { phase: TRAIN }', true],
    ['of a stage', 'include { stage: "deploy" }', false],
    ['not of a stage', 'include { not_stage: "deploy" }', true],
    ['of a higher level', 'include { min_level: 1 }', false],
    ['of levels up to this one', 'include { phase: TEST max_level: 0 }', true],
  ])('a layer %s', (_, rules, included) => {
    const { graph } = described(layer('a', 'AbsVal', 'x', 'x', rules) + layer('r', 'ReLU', 'x', 'r'));
    expect(short(graph).includes('a/absval = Abs(x)')).toBe(included);
  });

  test('losses become probabilities, measures disappear, and the main one is the answer', () => {
    const text = [
      conv('aux', 'x'),
      'layer { name: "loss1" type: "SoftmaxWithLoss" bottom: "aux" bottom: "label" top: "loss1" loss_weight: 0.3 }',
      conv('main', 'x'),
      'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "main" bottom: "label" }',
      'layer { name: "top" type: "Accuracy" bottom: "main" bottom: "label" top: "top" }',
      'layer { name: "best" type: "ArgMax" bottom: "main" top: "best" }',
      'layer { name: "off" type: "Silence" bottom: "label" }',
    ].join('\n');
    const { graph } = described(text, { aux: [weights], main: [weights] });
    expect(short(graph)).toEqual([
      'aux = Conv(x)',
      'loss1/prob = Softmax(aux)',
      'main = Conv(x)',
      'loss/prob = Softmax(main)',
    ]);
    expect(graph.outputs).toEqual(['loss/prob']);
  });

  test('a file that was saved while training keeps layers of that phase which nothing replaces', () => {
    const rule = message(8, varint(1, 0));
    const layers = [
      { name: 'data', type: 'Data', bottom: [], top: ['data', 'label'], more: rule },
      { name: 'a', type: 'AbsVal', bottom: ['data'], top: ['a'], more: rule },
      { name: 'noise', type: 'ReLU', bottom: ['b'], top: ['b'], more: rule },
      { name: 'b', type: 'TanH', bottom: ['a'], top: ['b'] },
    ];
    expect(short(readCaffe(writeCaffe(2, layers)).graph)).toEqual(['a = Abs(data)', 'b = Tanh(a)']);
  });

  test('a file that was saved while training has the statistics that it gathered', () => {
    const name = 'n';
    const blobs = [waves([2]), waves([2], 2), waves([1], 3)];
    const layers = [
      { name, type: 'BatchNorm', bottom: ['x'], top: ['n'], blobs, more: message(139, varint(1, 0)) },
    ];
    expect(short(readCaffe(writeCaffe(2, layers)).graph)).toEqual(['n = BatchNormalization(x)']);
  });
});

describe('layers of unknown types', () => {
  test('are kept, and bar only what depends on them', () => {
    const text = conv('c', 'x') + layer('a', 'Proposal', 'c', 'roi') + layer('b', 'Python', 'roi', 'out');
    const { graph } = described(text, { c: [weights] });
    expect(short(graph)).toEqual(['c = Conv(x)', 'roi = caffe.Proposal(c)', 'out = caffe.Python(roi)']);
    expect(refusal(() => inferShapes(graph, { x: [1, 3, 8, 8] }))).toMatchObject({
      code: 'model/unsupported',
      message: expect.stringMatching(/caffe\.Proposal.*caffe\.Python/),
    });
    expect(smallestInput(graph, 'x', { targets: ['c'] })).toBe(1);
  });
});

describe('networks that are not whole', () => {
  const bytes = weightsFile({ c: [weights] });
  const whole = `input: "x" ${conv('c', 'x')}`;

  it.each<[string, Uint8Array, string | undefined]>([
    ['nothing', new Uint8Array(), undefined],
    ['a prototxt without its weights', new TextEncoder().encode(whole), undefined],
    ['random text', new TextEncoder().encode('Once upon a time'), undefined],
    ['no layers', writeCaffe(2, []), undefined],
    ['only layers of data', writeCaffe(2, [{ name: 'd', type: 'Data', bottom: [], top: ['d'] }]), undefined],
    ['a prototxt without layers', bytes, 'input: "x"'],
    ['a prototxt of another network', bytes, whole.replaceAll('"c"', '"d"')],
    ['a blob that two layers give', bytes, whole + conv('c', 'x')],
    ['a blob without a name', bytes, `${whole} layer { type: "ReLU" bottom: "c" top: "" }`],
    [
      'a word that names something else',
      bytes,
      `${whole} ${layer('e', 'Eltwise', 'c', 'e', 'bottom: "c" eltwise_param { operation: toString }')}`,
    ],
    [
      'more axes than any tensor',
      bytes,
      `${whole} ${layer('e', 'Reshape', 'c', 'e', `reshape_param { shape { ${'dim: 1 '.repeat(33)} } }`)}`,
    ],
    [
      'a layer that gives a blob twice',
      bytes,
      `${whole} layer { type: "Slice" bottom: "c" top: "a" top: "a" }`,
    ],
    ['a blob that is read before it is there', bytes, `${layer('r', 'ReLU', 'c', 'r')} ${whole}`],
    ['layers in a circle', bytes, layer('a', 'ReLU', 'b', 'a') + layer('b', 'ReLU', 'a', 'b')],
  ])('%s', (_, file, prototxt) => {
    expect(refusal(() => readCaffe(file, prototxt)).code).toBe('model/unreadable');
  });

  test('weights of any version go with a prototxt of another', () => {
    const old = `input: "x" input_dim: 1 input_dim: 3 input_dim: 9 input_dim: 9
      layers { name: "c" type: CONVOLUTION bottom: "x" top: "c" convolution_param { num_output: 4 kernel_size: 1 } }
      layers { name: "r" type: RELU bottom: "c" top: "c" }`;
    const layers = [
      { name: 'c', type: 'Convolution', bottom: ['u'], top: ['v'], blobs: [weights, waves([4])] },
    ];
    for (const version of [0, 1, 2] as const) {
      const { graph, hints } = readCaffe(writeCaffe(version, layers), old);
      expect(short(graph)).toEqual(['c/convolution = Conv(x)', 'c = Relu(c/convolution)']);
      expect(graph.constants.get('c/weight')).toEqual(weights);
      expect(hints).toEqual({ size: 9 });
    }
  });

  test('layers of one name share their weights', () => {
    const { graph } = described(conv('c', 'x') + conv('c', 'x', 'again'), { c: [weights] });
    const [first, second] = [...graph.constants.values()];
    expect(first?.data).toBe(second?.data);
  });

  test('a lone prototxt asks for its weights', () => {
    expect(refusal(() => readCaffe(new TextEncoder().encode(whole))).message).toContain('.caffemodel');
  });
});

describe('recognition', () => {
  const file = writeCaffe(2, [{ name: 'r', type: 'ReLU', bottom: ['x'], top: ['r'], blobs: [waves([100])] }]);
  it.each<[string, Uint8Array, boolean]>([
    ['version 2', file, true],
    [
      'version 1',
      writeCaffe(1, [{ name: 'r', type: 'ReLU', bottom: ['x'], top: ['r'] }], text(3, 'x')),
      true,
    ],
    ['an incomplete file', file.subarray(0, file.length - 50), true],
    ['no layers', text(1, 'net'), false],
    ['ONNX', all(varint(1, 8), text(2, 'producer'), message(7)), false],
    [
      'TensorFlow',
      all(message(1, text(1, 'a')), message(1, text(1, 'b')), message(4, varint(1, 27)), message(2)),
      false,
    ],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a), false],
    ['nothing', new Uint8Array(), false],
  ])('%s', (_, bytes, expected) => {
    expect(looksLikeCaffe(bytes)).toBe(expected);
  });
});
