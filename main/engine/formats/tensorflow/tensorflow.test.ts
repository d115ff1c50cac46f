/** Graphs of TensorFlow, read: layers and inputs, either order of channels, and what serves training left out. */
import { describe, expect, it, test } from 'vitest';
import { inferShapes, smallestInput } from '../../graph/shapes.ts';
import { float32, int64 } from '../../graph/tensor.ts';
import { refusal } from '../../testing/refusal.ts';
import { runBytes } from '../../testing/run-tensorflow.ts';
import { readTensorflow } from './tensorflow.ts';
import { attr, constant, FLOAT, graphDef, INT32, node, placeholder } from './testing/graph-def.ts';
import { grid, wave } from './testing/reference.ts';
import { bytes, type Bytes } from './testing/wire.ts';

const filter = constant('w', float32(new Float32Array(27).fill(0.5), [3, 3, 3, 1]));
const same = { strides: attr.ints([1, 1, 1, 1]), padding: attr.text('SAME') };

/** The operators of a graph with the names of their tensors. */
function read(...nodes: Bytes[]): { ops: string[]; inputs: unknown; outputs: readonly string[] } {
  const { nodes: found, inputs, outputs } = readTensorflow(graphDef(...nodes));
  return { ops: found.map(({ op, outputs }) => `${op} ${outputs.join()}`), inputs, outputs };
}

describe('readTensorflow', () => {
  it('calls layers what their nodes are called, and leaves plumbing out', () => {
    const { ops, outputs } = read(
      placeholder('input'),
      filter,
      node('w/read', 'Identity', ['w']),
      node('conv/Conv2D', 'Conv2D', ['input:0', 'w/read'], same),
      constant('conv/bias', float32([1])),
      node('conv/BiasAdd', 'BiasAdd', ['conv/Conv2D', 'conv/bias', '^conv/Conv2D']),
      node('conv', 'Relu', ['conv/BiasAdd']),
      node('checked', 'CheckNumerics', ['conv']),
      node('pooled', 'Square', ['checked', '^init']),
      node('output', 'Identity', ['pooled']),
      node('init', 'NoOp'),
    );
    expect(ops).toEqual(['Conv conv/Conv2D', 'Add conv/BiasAdd', 'Relu conv', 'Mul pooled']);
    expect(outputs).toEqual(['pooled']);
  });

  it('keeps every head, and nothing that only serves training', () => {
    const { ops, outputs } = read(
      placeholder('x'),
      node('a', 'Relu', ['x']),
      node('head', 'Tanh', ['a']),
      node('head2', 'Exp', ['a']),
      constant('axis', int64([3], [])),
      node('best', 'ArgMax', ['head', 'axis']),
      node('summary', 'HistogramSummary', ['a', 'head2']),
      node('save', 'SaveV2', ['head']),
      node('global_step', 'VariableV2'),
      node('unread', 'Placeholder', [], { dtype: attr.type(INT32) }),
      constant('leftover', float32([1])),
    );
    expect(ops).toEqual(['Relu a', 'Tanh head', 'Exp head2']);
    expect(outputs).toEqual(['head', 'head2']);
  });

  const nchw = { ...same, data_format: attr.text('NCHW') };
  const typed = (name: string, shape?: Bytes) =>
    node(name, 'Placeholder', [], { dtype: attr.type(FLOAT), ...(shape ? { shape } : {}) });
  it.each<[string, Bytes, Bytes[], (number | string)[]]>([
    ['of free size', placeholder('x'), [node('y', 'Relu', ['x'])], ['N', 3, 'H', 'W']],
    ['of one size', placeholder('x', [1, 192, 224, 3]), [node('y', 'Relu', ['x'])], [1, 3, 192, 224]],
    [
      'of unknown rank',
      placeholder('x', null),
      [filter, node('y', 'Conv2D', ['x', 'w'], same)],
      ['N', 3, 'H', 'W'],
    ],
    ['of no rank, as in old graphs', placeholder('x', []), [node('y', 'Relu', ['x'])], ['N', 3, 'H', 'W']],
    ['without a shape', typed('x'), [filter, node('y', 'Conv2D', ['x', 'w'], same)], ['N', 3, 'H', 'W']],
    [
      'of unknown channels',
      placeholder('x', [-1, -1, -1, -1]),
      [filter, node('y', 'Conv2D', ['x', 'w'], same)],
      ['N', 3, 'H', 'W'],
    ],
    [
      'with channels first',
      placeholder('x', [-1, 3, -1, -1]),
      [node('y', 'Relu', ['x'])],
      ['N', 3, 'H', 'W'],
    ],
    [
      'with channels first, as a convolution says',
      placeholder('x', [-1, -1, -1, -1]),
      [filter, node('y', 'Conv2D', ['x', 'w'], nchw)],
      ['N', 3, 'H', 'W'],
    ],
    ['in grey', placeholder('x', [-1, 28, 28, 1]), [node('y', 'Relu', ['x'])], ['N', 1, 28, 28]],
    [
      'of bytes',
      node('x', 'Placeholder', [], { dtype: attr.type(4), shape: attr.shape([1, -1, -1, 3]) }),
      [node('f', 'Cast', ['x'], { SrcT: attr.type(4), DstT: attr.type(FLOAT) }), node('y', 'Relu', ['f'])],
      [1, 3, 'H', 'W'],
    ],
    [
      'with a default picture',
      node('x', 'PlaceholderWithDefault', ['nothing'], {
        shape: attr.shape([-1, -1, -1, 3]),
        dtype: attr.type(FLOAT),
      }),
      [node('y', 'Relu', ['x'])],
      ['N', 3, 'H', 'W'],
    ],
    ['of vectors', placeholder('x', [-1, 10]), [node('y', 'Relu', ['x'])], ['N', 10]],
  ])('reads a placeholder %s', (_, input, nodes, dims) => {
    expect(read(input, ...nodes).inputs).toEqual([{ name: 'x', type: 'float32', dims }]);
  });

  it('feeds pictures after the decoder of a graph that reads files', () => {
    const cast = { SrcT: attr.type(4), DstT: attr.type(FLOAT) };
    const { ops, inputs } = read(
      node('contents', 'Const', [], { dtype: attr.type(7), value: attr.tensor(bytes(8, 'jpeg')) }),
      node('DecodeJpeg', 'DecodeJpeg', ['contents']),
      node('Cast', 'Cast', ['DecodeJpeg'], cast),
      constant('dim', int64([0], [])),
      node('ExpandDims', 'ExpandDims', ['Cast', 'dim']),
      constant('size', int64([299, 299])),
      node('ResizeBilinear', 'ResizeBilinear', ['ExpandDims', 'size']),
      constant('mean', float32([128], [])),
      node('Sub', 'Sub', ['ResizeBilinear', 'mean']),
      filter,
      node('conv', 'Conv2D', ['Sub', 'w'], same),
    );
    expect(inputs).toEqual([{ name: 'ResizeBilinear', type: 'float32', dims: ['N', 3, 'H', 'W'] }]);
    expect(ops).toEqual(['Sub Sub', 'Conv conv']);
  });

  it('gives a network with channels first the same meaning', async () => {
    const nodes = (format: string): Bytes[] => {
      const last = format === 'NHWC';
      const data_format = attr.text(format);
      const list = (h: number, w: number) => attr.ints(last ? [1, h, w, 1] : [1, 1, h, w]);
      const w = constant('w', float32([...wave([3, 3, 3, 4]).data], [3, 3, 3, 4]));
      const explicit = attr.ints(last ? [0, 0, 1, 0, 0, 2, 0, 0] : [0, 0, 0, 0, 1, 0, 0, 2]);
      const four = (name: string) => constant(name, float32([1, 2, 0.5, 3]));
      const frozen = { is_training: attr.flag(false), data_format };
      return [
        w,
        ...['bias', 'scale', 'offset', 'mean', 'variance'].map(four),
        constant('axis', int64([last ? 3 : 1], [])),
        node('conv', 'Conv2D', ['x', 'w'], {
          strides: list(2, 1),
          padding: attr.text('EXPLICIT'),
          explicit_paddings: explicit,
          data_format,
        }),
        node('biased', 'BiasAdd', ['conv', 'bias'], { data_format }),
        node('bn', 'FusedBatchNormV3', ['biased', 'scale', 'offset', 'mean', 'variance'], frozen),
        node('pool', 'MaxPool', ['bn'], {
          ksize: list(3, 2),
          strides: list(1, 2),
          padding: attr.text('SAME'),
          data_format,
        }),
        node('average', 'AvgPool', ['pool'], {
          ksize: list(2, 2),
          strides: list(1, 1),
          padding: attr.text('SAME'),
          data_format,
        }),
        node('y', 'ConcatV2', ['average', 'pool', 'axis']),
      ];
    };
    const x = wave([1, 3, 9, 14]);
    const last = await runBytes(graphDef(placeholder('x'), ...nodes('NHWC')), x);
    const first = await runBytes(graphDef(placeholder('x', [-1, 3, -1, -1]), ...nodes('NCHW')), x);
    expect(first.dims).toEqual(last.dims);
    expect(first.data).toEqual(last.data);
    expect(new Set(first.data).size).toBeGreaterThan(20);
  });

  test('a head made for one size works there, and the layers below it at any', () => {
    // As the heads of the first Inception end: seven by seven pixels become a vector of 1024.
    const graph = readTensorflow(
      graphDef(
        placeholder('input', []),
        constant('w', float32(new Float32Array(3 * 8), [1, 1, 3, 8])),
        node('mixed', 'Conv2D', ['input', 'w'], {
          strides: attr.ints([1, 32, 32, 1]),
          padding: attr.text('SAME'),
        }),
        node('avgpool0', 'AvgPool', ['mixed'], {
          ksize: attr.ints([1, 7, 7, 1]),
          strides: attr.ints([1, 1, 1, 1]),
          padding: attr.text('VALID'),
        }),
        constant('shape', int64([-1, 8])),
        node('avgpool0/reshape', 'Reshape', ['avgpool0', 'shape']),
        constant('softmax_w', float32(new Float32Array(8 * 5), [8, 5])),
        node('softmax/matmul', 'MatMul', ['avgpool0/reshape', 'softmax_w']),
        node('softmax', 'Softmax', ['softmax/matmul']),
      ),
    );
    expect(graph.outputs).toEqual(['softmax']);
    expect(inferShapes(graph, { input: [1, 3, 224, 224] }).get('softmax')?.dims).toEqual([1, 5]);
    expect(smallestInput(graph, 'input')).toBe(193);
    expect(smallestInput(graph, 'input', { targets: ['mixed'] })).toBe(1);
  });

  test('a switch between training and use is set to use', async () => {
    const phase = node('phase', 'Placeholder', [], { dtype: attr.type(10), shape: attr.shape([]) });
    const output = await runBytes(
      graphDef(
        placeholder('x'),
        phase,
        node('not', 'Identity', ['phase']),
        node('s', 'Switch', ['x', 'not']),
        node('training', 'RandomNoise', ['s:1']),
        node('also', 'Relu', ['training']),
        node('use', 'Neg', ['s']),
        node('merged', 'Merge', ['use', 'also']),
        node('y', 'Square', ['merged']),
      ),
      grid([1, 3, 1, 1], (_n = 0, c = 0) => c - 1),
    );
    expect(output.data).toEqual([1, 0, 1]);
  });

  it('keeps operators that it does not know, to be named when they are needed', () => {
    const graph = readTensorflow(
      graphDef(
        placeholder('x'),
        node('a', 'Relu', ['x']),
        node('u', 'Magic', ['a']),
        node('y', 'Neg', ['u:1']),
      ),
    );
    expect(graph.nodes.find(({ name }) => name === 'u')).toMatchObject({
      op: 'tensorflow.Magic',
      outputs: ['u', 'u:1'],
    });
    expect(refusal(() => inferShapes(graph, { x: [1, 3, 8, 8] })).message).toContain(
      'tensorflow.Magic ("u")',
    );
  });

  test('a chain of 12,000 nodes does not exhaust the stack', () => {
    const chain = Array.from({ length: 12_000 }, (_, i) =>
      node(`n${i}`, 'Relu', [i === 0 ? 'x' : `n${i - 1}`]),
    );
    expect(readTensorflow(graphDef(placeholder('x'), ...chain)).nodes.length).toBe(12_000);
  });
});
